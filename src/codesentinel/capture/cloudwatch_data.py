"""The data of metrics, by ``GetMetricData``.

An answer comes in pages. A page may hold any part of any series, so a series is whole only when the last
page is read, and only if its status says so then. What is not is asked for again, by itself.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from codesentinel.capture.cloudwatch_errors import code_of, understood
from codesentinel.model.cloudwatch.metric import Reading
from codesentinel.model.errors import BadAnswer
from codesentinel.model.timestamp import utc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codesentinel.capture.cloudwatch import CloudWatch
    from codesentinel.model.cloudwatch.metric import Query
    from codesentinel.model.cloudwatch.periods import Window

MOST_QUERIES = 500  # CloudWatch's own limit
PAGE_POINTS = 100_800  # and the most that it gives in one page
_MOST_POINTS = 5 * PAGE_POINTS  # ours, for memory: fewer series at once where the window is long
_ROUNDS = 4
_LOST_PAGES = ("InvalidNextToken", "InvalidNextTokenException")
_LONGEST_PAUSE_SECONDS = 2.0


def batches(queries: Sequence[Query], window: Window) -> list[Sequence[Query]]:
    """The queries as they are asked together: at most 500, and no more than memory is meant for."""
    size = max(1, min(MOST_QUERIES, _MOST_POINTS // max(window.points, 1)))
    return [queries[start : start + size] for start in range(0, len(queries), size)]


def read_metrics(
    cloud: CloudWatch, queries: Sequence[Query], window: Window, *, page_points: int = PAGE_POINTS
) -> Iterator[Reading]:
    """One reading a query, in their order, with rising times that are each there once.

    The window's period is used, not the query's: the older the data, the coarser it is kept.

    Raises:
        Unauthorized, Unreachable, BadAnswer: the region did not do its part.
    """
    for batch in batches(queries, window):
        parts = {f"m{number}": _Part(query) for number, query in enumerate(batch)}
        missing = list(parts)
        for turn in range(_ROUNDS):
            if turn:
                cloud.pause(cloud.chance.uniform(0, _LONGEST_PAUSE_SECONDS))
            _read_pages(cloud, {name: parts[name] for name in missing}, window, page_points)
            missing = [name for name in missing if parts[name].may_be_had]
            if not missing:
                break
        for part in parts.values():
            yield part.reading(window)


def _read_pages(cloud: CloudWatch, parts: Mapping[str, _Part], window: Window, page_points: int) -> None:
    """Read all pages of one request into the parts."""
    parameters: dict[str, Any] = {
        "MetricDataQueries": [part.question(name, window) for name, part in parts.items()],
        "StartTime": utc(window.start),
        "EndTime": utc(window.end),
        "ScanBy": "TimestampAscending",
        "MaxDatapoints": page_points,
        "LabelOptions": {"Timezone": "+0000"},
    }
    for part in parts.values():
        part.begin()
    try:
        for answer in cloud.pages("GetMetricData", parameters, "MetricDataResults"):
            cloud.tally.metrics_requested += len(parts)
            _take_page(cloud, parts, answer)
    except BadAnswer as exc:
        if code_of(exc.__cause__) not in _LOST_PAGES:
            raise
        for part in parts.values():
            part.broken("its pages could not be read to their end")


def _take_page(cloud: CloudWatch, parts: Mapping[str, _Part], answer: Mapping[str, Any]) -> None:
    with understood(cloud.shown):
        for message in answer.get("Messages", []):
            for part in parts.values():
                part.note(message)
        for row in answer["MetricDataResults"]:
            name = row.get("Id")
            if name not in parts:
                raise BadAnswer(f"{cloud.shown} answered what was not asked: {str(name)[:40]!r}")
            parts[name].take(row, cloud.shown)


class _Part:
    """What is known of one series so far."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._times, self._values = array("d"), array("d")
        self._status, self._failed, self._notes = "", "", list[str]()

    def question(self, name: str, window: Window) -> dict[str, Any]:
        """As CloudWatch wants it."""
        metric = self._query.metric
        return {
            "Id": name,
            "MetricStat": {
                "Metric": {
                    "Namespace": metric.namespace,
                    "MetricName": metric.name,
                    "Dimensions": [{"Name": key, "Value": value} for key, value in metric.dimensions],
                },
                "Period": window.period_seconds,
                "Stat": self._query.statistic,
            },
            "ReturnData": True,
            **({"AccountId": metric.account} if metric.account else {}),
        }

    def begin(self) -> None:
        """Another request starts; what is there stays, for it is true."""
        self._status, self._failed, self._notes = "", "", []

    def take(self, row: Mapping[str, Any], server: str) -> None:
        """The part that stands in one page."""
        times, values = row.get("Timestamps", []), row.get("Values", [])
        if len(times) != len(values):
            raise BadAnswer(f"{server} gave {len(times)} times and {len(values)} values for one series")
        self._times.extend(moment.timestamp() for moment in times)
        self._values.extend(values)
        self._status = row.get("StatusCode", "Complete")
        if self._status in ("InternalError", "Forbidden"):
            self._failed = self._status
        for message in row.get("Messages", []):
            self.note(message)

    def note(self, message: Mapping[str, Any]) -> None:
        """What the server says of the answer."""
        self._notes.append(f"{message.get('Code', '')}: {message.get('Value', '')}".strip(": "))

    def broken(self, reason: str) -> None:
        """The request was not answered to its end."""
        self._failed = self._failed or reason

    @property
    def may_be_had(self) -> bool:
        """Whether something is missing that another request may bring."""
        return self._failed != "Forbidden" and bool(self._trouble())

    def reading(self, window: Window) -> Reading:
        """The series as far as it is known: inside the window, in order, the last answer for each time."""
        known = dict(zip(self._times, self._values, strict=True))
        times = sorted(time for time in known if window.start <= time < window.end)
        self._times, self._values = array("d"), array("d")
        values = array("d", (known[time] for time in times))
        return Reading(self._query, window.period_seconds, array("d", times), values, self._trouble())

    def _trouble(self) -> str:
        if not self._failed and self._status == "Complete":
            return ""
        reason = self._failed or self._status or "nothing was said of it"
        return "; ".join(dict.fromkeys([reason, *self._notes]))
