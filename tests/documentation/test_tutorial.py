"""The tutorial, typed word by word into a fresh clone; what it shows has to come."""

from __future__ import annotations

import re
import time

import pytest

from documented import ROOT, commands
from newcomer import Shell

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("newcomer")]

PAGE = ROOT / "docs/tutorial.md"
IN_THE_FIRST_TERMINAL = "make up"
STATUSES = {
    "codesentinel review": {0, 1},  # 1 where something is urgent, be it on whatever machine this is
    "codesentinel memory process anomalies": {0, 1},  # likewise: other tests make processes misbehave
    "codesentinel bottleneck": {0, 1, 3},  # 3 where the stack is too young
}
PATIENCE_SECONDS = 180


@pytest.mark.timeout(900)
def test_every_command_of_the_tutorial_shows_what_the_page_shows(newcomer):
    shown = commands(PAGE)
    assert shown[0].text == IN_THE_FIRST_TERMINAL
    assert missing(shown[0].output, newcomer.first_terminal.read_text()) == []
    shell = Shell(newcomer.root, newcomer.environment)
    try:
        for one in shown[1:]:
            status, screen = until_shown(shell, one)
            allowed = next((found for words, found in STATUSES.items() if one.text.startswith(words)), {0})
            assert status in allowed, f"$ {one.text}\n{screen}"
    finally:
        shell.type("kill %1 2>/dev/null; curl -s -X DELETE 127.0.0.1:8710/fault; true")
        shell.close()


def until_shown(shell, one):
    """Type a command, and again as a reader would, until it shows what the page shows; how it ended."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        status, screen = shell.type(one.text)
        absent = missing(one.output, screen)
        if not absent:
            return status, screen
        assert time.monotonic() < end, f"$ {one.text}\n{screen}\nlines that never came: {absent}"
        time.sleep(1)


def missing(output, screen):
    """Lines of the page that are not on the screen; a number stands for any number, and dots for whatever comes."""
    lines = [shape(line) for line in screen.splitlines()]
    return [
        line
        for line in output
        if line.strip() and line != "..." and not any(fits(shape(line), found) for found in lines)
    ]


def fits(line, found):
    """Whether a line is as the page has it; one that ends with dots is a beginning."""
    return found.startswith(line[:-3].rstrip()) if line.endswith("...") else found == line


def shape(line):
    """The words of a line; handles, times and figures are alike."""
    line = re.sub(r"\b\d+:t?\d+-[0-9a-f]{4}\b", "HANDLE", line)
    line = re.sub(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{12}\b", "ID", line)
    line = re.sub(r"\b\d{4}-\d\d-\d\d[T ]\S+", "TIME", line)
    line = re.sub(r"(?<![A-Za-z\d])\d+(?:[.,:]\d+)*", "#", line)
    line = re.sub(r"(?:#(?:d|h|m|s|ms|us)\b ?)+", "SPAN ", line)
    return re.sub(r"\s+", " ", line).strip()


def test_the_page_shows_lines_that_can_be_missed():
    """The shape of a line keeps its words: another alert, another service or another outcome is another line."""
    there = shape(
        "P1   A service fails many requests: environment=demo, service=shop (since 2026-11-24 09:41:34 UTC)"
    )
    assert there == shape(
        "P1   A service fails many requests: environment=demo, service=shop (since 2027-01-02 11:00:00 UTC)"
    )
    assert there != shape(
        "P2   A service fails many requests: environment=demo, service=shop (since 2026-11-24 09:41:34 UTC)"
    )
    assert shape("up 8.06s") == shape("up 2m 10s") == shape("up 1h")
    assert missing(("ended: yes",), "alive: yes\n") == ["ended: yes"]
