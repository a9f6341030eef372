"""What /metrics shows of deployments: series born at 0, each end once, and nothing of what was retired."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from codesentinel.operations.deploy.record import record
from codesentinel.operations.deploy.retire import retire
from codesentinel.operations.memory_log import archive
from codesentinel.operations.metrics import OwnMetrics

SHOP = {"service": "shop", "environment": "production"}


def series(metrics, name):
    text, _ = metrics.exposition()
    return {
        tuple(
            value for key, value in sorted(sample.labels.items()) if key not in ("environment", "service")
        ): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
        if sample.name == name
    }


def ended(context, number, status="success", **facts):
    record(context, **SHOP, status=status, identity=f"r{number}", **facts)


def test_a_series_that_is_born_while_we_run_is_shown_with_0_once(context):
    metrics = OwnMetrics(context)
    assert series(metrics, "codesentinel_deployments_total") == {}
    for number in range(3):
        ended(context, number)
    assert series(metrics, "codesentinel_deployments_total")[("success",)] == 0
    ended(context, 3)
    assert series(metrics, "codesentinel_deployments_total")[("success",)] == 4
    again = OwnMetrics(context)
    assert series(again, "codesentinel_deployments_total")[("success",)] == 4, (
        "after a restart there is no reset"
    )


def test_durations_lead_times_recoveries_and_second_judgements(context):
    ended(context, 1, revision="a", commit_at=1000.0, started_at=4000.0, finished_at=4600.0)
    ended(context, 2, "failed", revision="b", started_at=5000.0, finished_at=5100.0)
    ended(context, 3, revision="a", commit_at=1000.0, started_at=5900.0, finished_at=6000.0)
    ended(context, 3, "rolled-back")
    record(context, **SHOP, status="started", identity="r4", started_at=7000.0)
    metrics = OwnMetrics(context)
    assert series(metrics, "codesentinel_deployments_total") == {
        ("success",): 2, ("failed",): 1, ("rolled-back",): 1, ("aborted",): 0,
    }  # fmt: skip
    assert series(metrics, "codesentinel_deployments_rejudged_total") == {(): 1}
    assert series(metrics, "codesentinel_deployment_duration_seconds_count") == {(): 3}
    assert series(metrics, "codesentinel_deployment_duration_seconds_sum") == {(): 800}
    assert series(metrics, "codesentinel_deployment_lead_time_seconds_sum") == {(): 3600}, "a is new but once"
    assert series(metrics, "codesentinel_deployment_recovery_seconds_sum") == {(): 900}
    assert series(metrics, "codesentinel_deployment_timestamp_seconds") == {
        ("success",): 6000, ("failed",): 5100, ("rolled-back",): 6000,
    }  # fmt: skip
    assert series(metrics, "codesentinel_deployment_unfinished_timestamp_seconds") == {(): 7000}


def test_what_was_retired_is_no_longer_shown_and_may_come_back(context):
    metrics = OwnMetrics(context)
    ended(context, 1)
    metrics.exposition()
    retire(context, **SHOP, local_only=True, confirms=lambda _: True)
    for name in ("codesentinel_deployments_total", "codesentinel_deployment_timestamp_seconds"):
        assert series(metrics, name) == {}
    ended(context, 2)
    metrics.exposition()
    assert series(metrics, "codesentinel_deployments_total")[("success",)] == 1


def test_archiving_the_log_counts_nothing_twice(context):
    metrics = OwnMetrics(context)
    for number in range(3):
        ended(context, number)
    metrics.exposition()
    before = series(metrics, "codesentinel_events_total")
    archive(context, domains=("deploy",), keep_seconds=0.0)
    ended(context, 4)
    after = series(metrics, "codesentinel_events_total")
    assert series(metrics, "codesentinel_deployments_total")[("success",)] == 4
    assert after[("deploy",)] == before[("deploy",)] + 2, "the verb and the end of the deployment"
