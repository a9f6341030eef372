"""The command line: quick, strict, and never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from codesentinel import __version__
from codesentinel.cli.commands import COMMANDS, GROUPS, below, split_command
from codesentinel.cli.main import main
from codesentinel.cli.output import painted
from stack_under_test import COMMAND
from unmeasured import UNMEASURED

HEAVY = {
    "argparse",
    "dataclasses",
    "inspect",
    "json",
    "yaml",
    "numpy",
    "scipy",
    "urllib3",
    "psutil",
    "starlette",
    "http.client",
    "subprocess",
    "typing",
    "pathlib",
}


def run(*words, cwd, **more):
    return subprocess.run([COMMAND, *words], cwd=cwd, capture_output=True, text=True, check=False, **more)


def test_help_imports_nothing_heavy():
    script = "import sys; from codesentinel.cli.main import main; main(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert (set(done.stdout.splitlines()[-1].split()) - set(bare.stdout.split())) & HEAVY == set()


def test_logging_an_operation_needs_no_dataclasses():
    """What every fast command pays for: context, settings, log."""
    script = "import sys, codesentinel.operations.base; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=UNMEASURED
    )
    assert {"dataclasses", "inspect", "yaml", "numpy", "urllib3", "psutil"} & set(
        done.stdout.split()
    ) == set()


def test_help_names_every_command_and_shows_examples(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for word, summary in below(""):
        assert f"  {word} " in text
        assert summary in text
    assert "examples:" in text


@pytest.mark.parametrize("name", [name for name, *_ in COMMANDS])
def test_every_command_has_help_with_examples_and_the_global_options(name, capsys):
    with pytest.raises(SystemExit):
        main([*name.split(), "--help"])
    text = capsys.readouterr().out
    assert "examples:" in text
    assert "--json" in text
    assert text.isascii()


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"codesentinel {__version__}\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no command given"),
        (["bogus"], "no such command: bogus"),
        (["review", "--since", "soon"], "'soon' is not a duration such as 90s, 5m, 24h or 7d"),
        (["up", "--port-offset", "x"], "invalid int value: 'x'"),
        (["up", "--det"], "unrecognized arguments: --det"),
        (["status", "--workspace", "/no/such/folder"], "no such workspace: /no/such/folder"),
        (["alerts"], "alerts needs one more word: build, check, test, quality"),
        (["memory", "process", "bogus"], "no such command: memory process bogus"),
    ],
)
def test_wrong_use_is_one_message_and_exit_2(words, message, capsys):
    assert main(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err
    assert "hint: " in printed.err
    assert main([*words, "--json"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "codesentinel/error/v1"
    assert message in document["error"]["message"]


def test_global_options_are_understood_on_both_sides_of_the_command(tmp_path):
    for words in (
        ["--json", "--workspace", str(tmp_path), "status"],
        ["status", "--json", "--workspace", str(tmp_path)],
    ):
        done = run(*words, cwd=tmp_path)
        assert done.returncode == 3
        assert json.loads(done.stdout)["error"]["kind"] == "not_running"


def test_an_unexpected_error_is_one_line_and_the_traceback_only_for_debug(monkeypatch, tmp_path, capsys):
    from codesentinel.operations import stack

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stack, "status", lambda _: 1 / 0)
    assert main(["status"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("codesentinel: ZeroDivisionError: division by zero\n")
    assert "--debug" in told
    with pytest.raises(ZeroDivisionError):
        main(["status", "--debug"])


def test_an_interrupt_exits_130(tmp_path):
    script = "import os, signal, sys; from codesentinel.cli import main as m\nm.run_parsed = lambda _: os.kill(os.getpid(), signal.SIGINT)\nsys.exit(m.main(['status']))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 130
    assert done.stderr == ""


def test_a_reader_that_leaves_is_no_error(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [COMMAND, "doctor", "--json"],
        cwd=tmp_path,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_quiet_says_nothing_on_the_way(tmp_path):
    assert run("down", "--quiet", cwd=tmp_path).stderr == ""


def test_a_command_in_a_workspace_that_cannot_be_written_does_its_work_and_says_so(tmp_path):
    (tmp_path / "docs").write_text("in the way of the log")
    done = run("doctor", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["data"]["checks"]
    assert done.stderr.startswith("warning: not recorded: the log ")
    assert done.stderr.count("\n") == 1


def test_foreign_text_in_an_error_is_escaped(capsys):
    assert main(["\x1b[31m\nbogus"]) == 2
    told = capsys.readouterr().err
    assert "\x1b" not in told
    assert told.isascii()


def test_only_the_first_word_of_a_line_is_painted():
    assert painted("P1   a P2 thing\nplain") == "\x1b[1;31mP1\x1b[0m   a P2 thing\nplain"


def test_a_command_is_found_behind_global_options_and_their_values():
    assert split_command(["--workspace", "up", "--json", "status", "--x"]) == (
        "status",
        ["--workspace", "up", "--json", "--x"],
    )
    assert split_command(["--workspace=up", "down"]) == ("down", ["--workspace=up"])
    assert split_command(["--json"]) == ("", ["--json"])
    assert split_command(["memory", "--json", "process", "kill", "--pid", "process"]) == (
        "memory process kill",
        ["--json", "--pid", "process"],
    )


@pytest.mark.parametrize("group", [name for name, _ in GROUPS])
def test_the_help_of_a_group_names_its_words(group, capsys):
    assert main([*group.split(), "--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"  {word} " in text and summary in text for word, summary in below(group))
    assert "examples:" in text
