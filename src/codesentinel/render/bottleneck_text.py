"""What limits a service, for the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codesentinel.model.timestamp import utc
from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codesentinel.model.bottleneck import Bottleneck, Cause, Evidence, Knee, Red, Use

_SHADES = "_.,:-=+*#%@"
_INDENT = "     "
_MOST_EVIDENCE = 3


def bottleneck_text(found: Bottleneck, *, everything: bool = False) -> str:
    """The verdict, each cause with its evidence and a picture, the tables; with ``everything`` all rows."""
    lines = [escaped(found.summary)]
    lines += [
        f"{_INDENT}{one.name:<24} |{picture(one.picture)}| since {_time(one.since)}" for one in found.troubles
    ]
    for number, cause in enumerate(found.causes):
        lines += ["", *_cause(number + 1, cause)]
    if found.verdict == "unexplained":
        lines += [f"{_INDENT}do: {escaped(finding.action)}" for finding in found.findings]
    if found.unmeasured:
        lines += ["", f"not measured, so neither named nor ruled out: {', '.join(found.unmeasured)}"]
    lines += ["", _knee(found.knee)]
    if found.red:
        lines += ["", *_red(found.red)]
    if found.use:
        lines += ["", *_use(found.use, everything=everything)]
    if everything and found.excluded:
        lines += ["", "ruled out"]
        lines += [
            f"  {one.name + (f' {escaped(one.subject)}' if one.subject else ''):<32} {escaped(one.reason)}"
            for one in found.excluded
        ]
    return "\n".join([*lines, "", _closing(found)])


def picture(values: Sequence[float]) -> str:
    """A line of shades, from the lowest value to the highest; a gap is a blank."""
    known = [one for one in values if math.isfinite(one)]
    if not known:
        return ""
    low, reach = min(known), (max(known) - min(known)) or 1.0
    last = len(_SHADES) - 1
    return "".join(
        _SHADES[round(last * (one - low) / reach)] if math.isfinite(one) else " " for one in values
    )


def _cause(number: int, cause: Cause) -> Iterator[str]:
    yield f"{number}. {escaped(cause.title)} (strength {cause.strength:.2f}): {escaped(cause.mechanism)}"
    for one in cause.evidence[:_MOST_EVIDENCE]:
        yield f"{_INDENT}{escaped(one.name):<24} |{picture(one.picture)}|"
        yield from (f"{_INDENT}  {line}" for line in _evidence(one))
    for reason in cause.rules_out:
        yield f"{_INDENT}rules out {escaped(reason)}"
    if cause.symptoms:
        yield f"{_INDENT}brings about: {', '.join(cause.symptoms)}"
    deployment = f"since deployment {escaped(cause.deployment)}" if cause.deployment else "no deployment near"
    yield f"{_INDENT}since {_time(cause.since)}, {deployment}"
    yield f"{_INDENT}do: {escaped(cause.action)}"


def _evidence(one: Evidence) -> Iterator[str]:
    subject = f" ({escaped(one.subject)})" if one.subject else ""
    yield f"{escaped(one.what)}{subject}: {_amount(one.usual)} -> {_amount(one.worse)} {one.unit}".rstrip()
    lag = (
        f", {abs(one.lag_seconds):g} s {'ahead' if one.lag_seconds > 0 else 'behind'}"
        if one.lag_seconds
        else ""
    )
    yield (
        f"rank correlation with {one.trouble} {one.correlation.estimate:.2f} "
        f"({one.correlation.lower:.2f} to {one.correlation.upper:.2f}), of {one.of}{lag}, "
        f"worth {one.worth:.0f} pairs, p = {one.p_value:.1g}"
    )
    told = []
    if one.accounts_ratio is not None:
        told.append(f"accounts for {one.accounts_ratio:.0%} of the added latency")
    if one.saturated:
        told.append("saturated")
    if told:
        yield ", ".join(told)


def _knee(knee: Knee) -> str:
    if knee.capacity is None:
        return f"saturation knee: {knee.status}: {escaped(knee.reason)}"
    capacity = knee.capacity
    upper = "open" if capacity.upper is None else f"{capacity.upper:.3g}"
    lower = "open" if capacity.lower is None else f"{capacity.lower:.3g}"
    return (
        f"saturation knee: capacity about {capacity.estimate:.3g} requests/s (95% {lower} to {upper}); "
        f"{escaped(knee.reason)}"
    )


def _red(rows: Sequence[Red]) -> Iterator[str]:
    yield f"{'RED: route':<40} {'req/s':>8} {'errors':>8} {'p50 ms':>8} {'p95 ms':>8}"
    for one in rows:
        p50, p95 = ("-" if v is None else f"{1e3 * v:.3g}" for v in (one.p50_seconds, one.p95_seconds))
        route = escaped(one.route, 40)
        yield f"{route:<40} {one.requests_per_second:8.3g} {one.error_ratio:8.1%} {p50:>8} {p95:>8}"


def _use(rows: Sequence[Use], *, everything: bool) -> Iterator[str]:
    yield f"{'USE: resource':<12} {'aspect':<12} {'what':<44} {'median':>9} {'most':>9}"
    for one in rows:
        if everything or one.at_limit or one.most > 0:
            what = escaped(f"{one.what} {one.subject}".strip(), 44)
            mark = " at its limit" if one.at_limit else ""
            amounts = f"{_amount(one.median):>9} {_amount(one.most):>9} {one.unit}{mark}"
            yield f"{one.resource:<12}  {one.aspect:<12} {what:<44} {amounts}".rstrip()


def _amount(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "-"


def _time(at: float) -> str:
    return f"{utc(at):%Y-%m-%d %H:%M:%S} UTC"


def _closing(found: Bottleneck) -> str:
    return (
        f"{_time(found.start)} to {_time(found.end)} in steps of {found.step_seconds:g} s; "
        f"{escaped(found.source)}"
    )
