"""When resources are full, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.timestamp import utc
from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from codesentinel.model.capacity import Capacities, JudgedResource, Move


def capacity_text(found: Capacities, *, everything: bool = False) -> str:
    """Those that are full within the horizon, and what would move it; with ``everything`` the others too."""
    lines: list[str] = []
    actions = {finding.subject for finding in found.findings}
    for one in found.series:
        name = f"{escaped(one.resource.kind)} of {escaped(one.resource.subject)}"
        if one.reason:
            lines.append(f"could not judge {name}, because {escaped(one.reason)}")
        elif one.exhausted_at:
            severity = "P2" if one.resource.subject in actions else "info"
            lines += [f"{severity:<4} {name}: full on {one.exhausted_at}", *_details(one)]
        elif everything or one.earliest is not None:
            lines.append(f"fine {name}: not within the horizon{_possible(one)}{_share(one)}")
    return "\n".join([*lines, _closing(found)])


def _details(one: JudgedResource) -> list[str]:
    lines = [f"     used {one.used:.6g} of {one.limit:.6g}, growing by {_growth(one):.4g} a day"]
    lines += [f"     {escaped(note)}" for note in one.notes]
    if one.moves:
        lines.append(f"     what would move it: {'; '.join(_move(move) for move in one.moves)}")
    return [*lines, f"     do: {escaped(one.resource.action)}"]


def _growth(one: JudgedResource) -> float:
    return (one.slope_per_second or 0.0) * 86400


def _move(move: Move) -> str:
    when = "not in sight" if move.estimate is None else f"{utc(move.estimate):%d %B}".lstrip("0")
    return f"with {escaped(move.what)}: {when}"


def _possible(one: JudgedResource) -> str:
    return "" if one.earliest is None else f", though possible from {utc(one.earliest):%d %B} on (5%)"


def _share(one: JudgedResource) -> str:
    return "" if one.used is None or not one.limit else f", {one.used / one.limit:.1%} used"


def _closing(found: Capacities) -> str:
    full = len(found.full_soon)
    return (
        f"{full} of {found.judged} judged are full within {found.horizon_seconds / 86400:g} days, "
        f"{len(found.series) - found.judged} could not be judged; {escaped(found.source)}"
    )
