"""Tests of one ``xdist_group`` on one worker: xdist 3.8 names groups in a way that pytest 9.2 does not hear."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadGroupScheduling

ROOT = Path(__file__).resolve().parent.parent


class Groups(LoadGroupScheduling):
    """Spreads tests over workers, and keeps together what a group holds."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, rest = nodeid.partition("::")
        groups = groups_of(file)
        return groups.get(rest.partition("[")[0].rpartition("::")[2]) or groups.get("") or nodeid


@cache
def groups_of(file: str) -> dict[str, str]:
    """The group of each function of a file that has one of its own, and under "" that of the whole file."""
    found = {}
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            found[""] = named(node.value)
        if isinstance(node, ast.FunctionDef):
            found[node.name] = next(filter(None, map(named, node.decorator_list)), "")
    return found


def named(marks: ast.expr) -> str:
    """The group that a mark, or one in a list of marks, names; empty where none does."""
    for node in ast.walk(marks):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("xdist_group"):
            return str(ast.literal_eval(node.args[0]))
    return ""
