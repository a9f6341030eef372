"""The review of a quarter: for each procedure of each satellite whether to rewrite, retire or keep it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from codesentinel.model.timestamp import utc

if TYPE_CHECKING:
    from codesentinel.model.procedure_health import ProcedureHealth

REWRITE, RETIRE, KEEP, WAIT = "rewrite", "retire", "keep", "wait"
ADVICE = (REWRITE, RETIRE, KEEP, WAIT)

_QUARTER = re.compile(r"([0-9]{4})-?[Qq]([1-4])")


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do with a procedure, and why.

    Attributes:
        advice: one of ``ADVICE``; ``wait`` where it is too early to say.
        reasons: each a sentence without its full stop.
        health: of the version in use; None where it did not run.
    """

    procedure: str
    advice: str
    reasons: tuple[str, ...]
    health: ProcedureHealth | None

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "procedure": self.procedure,
            "advice": self.advice,
            "reasons": list(self.reasons),
            "health": self.health.as_document() if self.health else None,
        }


@dataclass(frozen=True, slots=True)
class SatelliteReview:
    """The procedures of one satellite, what is most worth doing first."""

    satellite: str
    procedures: tuple[Advice, ...]

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {"satellite": self.satellite, "procedures": [one.as_document() for one in self.procedures]}


@dataclass(frozen=True, slots=True)
class QuarterReview:
    """A quarter of a year, ``since`` to ``until`` (epoch seconds); it may not be over yet."""

    quarter: str
    since: float
    until: float
    satellites: tuple[SatelliteReview, ...]
    sources: dict[str, int]
    """Runs by who says how they ended."""
    versions: tuple[ProcedureHealth, ...] = ()
    """Every version that ran."""
    notes: tuple[str, ...] = field(default=())

    def count(self, advice: str) -> int:
        """How many procedures are advised so."""
        return sum(one.advice == advice for satellite in self.satellites for one in satellite.procedures)

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "quarter": self.quarter,
            "since": utc(self.since),
            "until": utc(self.until),
            "counts": {advice: self.count(advice) for advice in ADVICE},
            "satellites": [one.as_document() for one in self.satellites],
            "status_sources": self.sources,
            "notes": list(self.notes),
        }


def quarter_of(at: float) -> str:
    """The quarter that a moment lies in, ``2026Q4``."""
    moment = utc(at)
    return f"{moment.year}Q{(moment.month + 2) // 3}"


def quarter_window(text: str) -> tuple[float, float]:
    """When a quarter begins, and when it is over, in UTC (epoch seconds).

    Raises:
        ValueError: it is none.
    """
    found = _QUARTER.fullmatch(text.strip())
    if not found or not 1970 <= int(found[1]) < 9999:
        raise ValueError(f"{text!r} is not a quarter such as 2026Q4")
    year, quarter = int(found[1]), int(found[2])
    return _first(year, 3 * quarter - 2), _first(year + quarter // 4, 3 * (quarter % 4) + 1)


def _first(year: int, month: int) -> float:
    return utc(0).replace(year=year, month=month).timestamp()
