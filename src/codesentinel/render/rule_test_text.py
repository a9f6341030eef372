"""Rule tests as text: what failed first, then what nobody tests, then the sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.rule_test import Part
from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.model.rule_test import RuleTests, Untested

_FEW = 20


def rule_tests_text(found: RuleTests) -> str:
    """One line for each failure, each alert without its cases, and each part."""
    lines = list(_failures(found))
    lines += [f"WARN {_lack(one)}" for one in found.untested[:_FEW]]
    if len(found.untested) > _FEW:
        lines.append(f"WARN and {len(found.untested) - _FEW} more alerts without both cases")
    lines += [f"not tested: {escaped(reason)}" for reason in found.left_out]
    for part in Part:
        files = [one for one in found.tested if one.part is part]
        if files:
            failed = sum(not one.passed for one in files)
            said = f"{failed} of {len(files)} files failed" if failed else "all hold"
            word = "FAIL" if failed else "OK"
            lines.append(f"{word} {part.value}: {found.count(part)} in {len(files)} files, {said}")
    return "\n".join(lines)


def _failures(found: RuleTests) -> Iterator[str]:
    for one in found.tested:
        if not one.passed:
            yield f"FAIL {escaped(one.name)}"
            yield from (f"     {escaped(problem)}" for problem in one.problems)


def _lack(one: Untested) -> str:
    lacks = [] if one.fires else ["fires"]
    lacks += [] if one.is_silent else ["is silent"]
    name = f"{one.alert} {one.severity}".strip()
    return f"{escaped(name)}: no case in which it {' and none in which it '.join(lacks)}"
