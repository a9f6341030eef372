"""Metrics of processes: a few groups, counters that only rise, and nothing when nothing is recorded."""

from __future__ import annotations

import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from codesentinel.analysis.processes.finding import about
from codesentinel.model.finding import Severity
from codesentinel.operations.metrics import OwnMetrics
from codesentinel.operations.process.metrics import MOST_GROUPS
from codesentinel.operations.process.replay import samples_folder
from codesentinel.store.process_samples import SampleWriter
from process_histories import BEGAN, history, process, sampled


@pytest.fixture
def write(context):
    """Writes rows as samples of this moment, a second apart."""
    writer = SampleWriter(samples_folder(context), retention_seconds=1e9, most_bytes=10**9)

    def now(rows):
        past = history(rows)
        for sample in past.samples:
            sample.time += time.time() - BEGAN - len(rows)
            writer.write(sample)

    return now


def series(metrics, name):
    text, _ = metrics.exposition()
    return {
        next(iter(sample.labels.values()), ""): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
        if sample.name == name
    }


def test_groups_are_summed_and_counters_only_rise(context, write):
    metrics = OwnMetrics(context)
    write(
        [
            [sampled(process(100 + n, name="web", age=10.0), 5.0 + k, fds=7) for n in range(3)]
            for k in range(3)
        ]
    )
    assert series(metrics, "codesentinel_process_count") == {"web": 3}
    assert series(metrics, "codesentinel_process_open_fds") == {"web": 21}
    assert series(metrics, "codesentinel_process_resident_memory_bytes") == {"web": 3 * (50 << 20)}
    assert series(metrics, "codesentinel_process_cpu_seconds_total")["web"] == pytest.approx(6.0)
    assert series(metrics, "codesentinel_process_demand_ratio")["web"] == pytest.approx(3.0, rel=0.01)
    write([[sampled(process(100, name="web", age=10.0), 8.0)]])
    assert series(metrics, "codesentinel_process_cpu_seconds_total")["web"] == pytest.approx(7.0), (
        "two have ended"
    )
    assert series(metrics, "codesentinel_process_count") == {"web": 1}


def test_a_host_of_a_thousand_commands_gives_fifty_series(context, write):
    metrics = OwnMetrics(context)
    write(
        [
            [sampled(process(n + 1, name=f"app-{n}")) for n in range(1000)],
            [sampled(process(5000, kernel=True))],
        ]
    )
    counts = series(metrics, "codesentinel_process_count")
    assert set(counts) == {"(kernel)"}
    assert len(series(metrics, "codesentinel_process_cpu_seconds_total")) == MOST_GROUPS + 2


def test_nothing_is_shown_when_nothing_was_recorded_lately(context, write):
    assert series(OwnMetrics(context), "codesentinel_process_count") == {}
    metrics = OwnMetrics(context)
    write([[sampled(process(100))]])
    assert series(metrics, "codesentinel_process_count") == {"app": 1}
    reader = metrics._processes
    reader._last.time -= 3600
    assert series(metrics, "codesentinel_process_count") == {}


def test_anomalies_of_the_last_review(context, write):
    metrics = OwnMetrics(context)
    write([[sampled(process(100))]])
    finding = about(sampled(process(100)), "runaway", Severity.P2, "spins", "end it")
    metrics.reviewed([finding, finding])
    assert series(metrics, "codesentinel_process_anomalies") == {"runaway": 2}
    metrics.reviewed(None)
    assert series(metrics, "codesentinel_process_anomalies") == {}
