"""What a query gave, as it is printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codesentinel.model.series import STALE_BITS
from codesentinel.model.timestamp import rfc3339

if TYPE_CHECKING:
    from codesentinel.model.series import Series


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """``series`` of ``query`` as ``server`` gave them (its URL without credentials).

    ``kind`` is ``instant`` (one sample a series), ``range`` (evaluated every ``step_seconds``) or ``samples``
    (as they are stored).
    """

    query: str
    server: str
    kind: str
    start: float
    end: float
    step_seconds: float | None
    series: tuple[Series, ...]

    @property
    def samples(self) -> int:
        """How many there are in all."""
        return sum(len(one) for one in self.series)

    def as_document(self) -> dict[str, Any]:
        """As JSON: times in epoch seconds; ``"NaN"``, ``"+Inf"`` and ``"-Inf"`` as words, markers as null."""
        return {
            "query": self.query,
            "server": self.server,
            "kind": self.kind,
            "from": rfc3339(self.start),
            "to": rfc3339(self.end),
            "step_seconds": self.step_seconds,
            "series": [
                {"labels": dict(one.labels), "times": one.times.tolist(), "values": values_of(one)}
                for one in self.series
            ],
        }


def values_of(series: Series) -> list[float | str | None]:
    """The values as JSON has them: what is no finite number is a word, and a staleness marker None."""
    import numpy as np

    values: list[float | str | None] = series.values.tolist()
    for index in np.flatnonzero(~np.isfinite(series.values)):
        values[index] = _word(series.values[index])
    return values


def _word(value: Any) -> str | None:
    if value.view("uint64") == STALE_BITS:
        return None
    return "+Inf" if value > 0 else "-Inf" if value < 0 else "NaN"
