"""The same client against moto's server, for what that implements."""

from __future__ import annotations

import datetime as dt

import pytest

from cloudwatch_server import aws_environment
from codesentinel.capture.cloudwatch import CloudWatch
from codesentinel.capture.cloudwatch_data import read_metrics
from codesentinel.capture.cloudwatch_listing import list_metrics
from codesentinel.model.cloudwatch.metric import CloudMetric, Query
from codesentinel.model.cloudwatch.periods import Window
from codesentinel.model.cloudwatch.samples import samples_of

HOSTS = 1050
DIMENSIONS = (("Host", "h7"),)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    """A connection to moto, in which 1,050 metrics have a value, and one of them an hour of them."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AWS_PROFILE", raising=False)
        for name, text in aws_environment(tmp_path_factory.mktemp("aws"), f"http://{host}:{port}").items():
            patch.setenv(name, text)
        try:
            client = boto3.client("cloudwatch", region_name="eu-west-1")
            for first in range(0, HOSTS, 350):
                client.put_metric_data(
                    Namespace="Shop",
                    MetricData=[
                        {
                            "MetricName": "Seen",
                            "Dimensions": [{"Name": "Host", "Value": f"h{number}"}],
                            "Value": 1.0,
                        }
                        for number in range(first, first + 350)
                    ],
                )
            client.put_metric_data(Namespace="Shop", MetricData=[_point(*point) for point in _points()])
            yield CloudWatch("eu-west-1", timeout_seconds=60, patience_seconds=0)
        finally:
            server.stop()


def start():
    """Whole hours: an hour ago at least, and the same throughout a run."""
    return int(dt.datetime.now(dt.UTC).timestamp()) // 3600 * 3600 - 3600


START = start()
WINDOW = Window(START, START + 1800, 300)


def _points():
    """Time and milliseconds: two each minute, but none in the third period."""
    for minute in range(30):
        if not 10 <= minute < 15:
            yield START + 60 * minute, 10.0 * minute
            yield START + 60 * minute + 30, 10.0 * minute + 5


def _point(at, value):
    return {
        "MetricName": "Latency",
        "Dimensions": [{"Name": "Host", "Value": "h7"}],
        "Timestamp": dt.datetime.fromtimestamp(at, dt.UTC),
        "Value": value,
        "Unit": "Milliseconds",
    }


def test_metrics_are_listed_over_pages_each_once(cloud):
    asked = cloud.tally.requests.get("ListMetrics", 0)
    found = [metric for metric in list_metrics(cloud, "Shop") if metric.name == "Seen"]
    assert sorted(metric.dimensions[0][1] for metric in found) == sorted(f"h{n}" for n in range(HOSTS))
    assert cloud.tally.requests["ListMetrics"] - asked == 3


def test_metrics_are_listed_by_dimension(cloud):
    found = {m.name: m.dimensions for m in list_metrics(cloud, "Shop", where=dict(DIMENSIONS))}
    assert found == {"Seen": DIMENSIONS, "Latency": DIMENSIONS}


@pytest.mark.parametrize(
    ("statistic", "combined"),
    [
        ("Average", lambda v: sum(v) / len(v)),
        ("Sum", sum),
        ("SampleCount", len),
        ("Minimum", min),
        ("Maximum", max),
    ],
)
def test_statistics_are_those_of_the_data(cloud, statistic, combined):
    query = Query(CloudMetric("Shop", "Latency", DIMENSIONS, "eu-west-1"), statistic, "Milliseconds", 300)
    (reading,) = read_metrics(cloud, [query], WINDOW)
    periods = {}
    for at, value in _points():
        periods.setdefault(at // 300 * 300, []).append(value)
    assert list(zip(reading.times, reading.values, strict=True)) == [
        (at, pytest.approx(combined(values))) for at, values in sorted(periods.items())
    ]
    assert reading.trouble == ""


def test_milliseconds_arrive_as_seconds_at_the_end_of_their_period(cloud):
    query = Query(CloudMetric("Shop", "Latency", DIMENSIONS, "eu-west-1"), "Maximum", "Milliseconds", 300)
    samples = samples_of(next(read_metrics(cloud, [query], WINDOW)))
    assert samples.labels == {
        "__name__": "aws_shop_latency_maximum_seconds",
        "host": "h7",
        "region": "eu-west-1",
    }
    assert (samples.times_ms[0], samples.values[0]) == ((START + 300) * 1000, 0.045)
