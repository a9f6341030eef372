"""``trends anomalies`` on files: one score a row, whatever the rows are like."""

from __future__ import annotations

import csv
import json

import pytest

from codesentinel.cli.main import main
from codesentinel.model.timestamp import rfc3339
from day_rhythm import between, rhythm


@pytest.fixture
def run(tmp_path, capsys):
    def run(*words):
        status = main(["--workspace", str(tmp_path), "trends", "anomalies", *words])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


@pytest.fixture
def file(tmp_path):
    def write(rows, name="series.csv"):
        path = tmp_path / name
        path.write_text("timestamp,value\n" + "".join(f"{at},{value}\n" for at, value in rows))
        return str(path)

    return write


def troubled():
    times, values = rhythm(days=8)
    values[between(times, 6, 10, 2)] *= 0.5
    return [(rfc3339(at), value) for at, value in zip(times.tolist(), values.tolist(), strict=True)]


def test_json_has_a_score_for_each_row_and_the_flagged_spans(run, file):
    rows = troubled()
    status, out, _ = run("--input", file(rows), "--json")
    assert status == 0
    document = json.loads(out)
    assert document["schema"] == "codesentinel/trends.anomalies/v1"
    (series,) = document["data"]["series"]
    assert set(series) >= {"labels", "times", "scores", "flagged"}
    assert len(series["times"]) == len(series["scores"]) == len(rows)
    assert all(0 <= score <= 1 for score in series["scores"])
    span = series["flagged"][-1]
    assert set(span) >= {"from", "to", "score", "expected", "observed"}
    assert span["observed"] < span["expected_lower"] <= span["expected"] <= span["expected_upper"]
    assert span["from"] <= span["to"]
    assert span["score"] >= document["data"]["alarm_score"] == 0.5


def test_csv_has_a_row_for_each_row_in_the_order_of_the_file(run, file):
    rows = troubled()
    rows[500], rows[700] = rows[700], rows[500]
    rows[900] = (rows[900][0], "")
    _, out, _ = run("--input", file(rows), "--csv")
    _, document, _ = run("--input", file(rows), "--json")
    read = list(csv.DictReader(out.splitlines()))
    assert [row["timestamp"] for row in read] == [at for at, _ in rows]
    assert [row["value"] for row in read] == [str(value) for _, value in rows]
    scores = json.loads(document)["data"]["series"][0]["scores"]
    assert [float(row["anomaly_score"]) for row in read] == scores


def test_the_text_says_since_when_and_what_was_expected(run, file):
    status, out, err = run("--input", file(troubled()))
    assert status == 0
    assert "STRANGE IN ITS" in out
    assert "series judged online" in out
    assert out.isascii()
    assert err == ""


@pytest.mark.parametrize(
    ("rows", "because"),
    [
        ([(60 * i, 45.0) for i in range(400)], "it never changed"),
        ([(60 * i, "") for i in range(400)], "none of its 400 samples is a number"),
        ([(1, 1), (2, 2)], "it has 2 samples"),
    ],
)
def test_what_cannot_be_judged_is_told_and_is_not_fine(run, file, rows, because):
    status, out, _ = run("--input", file(rows))
    assert status == 3
    assert f"could not judge value, because {because}" in out
    status, out, _ = run("--input", file(rows), "--json")
    assert status == 3
    (series,) = json.loads(out)["data"]["series"]
    assert series["could_not_judge_because"].startswith(because)
    assert series["scores"] == [0] * len(rows)


def test_an_empty_file_could_not_be_judged(run, file):
    status, out, _ = run("--input", file([]), "--json")
    assert status == 3
    assert json.loads(out)["error"]["kind"] == "no_data"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["up", "--input", "x.csv"],
        ["--input", "x.csv", "--since", "1h"],
        ["up", "--sensitivity", "1"],
        ["up", "--csv", "--json"],
        ["--input", "nothing.csv"],
    ],
)
def test_wrong_words_are_wrong_use(run, words):
    assert run(*words)[0] == 2
