"""``codesentinel metrics cloudwatch``: list, read, backfill and the exporter, over real HTTP."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus_text

from asgi import python_server
from cloudwatch_server import SECRET, CloudWatchServer, Fault, aws_environment
from codesentinel.cli.main import main
from codesentinel.config.settings import Cloudwatch, Settings
from codesentinel.model.errors import CodesentinelError, NoData, NotInstalled, UsageError
from codesentinel.operations.cloudwatch import exporter as exporter_module
from codesentinel.operations.cloudwatch.backfill import backfill
from codesentinel.operations.cloudwatch.exporter import CloudExporter
from servers import eventually, get, tool
from storage import victoria_metrics

DAY = 86400
LAMBDA = [
    ("AWS/Lambda", name, (("FunctionName", f"f{n}"),)) for n in range(3) for name in ("Duration", "Errors")
]
SQS = [("AWS/SQS", "NumberOfMessagesSent", (("QueueName", 'a"b\\c\nd'),))]
OTHERS = [("AWS/Lambda", "Duration", (("FunctionName", "f0"), ("Resource", "f0:1")))]
METRICS = LAMBDA + SQS + OTHERS


def value(key, statistic, period, at):
    """Milliseconds, or counts a period; one function has no data at all."""
    if key[2][0][1] == "f2":
        return None
    number = sum(map(ord, "".join((key[1], statistic)))) % 97
    return number * period if statistic == "Sum" else float(number + at % 7919)


@pytest.fixture
def aws(monkeypatch, tmp_path):
    """Serves metrics where boto3 looks for CloudWatch; gives the server, which tests may change."""
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    server = CloudWatchServer(METRICS, value)
    with server.running() as url:
        server.environment = aws_environment(tmp_path, url)
        for name, text in server.environment.items():
            monkeypatch.setenv(name, text)
        yield server


@pytest.fixture
def here(context, monkeypatch):
    """A context whose settings of CloudWatch are as given."""

    def with_settings(**settings):
        return context.but(
            settings=Settings()._replace(cloudwatch=Cloudwatch(patience_seconds=0.0, **settings))
        )

    monkeypatch.chdir(context.root)
    return with_settings


def run(capsys, *words):
    status = main(["metrics", "cloudwatch", *words])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_list_says_what_is_read_and_what_it_costs(aws, here, capsys):
    here()
    status, out, _ = run(capsys, "list")
    assert status == 0
    assert "aws_lambda_duration_p99_seconds" in out
    assert "AWS/Lambda Duration p99 (Milliseconds)" in out
    assert "16 series; a refresh asks for at most 16 metrics in 1 requests" in out
    assert (
        "note: eu-west-1: nothing there of AWS/EC2, CWAgent, AWS/ApplicationELB, AWS/RDS, AWS/DynamoDB" in out
    )
    status, out, _ = run(capsys, "list", "--json")
    document = json.loads(out)
    assert document["schema"] == "codesentinel/metrics.cloudwatch_list/v1"
    assert len(document["data"]["series"]) == 16
    assert document["data"]["estimated_usd_per_day"] == pytest.approx(16 * 288 * 0.00001)


def test_read_prints_the_newest_values_in_base_units(aws, here, capsys):
    here()
    status, out, _ = run(capsys, "read", "--json")
    assert status == 0
    data = json.loads(out)["data"]
    assert len(data["samples"]) == 11
    assert data["without_data"] == 5
    found = {(one["name"], one["labels"].get("function_name")): one for one in data["samples"]}
    errors = found["aws_lambda_errors_sum_per_second", "f0"]
    assert errors["value"] == value(LAMBDA[1], "Sum", 1, 0)
    assert errors["labels"] == {"function_name": "f0", "region": "eu-west-1"}
    status, out, _ = run(capsys, "read")
    assert out.isascii()
    assert 'queue_name="a\\"b' not in out  # foreign text is escaped, not printed as it is
    assert "11 series, 5 without data lately" in out


def test_nothing_there_is_no_data(aws, here, capsys):
    here()
    aws.metrics = []
    status, out, _ = run(capsys, "read", "--json")
    assert status == 3
    assert json.loads(out)["error"]["kind"] == "no_data"


def test_credentials_that_are_refused_are_told_and_not_shown(aws, here, capsys):
    here()
    aws.faults = lambda *_: Fault("ExpiredToken", f"the token {SECRET} is expired", 403)
    status, out, err = run(capsys, "read")
    assert (status, out) == (3, "")
    assert "the credentials have expired" in err
    assert SECRET not in err
    log = here().path("docs", "domains", "metrics", "history.jsonl")
    with open(log, encoding="utf-8") as file:
        assert SECRET not in file.read()


def test_without_the_extra_it_says_what_to_install(here, monkeypatch, capsys):
    here()
    monkeypatch.setitem(sys.modules, "boto3", None)
    monkeypatch.setitem(sys.modules, "boto3.session", None)
    status, _, err = run(capsys, "read")
    assert status == 3
    assert "pip install 'codesentinel[cloud]'" in err
    with pytest.raises(NotInstalled):
        CloudExporter(here())


def test_wrong_settings_are_told_together(here, context, capsys, monkeypatch):
    here()
    monkeypatch.setenv("CODESENTINEL_CLOUDWATCH_NAMESPACES", "AWS/EC2 AWS/Nope")
    monkeypatch.setenv("CODESENTINEL_CLOUDWATCH_PERIOD_SECONDS", "45")
    monkeypatch.setenv("CODESENTINEL_CLOUDWATCH_FILE", "cloudwatch.toml")
    status, _, err = run(capsys, "read")
    assert status == 2
    for part in ("no AWS/Nope", "period_seconds: should be 1, 5", "keep one of the two"):
        assert part in err


def test_the_list_of_metrics_of_a_file_counts_instead_of_the_catalogue(aws, here, context):
    (context.root / "cloudwatch.toml").write_text(
        '[[metrics]]\nnamespace = "AWS/Lambda"\nnames = ["Duration"]\nstatistics = ["tm90"]\n'
        'dimensions = ["FunctionName", "Resource"]\nperiod_seconds = 60\n'
        '[[metrics]]\nnamespace = "Shop"\nnames = ["Paid"]\nstatistics = ["Sum"]\n'
    )
    told = []
    exporter = CloudExporter(here(file="cloudwatch.toml").but(tell=told.append))
    exporter.refresh()
    exporter.refresh()
    assert told == ["note: eu-west-1: nothing there: Shop Paid"]
    asked = {one.parameters["Namespace"]: one.parameters for one in aws.requests("ListMetrics")}
    assert asked["AWS/Lambda"]["MetricName"] == "Duration"
    assert asked["AWS/Lambda"]["Dimensions"] == [{"Name": "FunctionName"}, {"Name": "Resource"}]
    text, _ = exporter.exposition()
    shown = [line for line in text.decode().splitlines() if line.startswith("aws_")]
    assert len(shown) == 1
    assert shown[0].startswith(
        'aws_lambda_duration_tm90_seconds{function_name="f0",region="eu-west-1",resource="f0:1"}'
    )


def test_the_exporter_shows_values_and_how_reading_them_goes(aws, here):
    exporter = CloudExporter(here())
    exporter.refresh()
    text, kind = exporter.exposition("application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text")
    families = {family.name: family for family in openmetrics(text.decode())}
    plain, _ = exporter.exposition()
    assert {f.name for f in prometheus_text(plain.decode())} >= {n for n in families if n.startswith("aws_")}
    checked = subprocess.run(
        [tool("prometheus", "promtool"), "check", "metrics"], input=plain, capture_output=True, check=False
    )
    assert b"error" not in checked.stdout + checked.stderr
    assert not [line for line in checked.stderr.splitlines() if line.startswith((b"aws_", b"codesentinel_"))]
    (queue,) = families["aws_sqs_number_of_messages_sent_sum_per_second"].samples
    assert queue.labels == {"queue_name": 'a"b\\c\nd', "region": "eu-west-1"}
    assert queue.timestamp is None
    assert len(families["aws_lambda_duration_p99_seconds"].samples) == 2

    def only(name):
        return {
            tuple(s.labels.values()): s.value for s in families[f"codesentinel_cloudwatch_{name}"].samples
        }

    assert only("requests") == {("ListMetrics",): 7, ("GetMetricData",): 1}
    assert only("metrics_requested") == {(): 16}
    assert only("throttled_requests") == {(): 0}
    assert only("series") == {("eu-west-1",): 11}
    assert abs(only("last_success_timestamp_seconds")["eu-west-1",] - time.time()) < 600
    for when in ("oldest", "newest"):
        ends = only(f"{when}_data_timestamp_seconds")
        assert set(ends) == {("AWS/Lambda", "eu-west-1"), ("AWS/SQS", "eu-west-1")}
        assert all(end % 300 == 0 and 120 <= time.time() - end < 900 for end in ends.values())


def test_a_refresh_that_fails_keeps_what_is_not_too_old(aws, here, monkeypatch):
    exporter = CloudExporter(here())
    exporter.refresh()
    aws.faults = lambda *_: Fault("AccessDenied", "no", 403)
    with pytest.raises(CodesentinelError):
        exporter.refresh()

    def shown():
        text = exporter.exposition()[0].decode()
        return text.count(
            "\naws_"
        ), 'codesentinel_cloudwatch_errors_total{kind="unauthorized",region="eu-west-1"} 1.0' in text

    assert shown() == (11, True)
    later = time.time() + 3600
    monkeypatch.setattr(
        exporter_module, "time", SimpleNamespace(time=lambda: later, monotonic=time.monotonic)
    )
    assert shown() == (0, True)


def test_one_region_that_fails_does_not_take_the_other_with_it(aws, here):
    aws.faults = lambda *_: Fault("AccessDenied", "no", 403) if "us-east-1" in aws.authorization else None
    exporter = CloudExporter(here(regions="us-east-1 eu-west-1"))
    with pytest.raises(CodesentinelError, match="us-east-1"):
        exporter.refresh()
    text = exporter.exposition()[0].decode()
    assert 'region="eu-west-1"} ' in text
    assert 'aws_lambda_errors_sum_per_second{function_name="f0",region="us-east-1"}' not in text


def test_discovery_that_fails_later_goes_on_with_what_is_known(aws, here, monkeypatch):
    monkeypatch.setattr(exporter_module, "DISCOVER_EVERY_SECONDS", 0.0)
    exporter = CloudExporter(here())
    exporter.refresh()
    aws.faults = lambda operation, _: Fault("ValidationError", "no") if operation == "ListMetrics" else None
    exporter.refresh()
    assert 'errors_total{kind="bad_answer",region="eu-west-1"} 1.0' in exporter.exposition()[0].decode()
    assert len(aws.requests("GetMetricData")) == 2


def test_series_beyond_the_bound_are_left_out_and_counted(aws, here):
    exporter = CloudExporter(here(most_series=4))
    exporter.refresh()
    text = exporter.exposition()[0].decode()
    assert 'codesentinel_cloudwatch_left_out_series{region="eu-west-1"} 12.0' in text


def test_a_scrape_never_waits_for_aws(aws, context):
    held, release = threading.Event(), threading.Event()

    def faults(operation, _):
        if operation == "GetMetricData" and not release.is_set():
            held.set()
            release.wait(60)

    aws.faults = faults
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CODESENTINEL_")} | aws.environment
    words = ("-m", "codesentinel", "metrics", "cloudwatch", "serve")
    with python_server(*words, cwd=context.root, env=environment) as (process, url):
        assert held.wait(60)
        assert b"codesentinel_cloudwatch_metrics_requested_total" in get(f"{url}/metrics")
        assert b"\naws_" not in get(f"{url}/metrics")
        release.set()
        eventually(
            lambda: b'aws_lambda_duration_p95_seconds{function_name="f0"' in get(f"{url}/metrics"), within=60
        )
        process.terminate()
        assert process.wait(30) == 0


def test_a_backfill_is_whole_exact_and_can_be_repeated(aws, here, tmp_path, monkeypatch):
    now = time.time()
    stopped = SimpleNamespace(time=lambda: now)  # the granularity must not change between the two runs
    monkeypatch.setattr("codesentinel.operations.cloudwatch.backfill.time", stopped)
    run_it = functools.partial(backfill, here(), start=now - 64 * DAY, end=now - 62 * DAY)
    with victoria_metrics(tmp_path / "vm") as storage:
        planned = run_it(url=storage.url, dry_run=True)
        assert (planned.outcome, planned.written, planned.requests) == ("checked", 0, 0)
        assert [window.period_seconds for window in planned.windows] == [3600, 300]
        done = run_it(url=storage.url)
        assert (done.outcome, done.missing) == ("written", 0)
        assert done.written <= planned.estimate.points
        again = run_it(url=storage.url)
        assert again.written == done.written
        rows = storage.holds('{__name__=~"aws_.+"}', series=11)
    assert len(rows) == 11
    for row in rows:
        times = [int(at) for at in row["timestamps"]]
        assert times == sorted(set(times)), "a sample is there twice"
    (errors,) = [
        r for r in rows if r["metric"].get("function_name") == "f0" and "errors" in r["metric"]["__name__"]
    ]
    assert set(errors["values"]) == {value(LAMBDA[1], "Sum", 1, 0)}, (
        "a longer period changed the meaning of a sum"
    )
    (p95,) = [
        r
        for r in rows
        if r["metric"]
        == {"__name__": "aws_lambda_duration_p95_seconds", "function_name": "f1", "region": "eu-west-1"}
    ]
    expected = [
        ((at + window.period_seconds) * 1000, value(LAMBDA[2], "p95", window.period_seconds, at) / 1000)
        for window in again.windows
        for at in range(window.start, window.end, window.period_seconds)
    ]
    got = dict(zip(map(int, p95["timestamps"]), p95["values"], strict=True))
    assert [at for at, _ in expected] == [at for at in got if expected[0][0] <= at <= expected[-1][0]]
    assert [got[at] for at, _ in expected] == pytest.approx([v for _, v in expected], rel=1e-11)
    assert not [one for one in again.notes if "63 days" not in one and "nothing there" not in one]


def test_a_backfill_that_misses_something_says_so_and_exits_1(aws, here, tmp_path, capsys):
    here()
    aws.status = lambda name, _: "InternalError" if name == "m0" else None
    with victoria_metrics(tmp_path / "vm") as storage:
        status, out, _ = run(capsys, "backfill", "--since", "2h", "--to", storage.url)
    assert status == 1
    assert (
        "INCOMPLETE AWS/Lambda Duration Average (Milliseconds) of FunctionName=f0, region=eu-west-1: InternalError"
        in out
    )


def test_a_dry_run_needs_no_storage(aws, here, capsys):
    here()
    status, out, _ = run(capsys, "backfill", "--since", "30d", "--dry-run", "--to", "http://127.0.0.1:9")
    assert status == 0
    assert "would write into http://127.0.0.1:9 at most" in out
    assert not aws.requests("GetMetricData")


@pytest.mark.parametrize(("start", "end", "kind"), [(600, 700, UsageError), (600 * DAY, 500 * DAY, NoData)])
def test_windows_of_which_there_is_nothing(aws, here, start, end, kind):
    now = time.time()
    with pytest.raises(kind):
        backfill(here(), start=now - start, end=now - end, url="http://127.0.0.1:9")


def test_botocore_is_imported_by_these_commands_alone():
    script = "import sys, codesentinel.cli.cloudwatch, codesentinel.operations.cloudwatch.source; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"boto3", "botocore"} & set(done.stdout.split())
