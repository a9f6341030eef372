"""``metrics cardinality``: which metric, label and value have too many series, and what makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.analysis.cardinality.explosion import churn_findings, exploding_labels, size_findings
from codesentinel.capture.cardinality import churn, head_status, label_use
from codesentinel.model.cardinality import Cardinality, Limits
from codesentinel.model.finding import ranked
from codesentinel.model.report import Source
from codesentinel.operations.base import Context, operation
from codesentinel.operations.endpoints import endpoints

if TYPE_CHECKING:
    from codesentinel.model.finding import Finding

_LOOKED_AT = 5
"""A label that explodes costs two more questions, of which one may be a large one."""


@operation("metrics.cardinality", metadata=lambda found: {"findings": len(found.findings)})
def cardinality(context: Context, *, url: str = "", limits: Limits | None = None) -> Cardinality:
    """Say which label explodes, in which metric, and what its values look like.

    Args:
        context: where this runs.
        url: a Prometheus or VictoriaMetrics; by default the Prometheus of this workspace.
        limits: what is too many.

    Raises:
        Unreachable, BadAnswer: the server does not say.
    """
    server = url or endpoints(context).prometheus
    bounds = limits or Limits()
    timeout = context.settings.sources.timeout_seconds
    status = head_status(server, timeout_seconds=timeout)
    uses = {
        label: use
        for label in exploding_labels(status, bounds)[:_LOOKED_AT]
        if (use := label_use(server, label, timeout_seconds=timeout))
    }
    jobs = churn(server, timeout_seconds=timeout)
    found = size_findings(status, uses, bounds) + churn_findings(jobs, status, bounds)
    return Cardinality(status, jobs, bounds, ranked(found))


def cardinality_source(context: Context, url: str) -> tuple[list[Finding], Source]:
    """The same for a review: one request, and no closer look.

    Raises:
        Unreachable, BadAnswer: the server does not say.
    """
    status = head_status(url, timeout_seconds=context.settings.sources.timeout_seconds)
    found = size_findings(status, {}, Limits())
    return found, Source("cardinality", judged=True, checked=len(status.labels) + len(status.metrics))
