"""What ``metrics backfill`` hands back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.model.rows import BadRow

CHECKED, WRITTEN, REFUSED = "checked", "written", "refused"
INCOMPLETE, UNVERIFIED = "incomplete", "unverified"


@dataclass(frozen=True, slots=True)
class Holding:
    """What a source of samples holds.

    Attributes:
        samples: all that can be taken, the repeated among them.
        metrics: the number of series of each metric.
        since: of the first sample, epoch seconds; None where there is none.
        until: of the last one.
        repeated: samples whose series, time and value were there already; they change nothing.
        unordered_series: in which a sample is earlier than the one before.
        left_out: rows or values that cannot be taken.
    """

    samples: int = 0
    metrics: Mapping[str, int] = field(default_factory=dict)
    since: float | None = None
    until: float | None = None
    repeated: int = 0
    unordered_series: int = 0
    left_out: int = 0

    @property
    def series(self) -> int:
        """Of all metrics."""
        return sum(self.metrics.values())


@dataclass(frozen=True, slots=True)
class Backfill:
    """How a backfill ended.

    Attributes:
        outcome: ``checked`` where nothing was to be written, ``written``, ``refused`` where the source is
            wrong and nothing was written, ``incomplete`` where the storage holds less than was sent,
            ``unverified`` where it could not be asked.
        written: samples that were sent.
        missing: samples that the storage does not hold afterwards; None where it was not asked.
        bad_rows: the first of those that cannot be taken.
    """

    outcome: str
    source: str
    target: str
    holding: Holding
    written: int = 0
    missing: int | None = None
    bad_rows: tuple[BadRow, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether the source is sound, and all of it where it belongs."""
        return self.outcome in (CHECKED, WRITTEN)

    @property
    def exit_status(self) -> int:
        """1 for a source or a storage that is not as it should be, 3 where that could not be seen."""
        return 0 if self.succeeded else 3 if self.outcome == UNVERIFIED else 1

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        held = self.holding
        return {
            "outcome": self.outcome,
            "source": self.source,
            "target": self.target,
            "samples": held.samples,
            "series": held.series,
            "metrics": dict(held.metrics),
            "since": held.since,
            "until": held.until,
            "repeated": held.repeated,
            "unordered_series": held.unordered_series,
            "left_out": held.left_out,
            "written": self.written,
            "missing": self.missing,
            "bad_rows": [row._asdict() for row in self.bad_rows],
            "notes": list(self.notes),
        }
