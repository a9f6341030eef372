"""Which metrics there are, by ``ListMetrics``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.capture.cloudwatch_errors import understood
from codesentinel.model.cloudwatch.metric import CloudMetric
from codesentinel.model.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codesentinel.capture.cloudwatch import CloudWatch

MOST_FILTERS = 10  # dimensions in one request, CloudWatch's own limit


def list_metrics(
    cloud: CloudWatch,
    namespace: str,
    *,
    name: str = "",
    where: Mapping[str, str] | None = None,
    recently_active: bool = False,
    linked_accounts: bool = False,
) -> Iterator[CloudMetric]:
    """Every metric of the namespace, each once, page after page.

    Args:
        cloud: the region that is asked.
        namespace: such as ``AWS/EC2``.
        name: only metrics of this name.
        where: dimensions that they must have; an empty value stands for any.
        linked_accounts: those of the accounts that share theirs with this one, too, and whose each is.
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
    if linked_accounts:
        parameters["IncludeLinkedAccounts"] = True
    seen: set[CloudMetric] = set()
    for answer in cloud.pages("ListMetrics", parameters, "Metrics"):
        with understood(cloud.shown):
            found = _metrics(cloud, answer, linked_accounts=linked_accounts)
        for metric in found:
            if metric not in seen:  # pages are made while metrics come and go
                seen.add(metric)
                yield metric


def _metrics(cloud: CloudWatch, answer: Mapping[str, Any], *, linked_accounts: bool) -> list[CloudMetric]:
    """Those of one page."""
    rows: list[dict[str, Any]] = answer["Metrics"]
    owners: list[str] = answer.get("OwningAccounts", []) if linked_accounts else [""] * len(rows)
    if len(owners) != len(rows):
        raise BadAnswer(f"{cloud.shown} listed {len(rows)} metrics of {len(owners)} owners")
    return [_metric(row, cloud.region, owner) for row, owner in zip(rows, owners, strict=True)]


def _metric(row: Mapping[str, Any], region: str, account: str) -> CloudMetric:
    dimensions = sorted((one["Name"], one["Value"]) for one in row.get("Dimensions", []))
    return CloudMetric(
        row.get("Namespace", ""), row.get("MetricName", ""), tuple(dimensions), region, account
    )
