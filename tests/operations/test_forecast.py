"""``trends forecast``: from files and servers, into files and servers."""

from __future__ import annotations

import csv
import json
import time

import duckdb
import numpy as np
import pytest

from codesentinel.act.history import import_series
from codesentinel.analysis.trends.forecast.judge import Question
from codesentinel.analysis.trends.given import Given
from codesentinel.cli.main import main
from codesentinel.model.errors import NoData, Refused, UsageError
from codesentinel.model.series import Series
from codesentinel.operations.engines.place import Place
from codesentinel.operations.trends.forecast import forecast, forecast_all
from day_rhythm import rhythm
from storage import victoria_metrics


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "history.csv"
    times, values = rhythm(days=21, step=3600.0)
    rows = (f"{at:.0f},{value!r}" for at, value in zip(times.tolist(), values.tolist(), strict=True))
    path.write_text("\n".join(["timestamp,value", *rows]) + "\n")
    return path


def test_json_is_what_the_contract_says(file, tmp_path, capsys):
    words = ["trends", "forecast", "--input", str(file), "--horizon", "12h", "--level", "0.9", "--json"]
    assert main(["--workspace", str(tmp_path), *words]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "codesentinel/trends.forecast/v1"
    (one,) = document["data"]["series"]
    assert {"labels", "model", "horizon_seconds", "step_seconds", "mean", "lower", "upper", "level"} <= set(
        one
    )
    assert (one["horizon_seconds"], one["step_seconds"], one["level"]) == (43200, 3600, 0.9)
    assert len(one["mean"]) == len(one["lower"]) == len(one["upper"]) == len(one["times"]) == 12
    assert all(
        low < mid < high for low, mid, high in zip(one["lower"], one["mean"], one["upper"], strict=True)
    )


def test_text_is_ascii_and_tells_what_it_rests_on(file, tmp_path, capsys):
    assert main(["--workspace", str(tmp_path), "trends", "forecast", "--input", str(file)]) == 0
    out = capsys.readouterr().out
    assert out.isascii()
    assert "FORECAST" in out
    assert "95% interval; every 1h; seasons: 1d, 7d; by " in out


def test_nothing_to_judge_is_exit_status_3(tmp_path, capsys):
    path = tmp_path / "short.csv"
    path.write_text("timestamp,value\n1,1\n2,2\n")
    assert main(["--workspace", str(tmp_path), "trends", "forecast", "--input", str(path)]) == 3
    assert "could not judge" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"query": "up", "input_path": "x"},
        {"query": "up", "level": 1.0},
        {"query": "up", "horizon_seconds": 0.0},
        {"query": "up", "model": "prophet"},
        {"query": "up", "output": "x.docx"},
    ],
)
def test_wrong_use_is_told(context, words):
    with pytest.raises(UsageError):
        forecast(context, **words)


def test_files_are_written_whole_and_never_over_others(context, file, tmp_path):
    for kind, start in (
        ("csv", b"timestamp,value"),
        ("parquet", b"PAR1"),
        ("png", b"\x89PNG"),
        ("svg", b"<?xml"),
    ):
        path = str(tmp_path / f"out.{kind}")
        done = forecast(context, input_path=str(file), output=path)
        assert done.files_modified == (path,)
        with open(path, "rb") as found:
            assert found.read(len(start)) == start
        with pytest.raises(Refused):
            forecast(context, input_path=str(file), output=path)
    with open(tmp_path / "out.csv", newline="") as found:
        rows = list(csv.DictReader(found))
    assert {row["bound"] for row in rows} == {"mean", "lower", "upper"}
    assert len(rows) == 72
    count = duckdb.sql(f"SELECT count(*) FROM '{tmp_path / 'out.parquet'}'").fetchall()
    assert count == [(72,)]
    assert not [one for one in tmp_path.iterdir() if "draft" in one.name]


def test_no_file_is_left_where_nothing_could_be_forecast(context, tmp_path):
    path = tmp_path / "short.csv"
    path.write_text("timestamp,value\n1,1\n2,2\n")
    with pytest.raises(NoData):
        forecast(context, input_path=str(path), output=str(tmp_path / "out.csv"))
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["short.csv"]


def written_ahead(server):
    """The series that were written back, of times to come too, which an export leaves out unless asked."""
    path = f"/api/v1/export?match[]=codesentinel_forecast&end={int(time.time()) + 3 * 86400}"
    return [json.loads(line) for line in server.get(path).splitlines()]


def test_a_query_is_forecast_and_written_back(context, tmp_path):
    now = time.time() // 60 * 60
    times = now - 300.0 * np.arange(21 * 288)[::-1]
    values = 100 + 30 * np.sin(2 * np.pi * times / 86400) + np.random.default_rng(1).normal(0, 2, len(times))
    counted = np.cumsum(np.full(len(times), 600.0))
    with victoria_metrics(tmp_path / "vm") as server:
        history = [
            Series({"__name__": "load", "instance": "a"}, times, values),
            Series({"__name__": "served_total", "instance": "a"}, times, counted),
        ]
        import_series(server.url, history, timeout_seconds=60)
        server.holds('{instance="a"}', 2)
        query = '{__name__=~"load|served_total"}'
        done = forecast(context, query, url=server.url, step_seconds=3600, write_back=True)
        assert done.judged == 2
        load, served = done.series
        assert load.season_seconds == (86400, 7 * 86400)
        truth = 100 + 30 * np.sin(2 * np.pi * load.times / 86400)
        assert np.abs(load.mean - truth).mean() < 3
        assert served.mean == pytest.approx(np.full(24, 2.0), rel=0.01)
        assert "a counter" in served.notes[0]
        assert done.written_samples == 2 * 3 * 24
        rows = written_ahead(server)
        found = {(row["metric"]["metric"], row["metric"]["bound"]): row for row in rows}
        assert set(found) == {(m, b) for m in ("load", "served_total") for b in ("mean", "lower", "upper")}
        written = found["load", "mean"]
        np.testing.assert_allclose(written["values"], load.mean, rtol=1e-11)
        assert min(written["timestamps"]) / 1000 > now


def test_two_processes_give_what_one_gives():
    times, values = rhythm(days=21, step=3600.0)
    many = [Given(Series({"n": str(n)}, times, np.roll(values, n))) for n in range(30)]
    here = forecast_all(many, Question(86400.0))
    seen = []
    there = forecast_all(
        many,
        Question(86400.0),
        place=Place(workers=2),
        progress=lambda share, count: seen.append((share, count)),
    )
    assert [one.labels for one in there] == [{"n": str(n)} for n in range(30)]
    for one, other in zip(here, there, strict=True):
        np.testing.assert_allclose(one.upper, other.upper, rtol=1e-9)
    assert seen[-1] == (1.0, 30)
