"""``trends ... --run``: the same results as without, once each, whenever and however a call ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import duckdb
import numpy as np
import pytest

from codesentinel.act.history import import_series
from codesentinel.capture.csv_series import csv_pieces, put_in_order, read_csv_series
from codesentinel.cli.main import main
from codesentinel.model.errors import NoData, UsageError
from codesentinel.model.series import Series
from codesentinel.operations.trends import run as run_module
from codesentinel.operations.trends import run_read
from codesentinel.operations.trends.run import series_run
from codesentinel.store.run_folder import RunFolder
from storage import victoria_metrics
from unmeasured import UNMEASURED

SERIES, TOGETHER = 7, 2
TIMES = 1_772_409_600 + 3600 * np.arange(14 * 24)
WORDS = {"horizon_seconds": 43200.0, "level": 0.9, "model": "auto", "budget_seconds": 0.0}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(run_module, "TOGETHER", TOGETHER)


@pytest.fixture
def file(tmp_path):
    rng = np.random.default_rng(4)
    columns = [
        100 + 30 * np.sin(2 * np.pi * TIMES / 86400 + n) + rng.normal(size=len(TIMES)) for n in range(SERIES)
    ]
    lines = [
        f"{at},{','.join(map(repr, map(float, row)))}"
        for at, *row in zip(TIMES.tolist(), *columns, strict=True)
    ]
    lines[3], lines[4] = lines[4], lines[3]  # out of order, which a note tells
    path = tmp_path / "many.csv"
    path.write_text(f"timestamp,{','.join(f's{n}' for n in range(SERIES))}\n" + "\n".join(lines) + "\n")
    return str(path)


def forecast_run(context, file, name="nightly", **words):
    return series_run(context, name=name, what="forecast", parameters=WORDS, input_path=file, **words)


def results(context, name="nightly"):
    folder = context.root / ".codesentinel" / "runs" / name / "results"
    return [
        json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()
    ]


def parts_told(context):
    path = context.root / "docs" / "domains" / "trends" / "history.jsonl"
    events = map(json.loads, path.read_text().splitlines())
    return [
        one["activity"]["metadata"]["part"] for one in events if one["activity"]["action"] == "trends.part"
    ]


def test_a_run_gives_what_the_command_gives(context, file, capsys):
    done = forecast_run(context, file)
    assert (done.series, done.judged, done.parts, done.parts_before) == (SERIES, SERIES, 4, 0)
    words = ["--workspace", str(context.root), "trends", "forecast", "--input", file, "--horizon", "12h"]
    assert main([*words, "--level", "0.9", "--budget", "0", "--json"]) == 0
    assert results(context) == json.loads(capsys.readouterr().out)["data"]["series"]
    assert "put in it" in results(context)[0]["notes"][0]
    assert parts_told(context) == [0, 1, 2, 3]


def test_a_second_call_does_nothing_again(context, file):
    forecast_run(context, file)
    done = forecast_run(context, file, engine="dask")  # no cluster is started for nothing
    assert (done.judged, done.parts_before) == (SERIES, 4)
    assert parts_told(context) == [0, 1, 2, 3]


def test_a_run_that_was_killed_is_continued(context, file):
    script = f"""
import os, signal
from codesentinel.operations.base import open_context
from codesentinel.operations.trends import run
run.TOGETHER = {TOGETHER}
def progress(share, count):
    if share >= 0.5:
        os.kill(os.getpid(), signal.SIGKILL)
run.series_run(open_context({str(context.root)!r}), name="nightly", what="forecast", parameters={WORDS!r},
    input_path={file!r}, progress=progress)
"""
    ended = subprocess.run([sys.executable, "-c", script], check=False, env=UNMEASURED)
    assert ended.returncode == -signal.SIGKILL
    assert len(results(context)) == 2 * TOGETHER
    done = forecast_run(context, file)
    assert (done.judged, done.parts_before) == (SERIES, 2)
    forecast_run(context, file, "another")
    assert results(context) == results(context, "another")
    assert parts_told(context)[:4] == [0, 1, 2, 3]
    assert not list((context.root / ".codesentinel/runs/nightly/series").iterdir())


def test_reading_that_was_ended_begins_again(context, file, monkeypatch):
    real = run_read.csv_pieces

    def broken(path, cells):
        yield next(real(path, 500))
        raise KeyboardInterrupt

    monkeypatch.setattr(run_read, "csv_pieces", broken)
    with pytest.raises(KeyboardInterrupt):
        forecast_run(context, file)
    monkeypatch.setattr(run_read, "csv_pieces", real)
    assert forecast_run(context, file).judged == SERIES
    forecast_run(context, file, "another")
    assert results(context) == results(context, "another")


def test_another_question_under_its_name_is_refused(context, file):
    forecast_run(context, file)
    with pytest.raises(UsageError, match="asks for another counter: False, not True"):
        forecast_run(context, file, counter=True)
    with pytest.raises(UsageError, match="another end"):
        forecast_run(context, file, end=1.0)


def test_two_processes_do_not_work_on_one_run(context, file):
    folder = RunFolder(str(context.root / ".codesentinel" / "runs" / "nightly"), TOGETHER)
    with folder.held(), pytest.raises(UsageError, match="another process"):
        forecast_run(context, file)


@pytest.mark.parametrize("name", ["..", "a/b", "", "-x", "x" * 101])
def test_a_name_leads_to_no_other_folder(context, file, name):
    with pytest.raises(UsageError, match="no name for a run"):
        forecast_run(context, file, name)


def test_parquet_is_read_too_and_anomalies_are_judged(context, tmp_path):
    path = str(tmp_path / "fleet.parquet")
    duckdb.sql(
        f"""COPY (SELECT to_timestamp({TIMES[0]} + 60 * i) AS timestamp, 10 + random() AS value, 'load' AS __name__,
        'h' || h AS host FROM range(2000) AS t(i), range(3) AS u(h)) TO '{path}' (FORMAT parquet)"""
    )
    asked = {"sensitivity": 0.5, "retrospective": False}
    done = series_run(context, name="odd", what="anomalies", parameters=asked, input_path=path)
    assert (done.series, done.judged) == (3, 3)
    assert {one["labels"]["host"] for one in results(context, "odd")} == {"h0", "h1", "h2"}
    assert all(len(one["scores"]) == 2000 for one in results(context, "odd"))


def test_a_query_is_read_from_the_history(context, tmp_path):
    with victoria_metrics(tmp_path) as server:
        times = TIMES + time.time() // 86400 * 86400 - TIMES[-1]
        values = 100 + 30 * np.sin(2 * np.pi * times / 86400)
        history = [Series({"__name__": "load", "n": str(n)}, times, values) for n in range(3)]
        import_series(server.url, history, timeout_seconds=60)
        server.holds("load", 3)
        words = {"since_seconds": 14 * 86400.0, "step_seconds": 3600.0, "url": server.url}
        done = series_run(
            context, "load", name="asked", what="forecast", parameters=WORDS, end=float(times[-1]), **words
        )
        assert (done.series, done.judged) == (3, 3)
        with pytest.raises(NoData):
            series_run(context, "nothing", name="none", what="forecast", parameters=WORDS, **words)


def test_pieces_of_a_file_are_what_is_read_at_once(file):
    pieces = list(csv_pieces(file, 100))
    assert all(sum(map(len, one)) <= 100 + SERIES for one in pieces)
    for at, whole in enumerate(read_csv_series(file)):
        times, values = (
            np.concatenate([getattr(one[at], name) for one in pieces]) for name in ("times", "values")
        )
        series, notes = put_in_order(Series(whole.series.labels, times, values))
        np.testing.assert_array_equal(series.times, whole.series.times)
        np.testing.assert_array_equal(series.values, whole.series.values)
        assert notes == whole.notes


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("forecast", "--output", "x.csv"), "leave --output"),
        (("forecast", "--level", "3"), "a level of 3"),
        (("anomalies", "--csv"), "leave --csv"),
        (("anomalies", "--sensitivity", "3"), "a sensitivity of 3"),
    ],
)
def test_what_makes_no_sense_is_wrong_use(context, file, capsys, words, told):
    verb, *rest = words
    line = ["--workspace", str(context.root), "trends", verb, "--input", file, "--run", "x", *rest]
    assert main(line) == 2
    assert told in capsys.readouterr().err


def test_the_command_says_where_the_results_are(context, file, capsys):
    line = ["--workspace", str(context.root), "trends", "anomalies", "--input", file, "--run", "x"]
    assert main(line) == 0
    out = capsys.readouterr().out
    assert "7 series, 7 judged; " in out
    assert "results: .codesentinel/runs/x/results/*.jsonl" in out
    assert main([*line, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "codesentinel/trends.run/v1"
    assert document["data"]["parts_before"] == 4
