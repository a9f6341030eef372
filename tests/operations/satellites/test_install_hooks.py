"""Hooks in an agent's settings: put there once, and taken out again with all else as it was."""

from __future__ import annotations

import json
import tomllib

import pytest

from codesentinel.model.errors import Refused, UsageError
from codesentinel.operations.satellites.install import install_hooks

SETTINGS = """{
\t"model": "opus",
\t"hooks": {
\t\t"PostToolUse": [
\t\t\t{"matcher": "Edit", "hooks": [{"type": "command", "command": "make lint"}]}
\t\t]
\t},
\t"name": "M\u00fcller"
}"""
CONFIG = """# my settings
model = "gpt-5.4-codex"   # the good one

[features]
web_search = true

[otel]
environment = "dev"
"""
FILES = {"claude": ".claude/settings.json", "codex": ".codex/config.toml", "gemini": ".gemini/settings.json"}


def read(path):
    text = path.read_text()
    return tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)


@pytest.mark.parametrize("agent", FILES)
def test_twice_is_once_and_undone_is_gone(context, agent):
    file = context.root / FILES[agent]
    assert install_hooks(context, agent=agent).outcome == "installed"
    first = file.read_text()
    assert install_hooks(context, agent=agent).outcome == "unchanged"
    assert file.read_text() == first
    commands = [
        hook["command"]
        for entries in read(file)["hooks"].values()
        for one in entries
        for hook in one["hooks"]
    ]
    assert set(commands) == {f"codesentinel satellites hook --agent {agent}"}
    assert "SessionEnd" in read(file)["hooks"]
    assert install_hooks(context, agent=agent, undo=True).outcome == "removed"
    assert not file.exists(), "there was none before"
    assert install_hooks(context, agent=agent, undo=True).outcome == "unchanged"


@pytest.mark.parametrize(("agent", "text"), [("claude", SETTINGS), ("gemini", SETTINGS), ("codex", CONFIG)])
def test_what_was_there_stays_and_comes_back_to_the_byte(context, agent, text):
    file = context.root / FILES[agent]
    file.parent.mkdir()
    file.write_text(text)
    file.chmod(0o600)
    done = install_hooks(context, agent=agent)
    assert (context.root / done.backup).read_text() == text
    now = read(file)
    if agent == "codex":
        assert now["features"] == {"web_search": True, "codex_hooks": True}
        assert "# the good one" in file.read_text()
    else:
        assert "make lint" in json.dumps(now["hooks"])
        assert '\n\t"model"' in file.read_text(), "indented as it was"
    assert file.stat().st_mode & 0o777 == 0o600
    install_hooks(context, agent=agent, undo=True)
    assert file.read_text() == text
    assert list(file.parent.iterdir()) == [file]


def test_what_was_changed_meanwhile_stays_changed(context):
    file = context.root / FILES["claude"]
    file.parent.mkdir()
    file.write_text(SETTINGS)
    install_hooks(context, agent="claude")
    document = read(file) | {"model": "sonnet"}
    file.write_text(json.dumps(document))
    install_hooks(context, agent="claude", undo=True)
    assert read(file) == json.loads(SETTINGS) | {"model": "sonnet"}
    codex = context.root / FILES["codex"]
    codex.parent.mkdir()
    codex.write_text(CONFIG)
    install_hooks(context, agent="codex")
    codex.write_text(codex.read_text().replace("the good one", "another"))
    install_hooks(context, agent="codex", undo=True)
    assert codex.read_text().rstrip() == CONFIG.replace("the good one", "another").rstrip()


@pytest.mark.parametrize(
    ("agent", "text"),
    [
        ("claude", '{"a": 1, // comment\n}'),
        ("gemini", "[]"),
        ("claude", '{"hooks": {"Stop": {}}}'),
        ("codex", "hooks = {}\n"),
        ("codex", "= broken"),
    ],
)
def test_what_cannot_be_changed_without_loss_is_not_touched(context, agent, text):
    file = context.root / FILES[agent]
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(Refused):
        install_hooks(context, agent=agent)
    assert file.read_text() == text
    assert list(file.parent.iterdir()) == [file]


def test_the_users_own_settings_call_us_by_path(context, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    install_hooks(context, agent="claude", user=True)
    command = read(tmp_path / FILES["claude"])["hooks"]["SessionEnd"][0]["hooks"][0]["command"]
    assert command.startswith(("/", "'/"))
    with pytest.raises(UsageError, match="not an agent"):
        install_hooks(context, agent="cursor")


def test_a_link_to_settings_elsewhere_stays_a_link(context, tmp_path):
    real = tmp_path / "dotfiles.json"
    real.write_text(SETTINGS)
    file = context.root / FILES["claude"]
    file.parent.mkdir()
    file.symlink_to(real)
    install_hooks(context, agent="claude")
    assert file.is_symlink()
    assert "satellites hook" in real.read_text()
