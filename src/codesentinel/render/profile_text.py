"""Profiles for the terminal and for agents: hot functions, a tree of calls, what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.profile_views import FASTER, SLOWER
from codesentinel.model.timestamp import utc
from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codesentinel.model.interval import Interval
    from codesentinel.model.profile import Profile, Stored
    from codesentinel.model.profile_views import Change, Diff, Report, Share, Side, Watched

_NAME = 48


def report_text(found: Report, *, limit: int = 20) -> str:
    """What was recorded, then functions, modules and threads, hottest first."""
    lines = [head_text(found.profile, found.stored), ""]
    lines.append(f"{'self':>7} {'95% interval':>16} {'with callees':>13}  function")
    for one in found.functions[:limit]:
        name = escaped(one.name, _NAME)
        where = escaped(one.module, _NAME)
        total = one.total_ratio.estimate
        lines.append(
            f"{one.self_ratio.estimate:7.1%} {_bounds(one.self_ratio):>16} {total:13.1%}  {name} ({where})"
        )
    if len(found.functions) > limit:
        lines.append(f"{len(found.functions) - limit} more functions: --limit")
    lines += ["", *_shares("module", found.modules, limit), "", *_shares("thread", found.threads, limit)]
    lines += [f"note: {escaped(note)}" for note in found.notes]
    return "\n".join(lines)


def _shares(what: str, rows: Sequence[Share], limit: int) -> Iterator[str]:
    yield f"{'self':>7} {'95% interval':>16}  {what}"
    for one in rows[:limit]:
        yield f"{one.ratio.estimate:7.1%} {_bounds(one.ratio):>16}  {escaped(one.name, 2 * _NAME) or '-'}"


def diff_text(found: Diff, *, limit: int = 20) -> str:
    """What got slower and faster, then what moved most without being shown to have changed."""
    lines = [
        f"before: {_side(found.before)}",
        f"after:  {_side(found.after)}",
        f"asked:  {found.question}",
        "",
    ]
    changed = (*found.slower, *found.faster)
    if not changed:
        lines.append(f"no function is shown to have changed ({found.tested} were tested)")
    lines += [change_text(one) for one in changed]
    rest = [one for one in found.changes if one not in changed][: max(limit - len(changed), 0)]
    if rest:
        lines += [
            "",
            f"not shown to have changed; at most {found.level:.0%} of what is said above is expected wrong",
        ]
        lines += [change_text(one) for one in rest]
    lines += [f"note: {escaped(note)}" for note in found.notes]
    return "\n".join(lines)


def change_text(one: Change) -> str:
    """What became of a function, in a line."""
    word = {SLOWER: "SLOWER", FASTER: "faster"}.get(one.outcome, "")
    lower, upper = one.ratio.lower or 0.0, one.ratio.upper or 0.0
    least = f", {one.detectable - 1:.0%} more would be found" if one.detectable and not word else ""
    q = f", q = {one.q_value:.2g}" if one.q_value is not None else ", too few samples to judge"
    return (
        f"{word:<6} {one.ratio.estimate:6.2f}x ({lower:.2f} to {upper:.2f})  "
        f"{one.before_ratio:6.1%} -> {one.after_ratio:6.1%} of the samples{q}{least}  "
        f"{escaped(one.name, _NAME)} ({escaped(one.module, _NAME)})"
    )


def list_text(found: Sequence[Stored]) -> str:
    """A line for each profile, the oldest first."""
    if not found:
        return "no profiles are on record: `codesentinel profile record`"
    lines = [f"{'id':<12}  {'started':<23}  {'samples':>8}  {'seconds':>7}  service, host, revision, source"]
    for one in found:
        labels = ", ".join(escaped(name, _NAME) or "-" for name in (*one.origin, one.source))
        seconds = "-" if one.duration_seconds is None else f"{one.duration_seconds:.3g}"
        started = "-" if one.started_at is None else f"{utc(one.started_at):%Y-%m-%d %H:%M:%S} UTC"
        lines.append(f"{one.id:<12}  {started:<23}  {one.samples:>8}  {seconds:>7}  {labels}")
    return "\n".join(lines)


def stored_text(one: Stored) -> str:
    """What was kept, and what it cost."""
    lines = [f"profile {one.id}: {one.samples} samples of {escaped(one.origin.service) or 'a process'}"]
    if one.overhead_ratio is not None:
        lines.append(f"the sampler took {one.overhead_ratio:.1%} of a core meanwhile")
    if one.lost:
        lines.append(f"{one.lost} samples could not be taken")
    lines.append(f"stacks: {escaped(one.file)}")
    lines.append(f"next: codesentinel profile report {one.id}")
    return "\n".join(lines)


def watched_text(done: Watched) -> str:
    """What continuous sampling did and cost."""
    return (
        f"{escaped(done.service)}: {done.profiles} profiles, {done.samples} samples, {done.missed} missed; "
        f"the sampler took {done.overhead_ratio:.2%} of a core over {done.elapsed_seconds:.0f} s"
    )


def head_text(profile: Profile, stored: Stored | None) -> str:
    """What was recorded, how long and how often, in a line."""
    of = f" of {escaped(profile.origin.service)}" if profile.origin.service else ""
    name = f"profile {stored.id}" if stored else "profile"
    rate = f" at {profile.rate_hertz:g} Hz" if profile.rate_hertz else ""
    span = f" in {profile.duration_seconds:.3g} s" if profile.duration_seconds else ""
    revision = f", revision {escaped(profile.origin.revision, 12)}" if profile.origin.revision else ""
    return f"{name}{of}: {profile.samples} samples{span}{rate}, by {escaped(profile.source)}{revision}"


def _side(side: Side) -> str:
    return f"{escaped(side.name)}: {head_text(side.profile, side.stored)}"


def _bounds(ratio: Interval) -> str:
    if ratio.lower is None or ratio.upper is None:
        return "-"
    return f"{ratio.lower:.1%} to {ratio.upper:.1%}"
