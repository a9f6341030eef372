"""What the metrics of a fleet take, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.render.process_text import aligned
from codesentinel.render.quantity import bytes_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.model.interval import Interval
    from codesentinel.model.sizing import Sizing


def sizing_text(found: Sizing) -> str:
    """The amounts, a line for each tier, the recommendation, and what it rests on."""
    amounts, fleet = found.amounts, found.fleet
    lines = [
        (
            f"{fleet.hosts} hosts every {fleet.interval_seconds:g} s: {amounts.series:,.0f} series "
            f"({amounts.series_per_host:.0f} a host, and {amounts.recorded_per_host:.0f} recorded), "
            f"{amounts.samples_per_second:,.0f} samples/s, {amounts.new_series_per_day:,.0f} new series a day"
        ),
        f"rules read {amounts.rule_samples_per_second:,.0f} samples/s",
        "",
    ]
    rows: list[tuple[str, ...]] = [("TIER", "MEMORY", "CORES", "DISK", "BUCKET", "MACHINES", "BREAKS FIRST")]
    for tier in found.tiers:
        limit, hosts = tier.breaks
        rows.append(
            (
                tier.name,
                _between(tier.memory_bytes, bytes_text),
                _between(tier.cores, lambda cores: f"{cores:.1f}"),
                _between(tier.disk_bytes, bytes_text),
                "-" if tier.bucket_bytes is None else _between(tier.bucket_bytes, bytes_text),
                str(tier.machines or "too small"),
                f"{limit}, at {hosts:,.0f} hosts",
            )
        )
    lines += aligned(rows)
    machine = (
        f"{bytes_text(found.machine.memory_bytes)} memory, {found.machine.cores:g} cores, "
        f"{bytes_text(found.machine.disk_bytes)} disk"
    )
    keeping = f"{found.keeping.raw_days:g} days as scraped, {found.keeping.thinned_days:g} days thinned"
    lines += ["", f"begin with: {found.recommended} (machines of {machine}; {keeping})"]
    lines += [
        f"mind beyond {hosts:,.0f} hosts: {limit}; see docs/how-to/size-it.md"
        for tier in found.tiers
        for limit, hosts in [tier.breaks]
        if tier.name == found.recommended and hosts < fleet.hosts
    ]
    lines.append("assumed:")
    return "\n".join([*lines, *(f"  - {line}" for line in found.assumptions)])


def _between(amount: Interval, text: Callable[[float], str]) -> str:
    """The estimate, and the bounds in brackets."""
    if amount.lower is None or amount.upper is None:
        return text(amount.estimate)
    return f"{text(amount.estimate)} ({text(amount.lower)}-{text(amount.upper)})"
