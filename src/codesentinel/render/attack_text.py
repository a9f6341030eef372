"""What a run of calamum found, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.model.attack import BROKEN, FAILED, HELD, SKIPPED
from codesentinel.model.duration import format_duration
from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.model.attack import AttackRun, Change

_WORDS = {HELD: "OK  ", FAILED: "FAIL", BROKEN: "WARN", SKIPPED: "skip"}


def attack_text(done: AttackRun, changes: Sequence[Change] = ()) -> str:
    """A line for each case, what failed in full, and the verdict."""
    width = max((len(f"{one.target}/{one.case}") for one in done.cases), default=0)
    lines = [f"{one.name}: {one.before} before, {one.now} now" for one in changes]
    for one in done.cases:
        name = f"{one.target}/{one.case}"
        lines.append(
            f"{_WORDS[one.outcome]} {escaped(name):<{width}} {one.seconds:6.2f}s  {escaped(one.title)}"
        )
        lines += [f"     {escaped(one.detail)}"] if one.detail else []
        lines += [f"     {escaped(pressure_told(one.observed))}"] if one.observed else []
    counts = ", ".join(f"{number} {name}" for name, number in done.counts.items() if number)
    inside = " and ".join(done.sandbox.get("namespaces", ())) or "no"
    lines += [
        "",
        f"{done.verdict}: {counts or 'nothing ran'} in {format_duration(done.seconds)}",
        f"run {done.run}, seed {done.seed}, inside {inside} namespaces of its own",
    ]
    lines += [f"LEFT BEHIND: {escaped(one)}" for one in done.left_over]
    return "\n".join(lines)


def pressure_told(seen: Mapping[str, Any]) -> str:
    """By which view pressure was noticed and how soon, and what became of the user's process."""
    views = ", ".join(
        f"{name} {seen[name]:.1f}s" for name in ("anomalies", "watch", "detail") if seen.get(name) is not None
    )
    process = seen["process"]
    named = ", ".join(process["named"]) or "nothing"
    return (
        f"{seen['what']}, by {seen['by']}: noticed by {views or 'nobody'}; "
        f"the process itself was named for {named}, and is {process['harm'] or 'unharmed'}"
    )
