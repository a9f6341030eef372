"""Every command that a document shows is typed, as it stands there, into a shell beside a running stack."""

from __future__ import annotations

import re
import shlex

import pytest

from codesentinel.cli.main import parse
from documented import ROOT, commands, documents, name_of
from newcomer import Shell

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("newcomer")]

NOT_RUN = {
    r"make (up|test)\b": "the first is what all of this runs beside, and in the second this test runs",
    r"pipx? (install|upgrade) ": "what it installs is installed, or this test would not run; test_wheel.py installs",
    r"docker |kubectl |helm |claude |CLAUDE_CODE": "no engine, no cluster and no agent is to be had for tests",
    r"timedatectl|chronyc |iostat ": "systemd and packages that the images of tests lack",
    r"python3 -m venv /opt|/opt/|install -|cp -r .* /etc/|systemctl ": "changes the system; units have tests of their own",
    r"codesentinel up$": "it runs already, by `make up`",
    r"codesentinel canary run --yes": "moves real traffic for minutes: test_canary_run.py and examples/canary/run.py",
    r"codesentinel trends .*--engine ": "starts or asks a cluster: tests/operations/trends has its own",
}
"""What is not typed, and why. A command of ours must still be one that is understood."""

OTHERWISE = {
    r"--target kill-safety": (
        "--target kill-safety/force-needs-a-reason",
        "one attack; tests/calamum plays all",
    ),
    r"--target all": ("--target event-log/torn-tail", "likewise"),
    r"--target (pid|'cmd)": (r"--dry-run \g<0>", "presses a process for minutes; tests/calamum does"),
    r"--duration (60|30)s": ("--duration 1s", "the same, sooner"),
    r"^(codesentinel canary simulate) ": (r"\1 --runs 5 ", "the same, sooner"),
    r"^(du .*--max-depth=\d) / ": (r"\1 infrastructure ", "a whole disk takes long"),
    r"--at (10m|2h)": ("--at 1s", "nothing is that old here"),
    r"^codesentinel dashboards serve": (r"\g<0> --port 0", "the stack's own viewer has the usual port"),
    r"gunicorn --workers 4 ": (
        "gunicorn --workers 2 --chdir examples/flask_service --bind 127.0.0.1:0 ",
        "an app",
    ),
    r"uvicorn --workers 4 ": ("uvicorn --workers 2 --app-dir examples/fastapi_service --port 0 ", "an app"),
    r"^codesentinel memory process kill .*": (r'script -qec "\g<0>" /dev/null <<< y', "somebody answers"),
}
"""What is typed a little otherwise: pattern, replacement and why."""

GOES_ON = (
    r"dashboards serve|mcp --http|--every |process (top|record)|profile watch|--live|gunicorn|uvicorn"
    r"|codesentinel collect (?!.*--check)"
)
"""What goes on until somebody presses Ctrl-C; which is what happens here."""

VERDICTS = {
    r"codesentinel (review|doctor|memory process anomalies)\b": {0, 1},
    r"codesentinel profile diff before:latest": {0, 3},
    r"codesentinel bottleneck ": {0, 1, 3},
    r"codesentinel (dashboards|alerts) check": {0, 1},
    r"codesentinel metrics cardinality": {0, 1},
    r"codesentinel canary judge ": {0, 1, 3},
    r"codesentinel alerts quality ": {0, 3},
    r"codesentinel metrics query 'up == 0'": {0, 3},
    r"codesentinel satellites health --fleet": {0, 3},
    r"codesentinel trends anomalies 'instance:": {0, 3},
    r"calamum test --dry-run ": {3},
    r"calamum test ": {0, 3},
    r"^find /proc": {0, 1},
}
"""Exit statuses other than 0 that are answers: what was found depends on the stack, or there is little to judge."""

OF_THE_SYSTEM = re.compile(r"(^|[\s;&|])(sudo|apt|apt-get|systemctl|rm) |(>|\s)/(etc|opt|usr|var|boot)/")
"""What this test refuses to type, whatever a page says: it runs on machines of people."""

ALONE = re.compile(
    r"codesentinel (review|status|doctor|deploy list|memory (log|verify)|memory process [a-z]+)$"
)
"""What needs nothing of its page: typed once, however many pages show it."""

WITH_COMMANDS = [page for page in documents() if commands(page)]
IN_PROJECT = {
    "docs/how-to/satellites.md",
    "docs/how-to/satellite-health.md",
    "docs/how-to/ship-to-elasticsearch.md",
}
INTERRUPTED = {0, 130}
TUTORIAL = "docs/tutorial.md"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", [p for p in WITH_COMMANDS if name_of(p) != TUTORIAL], ids=name_of)
def test_the_commands_of_a_page_do_what_they_say(page, reader):
    name = name_of(page)
    reader.opens(name)
    root = reader.project if name in IN_PROJECT else reader.root
    shell = Shell(root, reader.environment | reader.settings.get(name, {}))
    wrong = []
    try:
        for shown in commands(page):
            if any(re.match(pattern, shown.text) for pattern in NOT_RUN):
                understood(shown.text)
                continue
            text = typed(reader.said(shown.text))
            assert not OF_THE_SYSTEM.search(text), f"{text} belongs into NOT_RUN"
            if ALONE.match(text) and (root, text) in reader.typed:
                continue  # on another page, with the same answer
            reader.typed.add((root, text))
            goes_on = re.search(GOES_ON, text) is not None
            status, screen = shell.type_and_interrupt(text) if goes_on else shell.type(text)
            allowed = next((found for pattern, found in VERDICTS.items() if re.search(pattern, text)), {0})
            if status not in (INTERRUPTED | allowed if goes_on else allowed):
                wrong.append(f"$ {text}\nexit status {status}\n{screen[-1500:]}")
    finally:
        shell.close()
    assert not wrong, "\n\n".join(wrong)


def typed(command):
    """A command as it is typed here."""
    for pattern, (replacement, _) in OTHERWISE.items():
        command = re.sub(pattern, replacement, command)
    return command


def understood(command):
    """Refuses words of codesentinel that it does not understand; what others do with its output does not matter."""
    words = shlex.shlex(command.replace("\\\n", " "), posix=True, punctuation_chars="|;&<>()")
    words.whitespace_split = True
    before, _, ours = " ".join(map(shlex.quote, words)).partition("codesentinel ")
    ours = re.split(r" '[|;&<>()]+'", ours)[0]
    if ours and not before:
        assert hasattr(parse(shlex.split(ours)), "run"), command


@pytest.mark.parametrize("pattern", [*NOT_RUN, *OTHERWISE, *VERDICTS], ids=str)
def test_no_exception_is_left_over(pattern):
    every = [shown.text for page in WITH_COMMANDS for shown in commands(page)]
    every += [typed(text) for text in every]
    assert [text for text in every if re.search(pattern, text)], f"no page shows {pattern}"


def test_every_example_of_a_help_is_understood():
    reference = (ROOT / "docs/reference/commands.md").read_text()
    examples = re.findall(r"(?m)^  codesentinel ((?!COMMAND)[a-z](?:.*\\\n)*.*)$", reference)
    assert len(examples) > 50
    for words in examples:
        if "--help" not in words:
            understood(f"codesentinel {words}")
