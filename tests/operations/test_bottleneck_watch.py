"""A review says why a service is slow, if an alert says that it is."""

from __future__ import annotations

import time

import pytest

from codesentinel.config.settings import Settings, Sources
from codesentinel.model.errors import CouldNotJudge
from codesentinel.model.finding import Severity
from codesentinel.model.target import ActiveAlert
from codesentinel.operations.efficiency.watch import bottlenecks
from slow_service import N, write
from storage import victoria_metrics


def alerts(*services, name="ServiceLatencyHigh", state="firing"):
    return [ActiveAlert({"alertname": name, "service": one}, {}, state, None) for one in services]


@pytest.fixture
def watched(context, tmp_path):
    with victoria_metrics(tmp_path / "data") as storage:
        write(storage.url, int(time.time()) - N, shop=True, calm=False)
        storage.holds('http_server_request_duration_seconds_count{service="calm"}')
        sources = Sources(prometheus_url=storage.url, timeout_seconds=20.0)
        yield context.but(settings=Settings(sources=sources))


def test_the_cause_is_told_for_the_record_beside_the_alert(watched):
    found, source = bottlenecks(watched, alerts("shop", "shop", "calm", "nobody"))
    (finding,) = found
    assert (finding.kind, finding.severity) == ("bottleneck-dependency", Severity.INFO)
    assert (finding.source, source.name) == ("bottlenecks", "bottlenecks")
    assert "shop is limited by a service that it depends on" in finding.summary
    assert (source.judged, source.checked) == (True, 3)
    assert "no requests of a service nobody" in source.reason


def test_where_no_service_is_slow_nothing_is_asked(context):
    nowhere = context.but(settings=Settings(sources=Sources(prometheus_url="http://127.0.0.1:1")))
    for quiet in (alerts(), alerts("shop", name="TargetDown"), alerts("shop", state="pending")):
        found, source = bottlenecks(nowhere, quiet)
        assert (found, source.judged, source.checked, source.reason) == ([], True, 0, "")


def test_what_cannot_be_judged_is_said_and_others_are_counted(context):
    nowhere = context.but(settings=Settings(sources=Sources(prometheus_url="http://127.0.0.1:1")))
    found, source = bottlenecks(nowhere, alerts("a", "b", "c", "d", "e"))
    assert (found, source.judged) == ([], False)
    assert "a: " in source.reason
    assert "2 more services have such alerts" in source.reason
    with pytest.raises(CouldNotJudge, match="not known"):
        bottlenecks(nowhere, None)
