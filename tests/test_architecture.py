"""The law of the house: what import-linter cannot see, and the size of a file."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "codesentinel"
PURE = ("model", "stats", "analysis", "mixin", "render")
FILES = sorted(SOURCE.rglob("*.py"))
LONGEST = 250

FORBIDDEN_CALLS = {"open", "print", "input", "exec", "eval", "__import__"}
FORBIDDEN_METHODS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("random", "*"),
    ("os", "*"),
}


def impurities(tree):
    """Calls that touch disk, terminal, clock or unseeded chance."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in FORBIDDEN_CALLS:
            yield f"line {node.lineno}: {called.id}()"
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            pair = (called.value.id, called.attr)
            if pair in FORBIDDEN_METHODS or (pair[0], "*") in FORBIDDEN_METHODS:
                yield f"line {node.lineno}: {pair[0]}.{pair[1]}()"


@pytest.mark.parametrize(
    "path",
    [f for f in FILES if f.relative_to(SOURCE).parts[0] in PURE],
    ids=lambda p: str(p.relative_to(SOURCE)),
)
def test_a_pure_stage_touches_neither_disk_nor_terminal_nor_clock(path):
    assert list(impurities(ast.parse(path.read_text()))) == []


def test_the_test_of_purity_can_fail():
    assert len(list(impurities(ast.parse("open('x'); datetime.now(); random.random(); print(1)")))) == 4


def test_only_the_command_line_prints():
    for path in FILES:
        if path.relative_to(SOURCE).parts[0] != "cli":
            calls = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
            assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"], path


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_file_has_one_subject_and_fits_in_a_glance(path):
    lines = path.read_text().count("\n")
    assert lines <= LONGEST, f"{lines} lines: the design wants a new noun"


def test_every_module_says_what_it_is_and_no_name_is_a_drawer():
    for path in FILES:
        assert ast.get_docstring(ast.parse(path.read_text())), path
        assert path.stem not in ("utils", "helpers", "common", "misc", "manager"), path


def test_every_module_can_be_imported_alone():
    names = [
        ".".join(p.relative_to(SOURCE.parent).with_suffix("").parts)
        for p in FILES
        if p.stem not in ("__main__", "__init__")
    ]
    script = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    subprocess.run([sys.executable, "-W", "error", "-c", script, *names], check=True)


def test_the_import_law_is_kept():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
