"""What the documents say is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from codesentinel import __version__
from codesentinel.cli.commands import COMMANDS, GROUPS, split_command
from codesentinel.config.check import declared
from codesentinel.operations.registry import every_operation
from documented import documents, fences, name_of

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [
    page for page in PAGES if "metrics" not in page.relative_to(ROOT).parts and "domains" not in page.parts
]


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="argparse words its help differently in other versions"
)
@pytest.mark.parametrize("tool", ["reference.py", "manual.py", "licences.py"])
def test_the_reference_and_the_manual_are_what_the_code_says(tool):
    done = subprocess.run(
        [sys.executable, f"tools/{tool}", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout} - run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_that_a_page_names_exists(page):
    known = {name for name, *_ in COMMANDS} | {name for name, _ in GROUPS} | {"COMMAND"}
    for words in re.findall(
        r"(?m)(?:^|[`$ ])(?<!from )codesentinel ([a-zA-Z][A-Za-z-]*(?: [a-z-]+)*)",
        "\n".join(re.findall(r"```[^`]*```|`[^`]+`", page.read_text())),
    ):
        name, _ = split_command(words.split())
        assert name in known, words


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_setting_that_a_page_names_exists(page):
    variables = {f"CODESENTINEL_{name.replace('.', '_')}".upper() for name in declared()}
    for variable in re.findall(r"CODESENTINEL_[A-Z_]+[A-Z]", page.read_text()):
        assert variable in variables, variable


def test_every_operation_is_documented_by_its_first_line():
    for _, verb in every_operation():
        assert (verb.__doc__ or "").splitlines()[0].strip().endswith("."), verb.operation


def test_every_operation_is_reached_by_a_command_or_by_the_web():
    faces = "".join(
        p.read_text() for face in ("cli", "web") for p in (ROOT / "src/codesentinel" / face).glob("*.py")
    )
    for _, verb in every_operation():
        assert re.search(rf"\b{verb.__name__}\b", faces), verb.operation


def test_the_changelog_knows_this_version():
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_commands_stand_where_they_are_looked_for():
    """A block that is no console, and begins with a command, would be run by nobody."""
    stray = [
        f"{name_of(page)}: {line}"
        for page in documents()
        if not {"reference", "checks"} & set(page.parts)
        for language, text in fences(page)
        if language not in ("console", "sh", "yaml", "json", "toml", "python", "promql", "ini", "dockerfile")
        for line in text.splitlines()
        if re.match(r"\$ |(codesentinel|calamum|curl|make|pip|python3?|kubectl|helm|docker) [a-z-]", line)
    ]
    assert stray == []


def test_no_page_is_orphaned():
    texts = "\n".join(page.read_text() for page in PAGES)
    for page in PAGES:
        assert page.name in texts or page.name == "README.md", page


@pytest.mark.parametrize(
    "words",
    [
        ["startup.py", "--runs", "3"],
        ["log_append.py", "--quick"],
        ["instrument_overhead.py", "--quick"],
        ["history_read.py", "--quick"],
    ],
    ids=lambda words: words[0],
)
def test_benchmarks_run(words):
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT / "benchmarks", capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.stdout
