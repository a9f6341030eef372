"""Settings are read strictly, and all mistakes are told together."""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest

from codesentinel.config.check import declared
from codesentinel.config.read import read_settings
from codesentinel.config.settings import Settings
from codesentinel.config.workspace import find_workspace
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
    assert problems(tmp_path).message == (
        "1 mistake in the settings:\n  codesentinel.toml and pyproject.toml: both hold settings; keep one of the two"
    )


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
    "content",
    [
        b"[tool]\ncodesentinel.stack.port_offset = 7\n",
        b"['tool' . codesentinel.stack]\nport_offset = 7\n",
        b"tool = {codesentinel = {stack = {port_offset = 7}}}\n",
    ],
)
def test_pyproject_is_read_however_it_spells_its_table(tmp_path, content):
    (tmp_path / "pyproject.toml").write_bytes(content)
    assert read_settings(tmp_path, {}).stack.port_offset == 7


@pytest.mark.parametrize(
    "content", [b"[project]\n", b"[project]\ndependencies = ['codesentinel']\n", b"[broken\n"]
)
def test_a_pyproject_that_says_nothing_of_us_is_none_of_our_business(tmp_path, content):
    (tmp_path / "pyproject.toml").write_bytes(content)
    assert read_settings(tmp_path, {}) == Settings()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"[stack\n", r"not valid TOML: Expected .*line 1.*"),
        (b"\xff\xfe", r"not valid TOML: .*"),
        (b"a = " + b"[" * 100_000, r"not valid TOML: .*"),
        (b"a = " + b"9" * 5000, r"not valid TOML: .*"),
        (b"stack = 1\n", r"stack: should be a table, \[stack\]"),
        (b"[[stack]]\ndemo = true\n", r"stack: should be a table, \[stack\]"),
        (b"port_offset = 1\n", r"unknown setting port_offset \(did you mean stack.port_offset\?\)"),
        (b"[stack]\nfsync = 'never'\n", r"unknown setting stack.fsync \(did you mean log.fsync\?\)"),
        (b"[elsewhere]\nx = 1\n", r"unknown setting elsewhere.x"),
        (b"[stack]\nport_offset = true\n", r"stack.port_offset: should be a whole number, not True"),
        (b"[stack]\nport_offset = 1.0\n", r"stack.port_offset: should be a whole number, not 1.0"),
        (b"[stack]\nport_offset = 50001\n", r"stack.port_offset: should lie between 0 and 50000, not 50001"),
        (b"[stack]\nport_offset.x = 1\n", r"stack.port_offset: should be a whole number, not \{'x': 1\}"),
        (b"[stack]\ndemo = 1\n", r"stack.demo: should be true or false, not 1"),
        (b"[agent]\nid = 1979-05-27\n", r"agent.id: should be text, not datetime.date\(1979, 5, 27\)"),
        (
            b"[review]\nsince_seconds = nan\n",
            r"review.since_seconds: should lie between 60 and 31536000, not nan",
        ),
        (
            b"[review]\nsince_seconds = " + b"1" + b"0" * 400,
            r"review.since_seconds: should lie between 60 and 31536000, not 10+\.\.\.",
        ),
        (b'[agent]\n"\\n[OK]\\u001b" = 1\n', r"unknown setting 'agent.\\n\[OK\]\\x1b'"),
    ],
)
def test_each_mistake_in_a_file_has_its_line(tmp_path, content, line):
    (tmp_path / "codesentinel.toml").write_bytes(content)
    heading, told = problems(tmp_path).message.split("\n")
    assert heading == "1 mistake in the settings:"
    assert re.fullmatch(f"  codesentinel.toml: {line}", told)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (
            "STACK_PORT_OFSET",
            "1",
            r"unknown setting .*_OFSET \(did you mean CODESENTINEL_STACK_PORT_OFFSET\?\)",
        ),
        ("PORT_OFFSET", "1", r"unknown setting CODESENTINEL_PORT_OFFSET.*"),
        ("STACK", "1", r"unknown setting CODESENTINEL_STACK"),
        ("STACK_DEMO", "perhaps", r"CODESENTINEL_STACK_DEMO: should be true or false, not 'perhaps'"),
        ("STACK_PORT_OFFSET", "", r"CODESENTINEL_STACK_PORT_OFFSET: should be a whole number, not ''"),
        ("REVIEW_SINCE_SECONDS", "inf", r".*: 'inf' is not a duration such as 90s, 5m, 24h or 7d"),
        ("LOG_FSYNC", "Always", r"CODESENTINEL_LOG_FSYNC: should be one of never, always, not 'Always'"),
    ],
)
def test_each_mistake_in_the_environment_has_its_line(tmp_path, name, text, line):
    (told,) = problems(tmp_path, {f"CODESENTINEL_{name}": text}).problems
    assert re.fullmatch(f"environment: {line}", told)


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("Yes", True), ("on", True), ("FALSE", False), ("0", False)]
)
def test_words_for_true_and_false_in_the_environment(tmp_path, text, value):
    assert read_settings(tmp_path, {"CODESENTINEL_STACK_DEMO": text}).stack.demo is value


def test_a_file_that_is_no_toml_does_not_hide_the_mistakes_elsewhere(tmp_path):
    (tmp_path / "codesentinel.toml").write_text("[stack\n")
    (tmp_path / "pyproject.toml").write_text("tool.codesentinel = 3\n")
    told = problems(tmp_path, {"CODESENTINEL_COLOUR": "1"}).problems
    assert [line.split(": ")[0] for line in told] == ["codesentinel.toml", "pyproject.toml", "environment"]
    assert told[1] == "pyproject.toml: tool.codesentinel: should be a table, [tool.codesentinel]"


def test_a_secret_in_a_file_is_refused_and_not_repeated(tmp_path):
    for content in ('slack_webhook_url = "hush"', 'pagerduty_routing_key = ["hush"]'):
        (tmp_path / "codesentinel.toml").write_text(f"[alerting]\n{content}\n")
        told = problems(tmp_path).message
        assert "a secret does not belong in a file" in told
        assert "hush" not in told


def test_a_settings_file_that_is_a_folder_is_told(tmp_path):
    (tmp_path / "codesentinel.toml").mkdir()
    assert problems(tmp_path).problems == ("codesentinel.toml: cannot be read: Is a directory",)


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
    assert find_workspace(inner) == str(tmp_path)
    (tmp_path / "package" / "codesentinel.toml").touch()
    assert find_workspace(inner) == str(tmp_path / "package")


def test_a_workspace_that_is_no_folder_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no such workspace"):
        find_workspace(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="not a folder"):
        find_workspace(tmp_path / "file")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with pytest.raises(UsageError, match=r"the workspace .* cannot be used: .*(circle|symbolic links)"):
        find_workspace(tmp_path / "circle")


def test_a_folder_without_any_mark_is_its_own_workspace(tmp_path):
    assert find_workspace(tmp_path) == str(tmp_path)


def test_a_folder_above_that_must_not_be_looked_into_has_no_mark(tmp_path, monkeypatch):
    """As an unprivileged user sees it; here the walls are made by hand, for root may look anywhere."""
    inner = tmp_path / "inner"
    inner.mkdir()
    looked_into = os.stat

    def stat(path, **more):
        if isinstance(path, str) and not path.startswith(str(inner)):
            raise PermissionError(13, "Permission denied")
        return looked_into(path, **more)

    monkeypatch.setattr(os, "stat", stat)
    assert find_workspace(inner) == str(inner)
