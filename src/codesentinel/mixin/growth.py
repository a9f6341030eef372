"""That a counter grew: a condition which holds at the same times in Prometheus and in VictoriaMetrics."""

from __future__ import annotations


def grew(counter: str, window: str) -> str:
    """Holds where a counter grew within the window; its value is by about how much.

    MetricsQL's ``increase()`` takes a small first value of a series for growth from zero: a host that is
    first scraped a week after a kill would have had one just now. Its ``rate()`` does not, but is per second
    of what was seen, so that it cannot tell how much.
    """
    return f"increase({counter}[{window}]) > 0 and rate({counter}[{window}]) > 0"
