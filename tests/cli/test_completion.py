"""Shells complete commands, options and the values of options."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from codesentinel.act.components import fetch_package
from codesentinel.cli.commands import COMMANDS, GROUPS
from codesentinel.cli.main import main
from codesentinel.cli.whole import subparsers, whole_parser
from codesentinel.model.errors import NotInstalled
from servers import CACHE


def script(capsys, *words):
    """What the command prints."""
    assert main(["completion", *words]) == 0
    return capsys.readouterr().out


def completed(source, tmp_path, *words):
    """What bash offers for the last of the words."""
    (tmp_path / "completion.bash").write_text(source)
    quoted = " ".join(f"'{word}'" for word in words)
    asked = (
        f"cd '{tmp_path}'; source completion.bash\n"
        f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}\n"
        f"\"_shtab_{words[0]}\" {words[0]} '{words[-1]}' '{words[-2]}'\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    command = ["bash", "--norc", "-c", asked]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()


def interpreter(shell):
    """The shell: installed, or Debian's, unpacked; None where it cannot be had so."""
    if shell not in {"zsh", "tcsh"} or shutil.which(shell):
        return shutil.which(shell)
    try:
        return fetch_package(shell, CACHE) / "bin" / shell
    except NotInstalled:
        return None


def test_bash_completes_words_options_and_choices(capsys, tmp_path):
    source = script(capsys, "bash")
    assert "review" in completed(source, tmp_path, "codesentinel", "re")
    assert completed(source, tmp_path, "codesentinel", "memory", "pro") == ["process"]
    assert completed(source, tmp_path, "codesentinel", "memory", "process", "k") == ["kill"]
    assert "--reason" in completed(source, tmp_path, "codesentinel", "memory", "process", "kill", "--r")
    assert completed(source, tmp_path, "codesentinel", "trends", "forecast", "--model", "et") == ["ets"]


def test_bash_completes_calamum(capsys, tmp_path):
    source = script(capsys, "bash", "--program", "calamum")
    assert completed(source, tmp_path, "calamum", "te") == ["test"]
    assert "--budget" in completed(source, tmp_path, "calamum", "test", "--b")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "tcsh"])
def test_each_shell_reads_its_script(shell, capsys, tmp_path):
    source = script(capsys, shell)
    assert "seasonality" in source
    program = interpreter(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed: only its script was made")
    (tmp_path / "script").write_text(source)
    subprocess.run([program, "-n", tmp_path / "script"], check=True, timeout=60)


def test_in_json_it_is_one_document(capsys):
    answer = json.loads(script(capsys, "zsh", "--json"))
    assert answer["schema"] == "codesentinel/completion/v1"
    assert answer["data"]["script"].startswith("#compdef codesentinel")


def test_the_whole_parser_has_every_command():
    found, waiting = set(), [("", whole_parser("codesentinel"))]
    while waiting:
        name, parser = waiting.pop()
        found.add(name)
        if parser._subparsers:
            waiting += [
                (f"{name} {word}".strip(), below) for word, below in subparsers(parser).choices.items()
            ]
    assert found == {""} | {name for name, *_ in COMMANDS} | {name for name, _ in GROUPS}
