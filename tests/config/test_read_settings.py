"""Settings are read strictly, and all mistakes are told together."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from codesentinel.config import Settings, find_workspace, read_settings
from codesentinel.config.check import declared
from codesentinel.model.errors import ConfigurationError, UsageError
from stack_under_test import COMMAND


def problems(root, environ=None, file=None):
    with pytest.raises(ConfigurationError) as told:
        read_settings(root, environ or {}, file)
    return told.value


def test_without_file_and_environment_the_defaults_hold(tmp_path):
    assert read_settings(tmp_path, {"PATH": "/bin"}) == Settings()


def test_the_file_then_the_environment_are_read(tmp_path):
    (tmp_path / "codesentinel.toml").write_text(
        '[stack]\nport_offset = 100\ndemo = false\nscrape_interval_seconds = 5\n[review]\nhorizon_seconds = "2d"\n'
    )
    settings = read_settings(
        tmp_path, {"CODESENTINEL_STACK_PORT_OFFSET": "200", "CODESENTINEL_AGENT_ID": "me"}
    )
    assert settings.stack.port_offset == 200
    assert settings.stack.demo is False
    assert settings.stack.scrape_interval_seconds == 5.0
    assert settings.review.horizon_seconds == 172800
    assert settings.agent.id == "me"


def test_pyproject_serves_too_but_not_beside_the_own_file(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.codesentinel.stack]\nport_offset = 7\n")
    assert read_settings(tmp_path, {}).stack.port_offset == 7
    (tmp_path / "codesentinel.toml").write_text("[stack]\nport_offset = 8\n")
    assert "stand both in codesentinel.toml and in pyproject.toml" in problems(tmp_path).message


def test_every_mistake_is_in_one_message(tmp_path):
    (tmp_path / "codesentinel.toml").write_text(
        '[stack]\nport_ofset = 1\ndemo = "maybe"\nscrape_interval_seconds = 0.1\n'
        '[log]\nfsync = "sometimes"\n[alerting]\nslack_webhook_url = "x"\n[stak]\na = 1\n'
        '[review]\nsince_seconds = "soon"\n'
    )
    told = problems(tmp_path, {"CODESENTINEL_STACK_PORT_OFFSET": "many", "CODESENTINEL_COLOUR": "1"})
    assert told.exit_status == 2
    assert told.message.splitlines() == [
        "9 mistakes in the settings:",
        "  codesentinel.toml: unknown setting stack.port_ofset (did you mean stack.port_offset?)",
        "  codesentinel.toml: stack.demo: should be true or false, not 'maybe'",
        "  codesentinel.toml: stack.scrape_interval_seconds: should lie between 1 and 300, not 0.1",
        "  codesentinel.toml: log.fsync: should be one of never, always, not 'sometimes'",
        (
            "  codesentinel.toml: alerting.slack_webhook_url: a secret does not belong in a file that may be "
            "committed; use the environment"
        ),
        "  codesentinel.toml: unknown setting stak.a",
        "  codesentinel.toml: review.since_seconds: 'soon' is not a duration such as 90s, 5m, 24h or 7d",
        "  environment: unknown setting CODESENTINEL_COLOUR",
        "  environment: CODESENTINEL_STACK_PORT_OFFSET: should be a whole number, not 'many'",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[stack\n", "codesentinel.toml:\n  not valid TOML: "),
        (b"\xff\xfe", "codesentinel.toml:\n  not valid TOML: "),
        (b"stack = 1\n", "unknown setting stack"),
        (b"[stack]\nport_offset = true\n", "stack.port_offset: should be a whole number, not True"),
    ],
)
def test_a_file_that_cannot_be_understood_is_told(tmp_path, content, words):
    (tmp_path / "codesentinel.toml").write_bytes(content)
    assert words in problems(tmp_path).message


def test_a_file_that_was_named_must_exist(tmp_path):
    assert "no such file" in problems(tmp_path, file=tmp_path / "mine.toml").message


def test_every_setting_has_a_meaning_and_a_default_of_its_own_type():
    defaults = Settings()
    for name, annotation in declared().items():
        section, key = name.split(".")
        assert type(getattr(getattr(defaults, section), key)) is annotation.__origin__, name
        assert any(isinstance(note, str) and note.endswith(".") for note in annotation.__metadata__), name


def test_a_secret_is_taken_from_the_environment(tmp_path):
    environ = {"CODESENTINEL_ALERTING_PAGERDUTY_ROUTING_KEY": "k"}
    assert read_settings(tmp_path, environ).alerting.pagerduty_routing_key == "k"


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_the_command_tells_settings_mistakes_once_and_exits_2(tmp_path, flags):
    (tmp_path / "codesentinel.toml").write_text("[stack]\nwrong = 1\nworse = 2\n")
    done = subprocess.run(
        [COMMAND, "status", *flags], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr
    if flags:
        document = json.loads(done.stdout)
        assert document["schema"] == "codesentinel/error/v1"
        assert document["error"]["kind"] == "configuration"
    else:
        assert re.match(r"codesentinel: 2 mistakes in the settings:\n", done.stderr)
        assert done.stdout == ""


def test_the_workspace_is_the_repository_and_not_the_folder_typed_in(tmp_path):
    (tmp_path / ".git").mkdir()
    inner = tmp_path / "package" / "deep"
    inner.mkdir(parents=True)
    (tmp_path / "package" / "pyproject.toml").touch()
    assert find_workspace(inner) == tmp_path
    (tmp_path / "package" / "codesentinel.toml").touch()
    assert find_workspace(inner) == tmp_path / "package"


def test_a_workspace_that_is_no_folder_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no such workspace"):
        find_workspace(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="not a folder"):
        find_workspace(tmp_path / "file")
