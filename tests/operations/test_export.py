"""Exported from a real VictoriaMetrics or Prometheus, and written back into another one: the same."""

from __future__ import annotations

import csv
import random
import sys
import time

import duckdb
import numpy as np
import pytest

from codesentinel.act.history import HistoryWriter
from codesentinel.model.errors import BadQuery, NoData, NotInstalled, Refused, Unreachable, UsageError
from codesentinel.model.samples import Samples
from codesentinel.operations.backfill.copy import copy
from codesentinel.operations.backfill.run import backfill
from codesentinel.operations.backfill.server import Wanted
from codesentinel.operations.export import export
from hostile import answering, http
from servers import eventually, free_port, get, serving
from stack_under_test import Stack
from storage import victoria_metrics

T0 = 1_700_000_000
EVERYTHING = Wanted(('{__name__=~"walk|count_total"}',), T0 - 1, T0 + 40 * 86400)
ODD = 'C:\\a "b",\n{c} \u2603'


def walks():
    """Forty days of gauges and counters every fifteen minutes, a little apart from one another."""
    rng = random.Random(3)
    found = []
    for n in range(6):
        times = [(T0 + 900 * i) * 1000 + n * 37 for i in range(3840) if i % 97]
        value, values, total, totals = 0.0, [], 2**50, []
        for _ in times:
            value += rng.gauss(0, 1)
            total += rng.randrange(10_000)
            values.append(value)
            totals.append(float(total))
        found.append(Samples({"__name__": "walk", "n": str(n), "odd": ODD}, times, values))
        found.append(Samples({"__name__": "count_total", "n": str(n)}, times, totals))
    return found


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    with victoria_metrics(tmp_path_factory.mktemp("vm")) as server:
        with HistoryWriter(server.url, timeout_seconds=60) as writer:
            for samples in walks():
                writer.write(samples)
        server.holds(EVERYTHING.selectors[0], 12)
        yield server


@pytest.fixture(scope="module")
def second(tmp_path_factory):
    with victoria_metrics(tmp_path_factory.mktemp("second")) as server:
        yield server


def files(folder):
    return [file.name for file in folder.iterdir() if file.is_file()]


def assert_same(rows, label=None):
    expected = sorted(walks(), key=lambda samples: sorted(samples.labels.items()))
    assert len(rows) == len(expected)
    for row, samples in zip(rows, expected, strict=True):
        labels = dict(samples.labels) | ({"via": label} if label else {})
        assert row["metric"] == labels
        assert row["timestamps"] == samples.times_ms
        if labels["__name__"] == "count_total":
            assert row["values"] == samples.values
        np.testing.assert_allclose(row["values"], samples.values, rtol=1e-11)


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl"])
def test_what_was_exported_and_written_back_is_the_same(context, storage, second, tmp_path, kind):
    path = tmp_path / f"all.{kind}"
    done = export(context, path=str(path), wanted=EVERYTHING, url=storage.url)
    assert (done.samples, done.series, done.format, done.left_out) == (12 * 3800, 12, kind, 0)
    assert done.size_bytes == path.stat().st_size
    assert (done.since, done.until) == (T0 + 900, T0 + 3839 * 900 + 0.185)
    back = backfill(context, path=str(path), url=second.url, labels={"via": kind})
    assert (back.outcome, back.written, back.missing, back.bad_rows) == ("written", done.samples, 0, ())
    assert_same(second.holds(f'{{via="{kind}"}}', 12), kind)
    assert files(tmp_path) == [path.name]


def test_one_server_is_copied_into_another_and_again_changes_nothing(context, storage, second):
    for _ in range(2):
        done = copy(
            context, source_url=storage.url, wanted=EVERYTHING, labels={"via": "copy"}, url=second.url
        )
        assert (done.outcome, done.written, done.missing, done.notes) == ("written", 12 * 3800, 0, ())
        assert_same(second.holds('{via="copy"}', 12), "copy")
    done = copy(context, source_url=storage.url, wanted=EVERYTHING, url="http://127.0.0.1:1", dry_run=True)
    assert (done.outcome, done.holding.samples, done.written) == ("checked", 12 * 3800, 0)


def test_parquet_has_a_column_for_each_label_and_times_in_utc(context, storage, tmp_path):
    path = tmp_path / "all.parquet"
    export(context, path=str(path), wanted=EVERYTHING, url=storage.url)
    with duckdb.connect(":memory:") as connection:
        found = connection.execute(
            "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(?))", [str(path)]
        ).fetchall()
        assert found == [
            ("timestamp", "TIMESTAMP WITH TIME ZONE"),
            ("value", "DOUBLE"),
            ("__name__", "VARCHAR"),
            ("n", "VARCHAR"),
            ("odd", "VARCHAR"),
        ]
        rows = connection.execute(
            "SELECT epoch_ms(timestamp), value, odd FROM read_parquet(?) WHERE n = '0' AND __name__ = 'walk'"
            " ORDER BY timestamp LIMIT 2",
            [str(path)],
        ).fetchall()
    first = walks()[0]
    assert [row[0] for row in rows] == first.times_ms[:2]
    assert rows[0][1:] == (pytest.approx(first.values[0], rel=1e-11), ODD)


def test_csv_is_plain(context, storage, tmp_path):
    path = tmp_path / "one.csv"
    wanted = EVERYTHING._replace(selectors=("walk{n='1'}",), start=T0 + 899, end=T0 + 900 * 3)
    export(context, path=str(path), wanted=wanted, url=storage.url)
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["timestamp", "value", "__name__", "n", "odd"]
    assert [row[0] for row in rows[1:]] == [f"{T0 + 900 * i}.037" for i in (1, 2)]
    assert rows[1][2:] == ["walk", "1", ODD]


def test_selectors_that_overlap_give_a_series_once(context, storage, tmp_path):
    wanted = EVERYTHING._replace(selectors=("walk{n='1'}", "walk", '{n="1"}'))
    done = export(context, path=str(tmp_path / "a.jsonl"), wanted=wanted, url=storage.url)
    assert (done.series, done.samples) == (7, 7 * 3800)


def test_a_file_is_never_replaced_unasked_and_none_is_left_by_a_failure(
    context, storage, tmp_path, monkeypatch
):
    path = tmp_path / "a.csv"
    path.write_text("mine")
    with pytest.raises(Refused, match="is there already"):
        export(context, path=str(path), wanted=EVERYTHING, url=storage.url)
    with pytest.raises(NoData):
        export(
            context, path=str(path), wanted=Wanted(("nothing",), T0, T0 + 9), url=storage.url, overwrite=True
        )
    with pytest.raises(BadQuery):
        export(
            context, path=str(path), wanted=Wanted(("walk{",), T0, T0 + 9), url=storage.url, overwrite=True
        )
    with pytest.raises(UsageError, match="not known by its end"):
        export(context, path=str(tmp_path / "a.xlsx"), wanted=EVERYTHING, url=storage.url)
    with pytest.raises(UsageError, match="the span ends before it begins"):
        export(context, path=str(tmp_path / "b.csv"), wanted=Wanted(("walk",), T0, T0), url=storage.url)

    def cut_off(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("codesentinel.operations.export._converted", cut_off)
        with pytest.raises(KeyboardInterrupt):
            export(context, path=str(path), wanted=EVERYTHING, url=storage.url, overwrite=True)
    assert path.read_text() == "mine"
    assert files(tmp_path) == ["a.csv"]
    export(context, path=str(path), wanted=EVERYTHING, url=storage.url, overwrite=True)
    assert path.read_text().startswith("timestamp,value,__name__")


def test_a_label_that_is_called_as_a_column_is_told(context, storage, tmp_path):
    with HistoryWriter(storage.url, timeout_seconds=60) as writer:
        writer.write(Samples({"__name__": "clash", "value": "x"}, [T0 * 1000], [1.0]))
    storage.holds("clash")
    wanted = Wanted(("clash",), T0 - 9, T0 + 9)
    with pytest.raises(UsageError, match="a label is called value"):
        export(context, path=str(tmp_path / "a.csv"), wanted=wanted, url=storage.url)
    assert export(context, path=str(tmp_path / "a.jsonl"), wanted=wanted, url=storage.url).samples == 1


def test_parquet_without_duckdb_says_what_to_install(context, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(NotInstalled) as told:
        export(context, path=str(tmp_path / "a.parquet"), wanted=EVERYTHING, url="http://127.0.0.1:1")
    assert told.value.hint == "pip install 'codesentinel[archive]'"


@pytest.fixture
def prometheus(tmp_path):
    """One that watches itself, has a series of NaN, and has seen some scrapes."""
    port = free_port()
    rules, config = tmp_path / "rules.yml", tmp_path / "prometheus.yml"
    rules.write_text("groups: [{name: g, rules: [{record: broken_ratio, expr: '0 * vector(1) / 0'}]}]\n")
    config.write_text(
        f"global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [{rules}]\n"
        f"scrape_configs: [{{job_name: self, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]\n"
    )
    options = [
        f"--config.file={config}", f"--storage.tsdb.path={tmp_path / 'tsdb'}", f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    with serving("prometheus", options, f"{url}/-/ready"):
        eventually(
            lambda: b'"value"' in get(f"{url}/api/v1/query?query=count_over_time(up%5B1m%5D)%3E2"), within=60
        )
        eventually(lambda: b'"value"' in get(f"{url}/api/v1/query?query=broken_ratio"), within=60)
        yield url


def test_a_prometheus_is_copied_as_stored_or_evaluated(context, prometheus, second):
    now = time.time()
    done = copy(
        context,
        source_url=prometheus,
        wanted=Wanted(("up", "broken_ratio"), now - 120, now),
        labels={"via": "p"},
        url=second.url,
    )
    assert (done.outcome, done.missing, done.holding.series) == ("written", 0, 1)
    assert done.holding.left_out > 0
    assert "values were NaN or infinite, which cannot be stored" in done.notes[0]
    (row,) = second.holds('up{via="p"}')
    assert set(row["values"]) == {1}
    wanted = Wanted(("count_over_time(up[1m])",), now - 60, now, 1.0)
    with pytest.raises(UsageError, match="has no name"):
        copy(context, source_url=prometheus, wanted=wanted, url=second.url)
    done = copy(context, source_url=prometheus, wanted=wanted._replace(metric="scrapes"), url=second.url)
    assert (done.outcome, done.holding.metrics) == ("written", {"scrapes": 1})


def test_a_source_without_an_answer_is_told(context, second):
    with answering(http("422 Unprocessable Entity", b'{"error": "no"}')) as url, pytest.raises(BadQuery):
        copy(context, source_url=url, wanted=EVERYTHING, url=second.url)
    with pytest.raises(NoData, match="has nothing for nothing"):
        copy(context, source_url=second.url, wanted=Wanted(("nothing",), T0, T0 + 9), url=second.url)


def test_the_commands_read_and_write(storage, second, tmp_path):
    stack = Stack(tmp_path / "workspace")
    span = ["--match", "walk", "--since", "2023-11-01T00:00:00Z", "--until", "2024-01-01T00:00:00Z"]
    done = stack.run("metrics", "export", *span, "--url", storage.url, "--output", "walk.parquet")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("walk.parquet: 22800 samples, 6 series, ")
    document = stack.data("metrics", "backfill", "walk.parquet", "--to", second.url, "--label", "via=command")
    assert (document["written"], document["missing"]) == (22800, 0)
    document = stack.data(
        "metrics", "backfill", "--from", storage.url, *span, "--to", second.url, "--label", "via=server"
    )
    assert (document["outcome"], document["written"], document["missing"]) == ("written", 22800, 0)
    wrong = [
        ["backfill", "--from", storage.url],
        ["backfill", "a.om", "--from", storage.url],
        ["backfill", "--from", storage.url, *span, "--output", "x"],
        ["export", *span],
        ["export", "--output", "a.csv"],
    ]
    for words in wrong:
        assert stack.run("metrics", *words).returncode == 2, words
    done = stack.run("metrics", "export", *span, "--url", storage.url, "--output", "walk.parquet")
    assert done.returncode == 4


def test_a_server_that_is_away_leaves_no_file(context, tmp_path):
    with pytest.raises(Unreachable):
        export(
            context, path=str(tmp_path / "a.csv"), wanted=EVERYTHING, url=f"http://127.0.0.1:{free_port()}"
        )
    assert files(tmp_path) == []
