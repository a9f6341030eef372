"""CloudWatch, read from a server that answers by botocore's own service model."""

from __future__ import annotations

import functools
import random
import time
from array import array
from types import SimpleNamespace

import numpy as np
import pytest

from cloudwatch_server import SECRET, CloudWatchServer, Fault, aws_environment
from codesentinel.capture.cloudwatch import CloudWatch
from codesentinel.capture.cloudwatch_data import batches, read_metrics
from codesentinel.capture.cloudwatch_listing import list_metrics
from codesentinel.model.cloudwatch.metric import CloudMetric, Query
from codesentinel.model.cloudwatch.names import labels
from codesentinel.model.cloudwatch.periods import Window
from codesentinel.model.errors import BadAnswer, ConfigurationError, Unauthorized, Unreachable

START = 1_800_000_000
WINDOW = Window(START, START + 12 * 300, 300)
STATISTICS = ("Average", "p50", "p95", "p99", "tm90")
METRICS = [("AWS/Lambda", "Duration", (("FunctionName", f"f{number:04}"),)) for number in range(1200)]


def samples(key, at, period):
    """What was measured in one period: the same for whoever asks."""
    return np.random.default_rng([int(key[2][0][1][1:]), at, period]).gamma(2, 50, 40)


@functools.cache
def value(key, statistic, period, at):
    """The statistic, as CloudWatch defines it; a few periods without data."""
    if (int(key[2][0][1][1:]) + at // period) % 7 == 0:
        return None
    raw = np.sort(samples(key, at, period))
    if statistic.startswith("p"):
        return float(np.percentile(raw, float(statistic[1:])))
    if statistic.startswith("tm"):
        return float(raw[: int(len(raw) * float(statistic[2:]) / 100)].mean())
    return float({"Average": raw.mean(), "Sum": raw.sum(), "SampleCount": len(raw)}[statistic])


@pytest.fixture(autouse=True)
def credentials(monkeypatch, tmp_path):
    """Only those of the test, and no look at the machine's own."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, text in aws_environment(tmp_path).items():
        monkeypatch.setenv(name, text)


@pytest.fixture
def connect(monkeypatch):
    """Connects to a URL, with pauses that are kept instead of waited."""

    def to(url, **options):
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH", url)
        pauses = []
        options = {"timeout_seconds": 20, "patience_seconds": 300, "chance": random.Random(5), **options}
        cloud = CloudWatch("eu-west-1", pause=pauses.append, **options)
        cloud.pauses = pauses
        return cloud

    return to


@pytest.fixture(autouse=True)
def boto_does_not_wait(monkeypatch):
    """boto3's own pauses between attempts, which it takes for random numbers of seconds, are skipped."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))


def queries(metrics=METRICS, statistics=STATISTICS):
    return [
        Query(CloudMetric(*key, "eu-west-1"), statistic, "Milliseconds", 300)
        for key in metrics
        for statistic in statistics
    ]


def points_of(query, window=WINDOW):
    key = (query.metric.namespace, query.metric.name, query.metric.dimensions)
    times = range(window.start, window.end, window.period_seconds)
    points = [(at, value(key, query.statistic, window.period_seconds, at)) for at in times]
    return [(float(at), v) for at, v in points if v is not None]


@pytest.mark.parametrize("by_time", [False, True])
def test_1200_metrics_with_percentiles_under_throttling_nothing_missing_nothing_twice(connect, by_time):
    dice = random.Random(20261125)
    server = CloudWatchServer(
        METRICS,
        value,
        by_time=by_time,
        page_points=2000,
        overlap=7,
        faults=lambda *_: Fault("Throttling", "Rate exceeded") if dice.random() < 0.4 else None,
    )
    with server.running() as url:
        cloud = connect(url)
        listed = list(list_metrics(cloud, "AWS/Lambda", name="Duration"))
        assert [(m.namespace, m.name, m.dimensions) for m in listed] == METRICS
        assert len(server.requests("ListMetrics")) == 3
        asked = [Query(m, s, "Milliseconds", 300) for m in listed for s in ("Average", "p99")]
        got = list(read_metrics(cloud, asked, WINDOW))
    assert [reading.query for reading in got] == asked
    assert [reading.trouble for reading in got] == [""] * len(asked)
    for reading in got:
        assert list(zip(reading.times, reading.values, strict=True)) == points_of(reading.query)
    throttled = [one for one in server.asked if one.fault]
    assert cloud.tally.throttled == len(throttled) > 5
    assert sum(cloud.tally.requests.values()) == len(server.asked)
    pages = server.requests("GetMetricData")
    assert len(pages) >= 3 * 5
    assert all(len(one.parameters["MetricDataQueries"]) <= 500 for one in pages)
    assert cloud.tally.metrics_requested == sum(len(one.parameters["MetricDataQueries"]) for one in pages)
    assert cloud.pauses, "boto3 alone did not see it through"
    assert max(cloud.pauses) <= 20


def test_all_statistics_and_periods_are_asked_as_they_are_written(connect):
    some = queries(METRICS[:3])
    server = CloudWatchServer(METRICS, value)
    with server.running() as url:
        got = list(read_metrics(connect(url), some, WINDOW))
    assert [list(zip(r.times, r.values, strict=True)) for r in got] == [points_of(q) for q in some]
    (request,) = server.requests("GetMetricData")
    assert request.parameters["ScanBy"] == "TimestampAscending"
    assert request.parameters["LabelOptions"] == {"Timezone": "+0000"}
    assert {q["MetricStat"]["Stat"] for q in request.parameters["MetricDataQueries"]} == set(STATISTICS)


def test_the_hour_that_comes_twice_in_the_local_time_zone_comes_twice(connect, monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        clocks_go_back = 1_792_890_000  # 2026-10-25 03:00 CEST, which is 02:00 CET
        window = Window(clocks_go_back - 7200, clocks_go_back + 7200, 300)
        server = CloudWatchServer(METRICS, lambda *_: 1.0)
        with server.running() as url:
            (got,) = read_metrics(connect(url), queries(METRICS[:1], ["p95"]), window)
        assert list(got.times) == list(range(window.start, window.end, 300))
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_series_whose_pages_end_as_partial_is_asked_for_again(connect):
    seen = []

    def status(name, page):
        if name == "m1" and len(seen) < 2:
            seen.append(page)
            return "PartialData"
        return None

    server = CloudWatchServer(METRICS, value, status=status)
    with server.running() as url:
        got = list(read_metrics(connect(url), queries(METRICS[:2], ["p95"]), WINDOW))
    assert [r.trouble for r in got] == ["", ""]
    assert [len(one.parameters["MetricDataQueries"]) for one in server.requests("GetMetricData")] == [2, 1, 1]
    assert list(zip(got[1].times, got[1].values, strict=True)) == points_of(got[1].query)


def test_an_internal_error_in_the_middle_of_the_pages_is_asked_for_again(connect):
    turns = []

    def status(name, page):
        if name == "m0" and page == 1 and not turns:
            turns.append(page)
            return "InternalError"
        return None

    server = CloudWatchServer(METRICS, value, status=status, page_points=4)
    with server.running() as url:
        (got,) = read_metrics(connect(url), queries(METRICS[:1], ["p95"]), WINDOW)
    assert turns
    assert got.trouble == ""
    assert list(zip(got.times, got.values, strict=True)) == points_of(got.query)


@pytest.mark.parametrize(("status", "requests"), [("InternalError", 4), ("PartialData", 4), ("Forbidden", 1)])
def test_what_stays_incomplete_says_so(connect, status, requests):
    server = CloudWatchServer(
        METRICS,
        value,
        status=lambda name, _: status if name == "m0" else None,
        messages=[{"Code": "Trouble", "Value": "ask later"}],
    )
    with server.running() as url:
        got = list(read_metrics(connect(url), queries(METRICS[:2], ["Average"]), WINDOW))
    assert got[0].trouble == f"{status}; Trouble: ask later"
    assert got[1].trouble == ""
    assert len(server.requests("GetMetricData")) == requests


def test_pages_that_expire_are_begun_anew(connect):
    lost = []

    def faults(operation, number):
        if number == 2 and not lost:
            lost.append(number)
            return Fault("InvalidNextToken", "expired")
        return None

    server = CloudWatchServer(METRICS, value, page_points=4, faults=faults)
    with server.running() as url:
        (got,) = read_metrics(connect(url), queries(METRICS[:1], ["p95"]), WINDOW)
    assert lost
    assert list(zip(got.times, got.values, strict=True)) == points_of(got.query)
    assert got.trouble == ""


def test_throttling_without_end_ends_when_patience_does(connect):
    now = [0.0]
    server = CloudWatchServer(METRICS, value, faults=lambda *_: Fault("ThrottlingException", "Rate exceeded"))
    with server.running() as url:
        cloud = connect(url, patience_seconds=60, clock=lambda: now[0])
        cloud.pause = lambda seconds: now.__setitem__(0, now[0] + seconds)
        with pytest.raises(BadAnswer, match="throttles: ThrottlingException") as failed:
            list(list_metrics(cloud, "AWS/Lambda"))
    assert "patience_seconds" in failed.value.hint
    assert 20 < now[0] <= 60
    assert cloud.tally.throttled == len(server.asked)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("AccessDenied", "User: x is not authorized to perform: cloudwatch:ListMetrics", 403), (Unauthorized, "not authorized to perform", "cloudwatch:ListMetrics")),
        (Fault("ExpiredToken", "The security token is expired", 403), (Unauthorized, "have expired", "log in again")),
        (Fault("InvalidClientTokenId", "The security token is invalid", 403), (Unauthorized, "does not accept the credentials", "clock")),
        (Fault("SignatureDoesNotMatch", f"The canonical string was {SECRET}", 403), (Unauthorized, "does not accept", "clock")),
        (Fault("ValidationError", "Bad namespace"), (BadAnswer, "Bad namespace", "")),
        (Fault("InternalServiceFault", "oops", 500), (BadAnswer, "oops", "")),
        (Fault(body=b"<html>a proxy says hello</html>", status=200), (BadAnswer, "not CloudWatch's protocol", "")),
        (Fault(body=b'{"Metrics": [{"Namespace": ', status=200), (BadAnswer, "not CloudWatch's protocol", "")),
        (Fault(body=b"", status=503), (BadAnswer, "503", "")),
        (Fault(hang_up=True), (Unreachable, "cannot be reached", "online")),
    ],
)  # fmt: skip
def test_every_failure_is_one_message(connect, caplog, fault, expected):
    kind, message, hint = expected
    server = CloudWatchServer(METRICS, value, faults=lambda *_: fault)
    with server.running() as url:
        cloud = connect(url)
        with pytest.raises(kind) as failed:
            list(list_metrics(cloud, "AWS/Lambda"))
    assert type(failed.value) is kind
    assert message in failed.value.message
    assert "CloudWatch in eu-west-1" in failed.value.message
    assert hint in failed.value.hint
    assert SECRET not in failed.value.message + failed.value.hint + caplog.text
    assert cloud.tally.failed + cloud.tally.throttled == len(server.asked)


def test_a_server_error_that_passes_is_not_seen(connect):
    server = CloudWatchServer(
        METRICS, value, faults=lambda _, number: Fault(body=b"", status=503) if number < 2 else None
    )
    with server.running() as url:
        assert len(list(list_metrics(connect(url), "AWS/Lambda"))) == 1200


def test_nobody_listens(connect):
    cloud = connect("http://127.0.0.1:9")
    with pytest.raises(Unreachable, match="cannot be reached"):
        list(list_metrics(cloud, "AWS/Lambda"))


def test_a_silent_server_times_out(connect):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        cloud = connect(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_seconds=0.2)
        with pytest.raises(Unreachable, match=r"[Tt]imeout|timed out"):
            list(list_metrics(cloud, "AWS/Lambda"))


def test_no_credentials(connect, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    cloud = connect("http://127.0.0.1:9")
    with pytest.raises(Unauthorized, match="no credentials") as failed:
        list(list_metrics(cloud, "AWS/Lambda"))
    assert "boto3 looks in" in failed.value.hint


def test_settings_of_boto3_that_are_wrong(monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(ConfigurationError, match="region"):
        CloudWatch(timeout_seconds=1, patience_seconds=1)
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(ConfigurationError, match="nobody"):
        CloudWatch("eu-west-1", timeout_seconds=1, patience_seconds=1)
    monkeypatch.delenv("AWS_PROFILE")
    with pytest.raises(ConfigurationError):
        CloudWatch("eu west!", timeout_seconds=1, patience_seconds=1)


def test_dimensions_and_recent_activity_are_asked_of_the_server(connect):
    server = CloudWatchServer(METRICS, value)
    with server.running() as url:
        found = list(
            list_metrics(connect(url), "AWS/Lambda", where={"FunctionName": "f0007"}, recently_active=True)
        )
        assert len(list(list_metrics(connect(url), "AWS/Lambda", where={"FunctionName": ""}))) == 1200
    assert [metric.dimensions for metric in found] == [(("FunctionName", "f0007"),)]
    assert server.asked[0].parameters["RecentlyActive"] == "PT3H"


def test_fewer_series_are_read_at_once_where_the_window_is_long():
    long = Window(0, 455 * 86400, 3600)
    sizes = [len(batch) for batch in batches(queries(METRICS[:100], ["Average"]), long)]
    assert sum(sizes) == 100
    assert max(sizes) * long.points <= 5 * 100_800
    assert [len(b) for b in batches(queries(METRICS, ["Average"]), WINDOW)] == [500, 500, 200]


def test_a_page_that_repeats_itself_is_an_error(connect, monkeypatch):
    cloud = connect("http://127.0.0.1:9")
    monkeypatch.setattr(cloud, "ask", lambda *_: {"Metrics": [], "NextToken": "again"})
    with pytest.raises(BadAnswer, match="again and again"):
        list(list_metrics(cloud, "AWS/Lambda"))


@pytest.mark.parametrize(
    "rows",
    [[{"Id": "m0", "Timestamps": [], "Values": [1.0]}], [{"Id": "m9", "Timestamps": [], "Values": []}]],
)
def test_an_answer_that_fits_no_question_is_an_error(connect, monkeypatch, rows):
    cloud = connect("http://127.0.0.1:9")
    monkeypatch.setattr(cloud, "ask", lambda *_: {"MetricDataResults": rows})
    with pytest.raises(BadAnswer):
        list(read_metrics(cloud, queries(METRICS[:1], ["p95"]), WINDOW))


@pytest.mark.parametrize(
    "row",
    [
        b'{"Id": "m0", "Timestamps": ["yesterday"], "Values": [1.0]}',
        b'{"Id": "m0", "Timestamps": [1e300], "Values": [1.0]}',
        b'{"Id": "m0", "Timestamps": [1800000000], "Values": ["much"]}',
        b'{"Id": "m0", "Timestamps": 7, "Values": 8}',
        b'{"Id": ["m0"], "Timestamps": [], "Values": []}',
        b'"m0"',
    ],
)
def test_an_answer_of_another_shape_is_an_error(connect, row):
    body = b'{"MetricDataResults": [' + row + b"]}"
    server = CloudWatchServer(METRICS, value, faults=lambda *_: Fault(body=body, status=200))
    with server.running() as url, pytest.raises(BadAnswer, match="not CloudWatch's protocol"):
        list(read_metrics(connect(url), queries(METRICS[:1], ["p95"]), WINDOW))


@pytest.mark.parametrize(
    "body",
    [
        b'{"Metrics": 7}',
        b'{"Metrics": ["x"]}',
        b'{"Metrics": [{"Dimensions": [{"Name": "x"}]}]}',
        b"[]",
        b"7",
    ],
)
def test_a_list_of_another_shape_is_an_error(connect, body):
    server = CloudWatchServer(METRICS, value, faults=lambda *_: Fault(body=body, status=200))
    with server.running() as url, pytest.raises(BadAnswer, match="not CloudWatch's protocol"):
        list(list_metrics(connect(url), "AWS/Lambda"))


def test_a_series_that_is_never_mentioned_is_not_taken_for_empty(connect, monkeypatch):
    cloud = connect("http://127.0.0.1:9")
    monkeypatch.setattr(cloud, "ask", lambda *_: {"MetricDataResults": []})
    (got,) = read_metrics(cloud, queries(METRICS[:1], ["p95"]), WINDOW)
    assert got.times == array("d")
    assert got.trouble == "nothing was said of it"


def test_metrics_of_linked_accounts_are_asked_of_their_owner(connect):
    server = CloudWatchServer(METRICS[:3], value, owner=lambda metric: f"{metric[2][0][1][1:]:0>12}")
    with server.running() as url:
        cloud = connect(url)
        found = list(list_metrics(cloud, "AWS/Lambda", linked_accounts=True))
        assert [metric.account for metric in found] == ["000000000000", "000000000001", "000000000002"]
        list(read_metrics(cloud, [Query(found[1], "p95", "Milliseconds", 300)], WINDOW))
        assert {metric.account for metric in list_metrics(cloud, "AWS/Lambda")} == {""}
    (asked,) = server.requests("GetMetricData")
    assert asked.parameters["MetricDataQueries"][0]["AccountId"] == "000000000001"
    assert labels(found[1]) == {"function_name": "f0001", "region": "eu-west-1", "account": "000000000001"}


def test_owners_that_do_not_fit_the_metrics_are_an_error(connect, monkeypatch):
    cloud = connect("http://127.0.0.1:9")
    monkeypatch.setattr(cloud, "ask", lambda *_: {"Metrics": [{"MetricName": "a"}], "OwningAccounts": []})
    with pytest.raises(BadAnswer, match="1 metrics of 0 owners"):
        list(list_metrics(cloud, "AWS/Lambda", linked_accounts=True))
