"""A metric that may tell of a cause, and when it counts."""

from __future__ import annotations

from typing import NamedTuple

SPENT, STALLED, NO_TIME = "spent", "stalled", ""


class Candidate(NamedTuple):
    """A metric, of which more is worse.

    Attributes: name: short, and different from every other. cause: one of the kinds. what: in words. query:
        in PromQL; each series that it gives is a candidate of its own. unit: of its values: ``seconds/s``,
        ``ratio``, ``1/s``, ``bytes``, or empty for a number. takes: ``spent`` where it counts the seconds
        that requests spend there in a second, ``stalled`` where it is the share of time in which the
        process stands still, else empty. limit: from here on the resource is saturated. least: below this
        it hurts nobody, whatever it correlates with. needs: the name of a metric that has to rise as well.
        use: the aspect in the USE table: ``utilization``, ``saturation`` or ``errors``.
    """

    name: str
    cause: str
    what: str
    query: str
    unit: str = ""
    takes: str = NO_TIME
    limit: float | None = None
    least: float = 0.0
    needs: str = ""
    use: str = ""
