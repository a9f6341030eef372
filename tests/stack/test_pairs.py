"""Pairs that stand in for one another: each sample is there once, each alert is one, whoever evaluates."""

from __future__ import annotations

import json
import math
import re
import time
import urllib.parse

import pytest

from fleet_world import PER_SECOND, THINNED_SECONDS, fleet
from servers import eventually

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("pairs"), pytest.mark.timeout(240)]

SERIES = "http_server_request_duration_seconds_count"
ENOUGH = 12
"""Seconds of samples that are looked at."""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with fleet(tmp_path_factory.mktemp("fleet")) as servers:
        yield servers


def kept(storage):
    """The seconds of the samples of each series, sorted; what was merged already is merged."""
    storage.get("/internal/force_flush")
    found = {}
    for line in storage.get(f"/api/v1/export?{urllib.parse.urlencode({'match[]': SERIES})}").splitlines():
        row = json.loads(line)
        times = found.setdefault(tuple(sorted(row["metric"].items())), [])
        times += [ms / 1000 for ms in row["timestamps"]]
    return {labels: sorted(times) for labels, times in found.items()}


def spans(storage):
    """Whether every series is long enough to be looked at."""
    series = kept(storage).values()
    return len(series) >= len(PER_SECOND) and min(times[-1] - times[0] for times in series) >= ENOUGH


def written_and_kept(storage):
    """How many samples were sent, and how many of them are there."""
    storage.get("/internal/force_flush")
    (sent,) = re.findall(
        rb'(?m)^vm_rows_inserted_total\{type="promremotewrite"\} (\d+)$', storage.get("/metrics")
    )
    query = {"query": 'sum(count_over_time({__name__!=""}[1h]))', "nocache": "1"}
    (row,) = json.loads(storage.get(f"/api/v1/query?{urllib.parse.urlencode(query)}"))["data"]["result"]
    return int(sent), float(row["value"][1])


@pytest.mark.parametrize("storage", ["scraped", "written"])
def test_a_sample_of_two_replicas_is_there_once(world, storage):
    server = getattr(world, storage)
    eventually(lambda: spans(server), within=90)
    series = kept(server)
    assert len(series) == len(PER_SECOND), "a label by which replicas differ came through"
    for labels, times in series.items():
        assert "replica" not in dict(labels)
        assert dict(labels)["cluster"] == "main"
        once_in_each(times, 1)
        assert len(times) >= 0.5 * (times[-1] - times[0])


def test_both_replicas_wrote(world):
    eventually(lambda: spans(world.written) and spans(world.years), within=90)
    sent, there = written_and_kept(world.written)
    assert sent > 1.6 * there, "two Prometheus"
    sent, there = written_and_kept(world.years)
    assert sent > 1.6 * THINNED_SECONDS / 2 * there, "two vmagents, and one sample of ten is kept"


def test_the_tier_for_years_keeps_one_sample_of_each_interval(world):
    eventually(lambda: spans(world.years), within=90)
    for times in kept(world.years).values():
        once_in_each(times, THINNED_SECONDS)


def once_in_each(times, seconds):
    """No two of these lie in the same interval; the newest are merged when they are asked for."""
    slots = [math.ceil(at / seconds) for at in times]
    assert len(set(slots)) == len(slots), times


def test_vmalert_fires_what_a_pair_of_prometheus_fires(world):
    def same():
        ours, theirs = world.alerts("prometheus"), world.alerts("vmalert")
        names = {(dict(labels)["alertname"], dict(labels)["severity"]) for labels in ours}
        wanted = {("ServiceErrorRateHigh", "P1"), ("ServiceErrorRateHigh", "P2"), ("Watchdog", "info")}
        return wanted <= names and ours.keys() == theirs.keys() and (ours, theirs)

    ours, theirs = eventually(same, within=120, every=0.5)
    for labels, said in ours.items():
        assert dict(labels)["cluster"] == "main"
        assert {key: figures_away(text) for key, text in said.items()} == {
            key: figures_away(text) for key, text in theirs[labels].items()
        }


def figures_away(text):
    """What two that look a second apart both say."""
    return re.sub(r"\d+(\.\d+)?", "N", text)


def test_what_vmalert_records_is_what_prometheus_records(world):
    names = ("service:http_server_requests:rate", "service:http_server_errors_per_request:ratio_rate")
    expected = {
        names[0]: sum(PER_SECOND.values()),
        names[1]: PER_SECOND["500"] / sum(PER_SECOND.values()),
    }

    def recorded():
        at = time.time() - 2
        ours = {name: world.recorded(world.prometheus[0], name, at).get("shop") for name in names}
        theirs = {name: world.recorded(world.scraped.url, name, at).get("shop") for name in names}
        near = pytest.approx(expected, rel=0.05)
        return None not in (*ours.values(), *theirs.values()) and ours == near and theirs == near

    eventually(recorded, within=90, every=0.5)
