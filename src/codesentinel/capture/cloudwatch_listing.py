"""Which metrics there are, by ``ListMetrics``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.model.cloudwatch.metric import CloudMetric

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codesentinel.capture.cloudwatch import CloudWatch


def list_metrics(
    cloud: CloudWatch,
    namespace: str,
    *,
    name: str = "",
    where: Mapping[str, str] | None = None,
    recently_active: bool = False,
) -> Iterator[CloudMetric]:
    """Every metric of the namespace, each once, page after page.

    Args:
        cloud: the region that is asked.
        namespace: such as ``AWS/EC2``.
        name: only metrics of this name.
        where: dimensions that they must have; an empty value stands for any.
        recently_active: only what had data in the last three hours; else in about two weeks.

    Raises:
        Unauthorized, Unreachable, BadAnswer: not all pages could be had.
    """
    parameters: dict[str, Any] = {"Namespace": namespace}
    if name:
        parameters["MetricName"] = name
    if where:
        parameters["Dimensions"] = [
            {"Name": key, **({"Value": value} if value else {})} for key, value in where.items()
        ]
    if recently_active:
        parameters["RecentlyActive"] = "PT3H"
    seen: set[CloudMetric] = set()
    for answer in cloud.pages("ListMetrics", parameters, "Metrics"):
        for row in answer["Metrics"]:
            metric = _metric(row, cloud.region)
            if metric not in seen:  # pages are made while metrics come and go
                seen.add(metric)
                yield metric


def _metric(row: Mapping[str, Any], region: str) -> CloudMetric:
    dimensions = sorted((one["Name"], one["Value"]) for one in row.get("Dimensions", []))
    return CloudMetric(row.get("Namespace", ""), row.get("MetricName", ""), tuple(dimensions), region)
