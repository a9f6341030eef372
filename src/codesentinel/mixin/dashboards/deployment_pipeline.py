"""Deployment Pipeline: the DORA keys, and whether what CI runners push arrives."""

from __future__ import annotations

from codesentinel.mixin.catalog import deployments
from codesentinel.mixin.dashboards import style
from codesentinel.mixin.dashboards.panel import GREEN, ORANGE, RED, Column, Dashboard, Query, Row, Variable

_WHERE = 'service=~"$service",environment=~"$environment"'
_ENDED = "codesentinel_deployments_total"
_BAD = 'status=~"failed|rolled-back"'
_NOT_ABORTED = 'status!="aborted"'
_LONG = style.scale((deployments.UNFINISHED_SECONDS, ORANGE))
_OLD = style.scale((deployments.STALE_SECONDS, ORANGE))
_NONE = "no deployment is on record"
_WEEK_SECONDS = 7 * 86400
_HOUR, _DAY = 3600, 86400


def deployment_pipeline() -> Dashboard:
    """How often, how quickly and how well changes reach production."""
    return Dashboard(
        "deployment-pipeline",
        "Deployment Pipeline",
        "The DORA keys over the time shown, what each deployment took, and whether the way from CI runners "
        "into the record works.",
        ("deployments",),
        (_keys(), _course(), _deployments(), _pipeline()),
        (
            Variable(
                "environment",
                "Environment",
                f"label_values({_ENDED}, environment)",
                "Production, staging and so on.",
                may_be_empty=_NONE,
            ),
            Variable(
                "service",
                "Service",
                f'label_values({_ENDED}{{environment=~"$environment"}}, service)',
                "What is deployed.",
                may_be_empty=_NONE,
            ),
        ),
        span="30d",
        refresh="1m",
    )


def _increase(metric: str, *matchers: str) -> str:
    return f"increase({metric}{{{','.join((_WHERE, *matchers))}}}[$__range])"


def _quantile(quantile: float, name: str) -> str:
    buckets = _increase(f"codesentinel_deployment_{name}_seconds_bucket")
    return f"histogram_quantile({quantile:g}, sum by (le) ({buckets}))"


def _failed(by: str = "") -> str:
    """Failed or rolled back, of all that were not aborted; one that was judged anew counts once."""
    bad = f"sum{by} ({_increase(_ENDED, _BAD)})"
    ended = f"sum{by} ({_increase(_ENDED, _NOT_ABORTED)})"
    again = f"sum{by} ({_increase('codesentinel_deployments_rejudged_total')})"
    return f"{bad} / ({ended} - {again} > 0)"


def _keys() -> Row:
    form = {"width": 6, "sparkline": False, "may_be_empty": _NONE}
    return Row(
        "DORA keys",
        (
            style.stat(
                "Deployments a week",
                "Deployments that succeeded, of the time shown, a week.",
                f'sum(rate({_ENDED}{{{_WHERE},status="success"}}[$__range])) * {_WEEK_SECONDS}',
                decimals=1,
                **form,
            ),
            style.stat(
                "Lead time",
                "Median time from a commit to the first success of its deployment.",
                _quantile(0.5, "lead_time"),
                unit=style.SECONDS,
                steps=style.scale((_DAY, ORANGE), (7 * _DAY, RED)),
                **form,
            ),
            style.stat(
                "Change fail rate",
                "Share of deployments that failed or were rolled back, of all that were not aborted.",
                _failed(),
                unit=style.RATIO,
                minimum=0,
                steps=style.scale((0.15, ORANGE), (0.3, RED)),
                **form,
            ),
            style.stat(
                "Recovery time",
                "Median time from the end of a failed deployment to that of the next success.",
                _quantile(0.5, "recovery"),
                unit=style.SECONDS,
                steps=style.scale((_HOUR, ORANGE), (_DAY, RED)),
                **{**form, "may_be_empty": "no deployment failed, or none followed that succeeded"},
            ),
        ),
    )


def _course() -> Row:
    moving = "Each point looks back as far as the page does."
    return Row(
        "Course",
        (
            style.trend(
                "Deployments by end",
                "Deployments within each step, by how they ended.",
                Query(f"sum by (status) (increase({_ENDED}{{{_WHERE}}}[$__rate_interval]))", "{{status}}"),
                width=12,
                stacked=True,
                may_be_empty=_NONE,
            ),
            style.trend(
                "Duration",
                f"From the start of a deployment to its end. {moving}",
                *(Query(_quantile(q / 100, "duration"), f"p{q}") for q in (50, 95)),
                unit=style.SECONDS,
                width=12,
                may_be_empty=_NONE,
            ),
            style.trend(
                "Lead time over time",
                f"From a commit to its first successful deployment. {moving}",
                *(Query(_quantile(q / 100, "lead_time"), f"p{q}") for q in (50, 90)),
                unit=style.SECONDS,
                width=12,
                may_be_empty=_NONE,
            ),
            style.trend(
                "Change fail rate by service",
                f"Share of deployments that failed or were rolled back. {moving}",
                Query(_failed(" by (service)"), "{{service}}"),
                unit=style.RATIO,
                width=12,
                maximum=1,
                may_be_empty=_NONE,
            ),
        ),
    )


def _deployments() -> Row:
    at = "codesentinel_deployment_timestamp_seconds"
    by = "by (service, environment)"

    def latest(status: str) -> str:
        return f'max {by} ({at}{{{_WHERE},status=~"{status}"}}) * 1000'

    return Row(
        "Services",
        (
            style.table(
                "Latest deployments",
                "When a deployment of each service last succeeded and failed, and how many there were.",
                (latest("success"), latest("failed|rolled-back"), f"sum {by} ({_increase(_ENDED)})"),
                (
                    Column("service", "Service"),
                    Column("environment", "Environment"),
                    Column("Value #A", "Succeeded", style.MOMENT),
                    Column("Value #B", "Failed", style.MOMENT),
                    Column("Value #C", "In the time shown", style.COUNT, 0),
                ),
                width=16,
                sorted_by="Succeeded",
                may_be_empty=_NONE,
            ),
            style.table(
                "Not ended",
                "Deployments that began and of which nothing tells how they ended.",
                (f"time() - codesentinel_deployment_unfinished_timestamp_seconds{{{_WHERE}}}",),
                (
                    Column("service", "Service"),
                    Column("environment", "Environment"),
                    Column(
                        "Value",
                        "Since",
                        style.SECONDS,
                        0,
                        _LONG,
                    ),
                ),
                sorted_by="Since",
                width=8,
                may_be_empty="no deployment is under way",
            ),
        ),
    )


def _pipeline() -> Row:
    unread = "time() - max(codesentinel_deployments_ingest_timestamp_seconds > 0)"
    requests = "sum by (code) (rate(pushgateway_http_requests_total[$__rate_interval]))"
    return Row(
        "From CI runners",
        (
            style.stat(
                "Pushgateway",
                "Whether the gateway that CI runners push to answers its scrapes.",
                'min(up{job="pushgateway"})',
                steps=style.scale((1, GREEN), below=RED),
            ),
            style.stat(
                "Last look",
                "How long ago what was pushed was last taken into the record.",
                unread,
                unit=style.SECONDS,
                steps=style.scale((deployments.INGESTION_SECONDS, ORANGE)),
            ),
            style.trend(
                "Requests to the gateway",
                "Requests a second that the Pushgateway answered, by status.",
                Query(requests, "{{code}}"),
                unit=style.REQUESTS,
                height=8,
            ),
            style.trend(
                "Taken into the record",
                "Deployments that were taken from the Pushgateway within each step.",
                Query("sum(increase(codesentinel_deployments_ingested_total[$__rate_interval]))", "taken"),
            ),
            style.table(
                "Pushed groups",
                "How old what each group of the gateway shows is: a Pushgateway forgets nothing by itself. A "
                "failure is a push that was refused since.",
                (
                    "max by (job, service, environment) (time() - push_time_seconds)",
                    "max by (job, service, environment) (push_failure_time_seconds > bool push_time_seconds)",
                ),
                (
                    Column("job", "Job"),
                    Column("service", "Service"),
                    Column("environment", "Environment"),
                    Column("Value #A", "Age", style.SECONDS, 0, _OLD),
                    Column("Value #B", "Failing", style.COUNT, 0, style.NONE_WANTED),
                ),
                sorted_by="Age",
                may_be_empty="nothing was pushed",
            ),
        ),
    )
