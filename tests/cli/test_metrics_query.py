"""``metrics query``: what it prints, and how it exits."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys

import pytest

from codesentinel.cli.main import main
from codesentinel.cli.progress import SampleBar
from codesentinel.operations.query import default_step
from history_server import failing, serving_history, silent
from hostile import answering, http, success
from servers import eventually, free_port
from stack_under_test import COMMAND

START = 1_700_000_000
MS = START * 1000
FROM = ("--from", "2023-11-14T22:13:20+00:00", "--to", "2023-11-14T22:14:20+00:00")
SERIES = [
    ({"__name__": "b", "odd": "\x1b[31m\nü"}, [(MS, "1"), (MS + 10_000, "null"), (MS + 50_000, '"NaN"')]),
    ({"__name__": "a"}, [(MS + 10_000 * i, str(i)) for i in range(4)]),
]


@pytest.fixture
def run(capsys, tmp_path):
    (tmp_path / ".git").mkdir()

    def command(*words):
        status = main(["--workspace", str(tmp_path), "metrics", "query", *words])
        return (status, *capsys.readouterr())

    command.log = tmp_path / "docs/domains/metrics/history.jsonl"
    return command


def vector(*rows):
    return success({"resultType": "vector", "result": [{"metric": m, "value": [START, v]} for m, v in rows]})


def test_an_instant_query_is_a_table_in_ascii(run):
    with answering(vector(({"__name__": "up", "job": "\x1b[31mü"}, "1"), ({}, "NaN"))) as url:
        status, out, err = run("up", "--url", url)
    assert (status, err) == (0, "")
    assert out.splitlines()[:3] == ["VALUE  SERIES", '    1  up{job="\\u001b[31m\\u00fc"}', "  nan  {}"]
    assert out.splitlines()[3].startswith("2 series at 20")
    assert out.endswith(f"; {url}\n")


def test_an_instant_query_as_json(run):
    with answering(success({"resultType": "scalar", "result": [START, "+Inf"]})) as url:
        status, out, _ = run("1/0", "--url", url, "--json")
    document = json.loads(out)
    assert (status, document["schema"]) == (0, "codesentinel/metrics.query/v1")
    assert document["data"]["series"] == [{"labels": {}, "times": [START], "values": ["+Inf"]}]
    assert (document["data"]["query"], document["data"]["kind"]) == ("1/0", "instant")


def test_a_span_is_a_table_of_what_each_series_did(run):
    with serving_history(SERIES, exports=False) as server:
        status, out, _ = run("a", *FROM, "--step", "10s", "--url", server.url)
    assert status == 0
    lines = out.splitlines()
    assert lines[0].split() == ["SAMPLES", "FIRST", "LAST", "MIN", "MEAN", "MAX", "GAPS", "SERIES"]
    assert lines[1].split() == ["4", "0", "3", "0", "1.5", "3", "0", "a"]
    assert lines[-1] == (
        f"2 series, 6 samples from 2023-11-14 22:13:20 UTC to 2023-11-14 22:14:20 UTC, every 10 s; {server.url}"
    )


def test_stored_samples_keep_markers_and_nan_apart(run):
    with serving_history(SERIES, exports=True) as server:
        status, out, _ = run("b", *FROM, "--stored", "--url", server.url, "--json")
        data = json.loads(out)["data"]
        assert (status, data["kind"], data["step_seconds"]) == (0, "samples", None)
        assert data["from"] == "2023-11-14T22:13:20.000+00:00"
        assert data["series"][1]["times"] == [START, START + 10, START + 50]
        assert data["series"][1]["values"] == [1.0, None, "NaN"]
        _, out, _ = run("b", *FROM, "--stored", "--url", server.url)
        assert out.splitlines()[2].split(maxsplit=7) == [
            *("3", "1", "nan", "1", "1", "1", "1"),
            'b{odd="\\u001b[31m\\n\\u00fc"}',
        ]


def test_csv_has_a_line_for_each_value(run):
    with serving_history(SERIES, exports=True) as server:
        status, out, _ = run("b", *FROM, "--stored", "--url", server.url, "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    assert len(rows) == 6
    assert rows[0] == {"timestamp": "2023-11-14T22:13:20.000+00:00", "value": "0.0", "series": "a"}
    assert [row["value"] for row in rows[4:]] == ["1.0", "NaN"]
    assert rows[4]["series"] == 'b{odd="\\u001b[31m\\n\\u00fc"}'


def test_nothing_is_no_success(run):
    with answering(vector()) as url:
        status, out, err = run("nope", "--url", url)
    assert (status, out) == (3, "")
    assert f"{url} has nothing for nope" in err
    with serving_history([], exports=True) as server:
        assert run("nope", *FROM, "--url", server.url)[0] == 3


def test_a_wrong_query_exits_2_with_the_words_of_the_server(run):
    told = http("400 Bad Request", b'{"status":"error","error":"1:4: parse error"}')
    with answering(told) as url:
        status, out, _ = run("up{", "--url", url, "--json")
    error = json.loads(out)["error"]
    assert (status, error["kind"]) == (2, "bad_query")
    assert "1:4: parse error (query: up{)" in error["message"]
    with serving_history(SERIES, exports=True) as server:
        server.faults = [failing(422)]
        assert run("up{", *FROM, "--url", server.url)[0] == 2
    with answering(success({"resultType": "matrix", "result": []})) as url:
        status, _, err = run("up[5m]", "--url", url)
    assert status == 2
    assert "--stored" in err


def test_a_server_that_is_not_there_exits_3(run):
    url = f"http://me:secret@127.0.0.1:{free_port()}"
    for words in ((), FROM):
        status, out, err = run("up", "--url", url, *words)
        assert (status, out) == (3, "")
        assert "cannot be reached" in err
        assert "secret" not in err
    assert "secret" not in run.log.read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--step", "5m"), "need a span of time"),
        (("--stored",), "need a span of time"),
        (("--since", "1h", "--stored", "--step", "5m"), "stored samples have no step"),
        (("--since", "1h", *FROM), "--since and --from say the same"),
        (("--from", "1m", "--to", "1h"), "the span ends before it begins"),
        (("--csv", "--json"), "exclude each other"),
        (("--since", "soon"), "not a duration"),
        (("--url", "nonsense"), "not a server's URL"),
    ],
)
def test_wrong_words_exit_2(run, words, message):
    status, out, err = run("up", *words)
    assert status == 2
    assert message in out + err


def test_an_interruption_exits_130(tmp_path):
    (tmp_path / ".git").mkdir()
    with serving_history(SERIES, exports=True) as server:
        server.faults = [silent]
        words = ["metrics", "query", "a", "--since", "1h", "--url", server.url]
        process = subprocess.Popen([COMMAND, *words], cwd=tmp_path, stderr=subprocess.PIPE)
        eventually(lambda: server.asked)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert b"Traceback" not in process.stderr.read()
        process.stderr.close()


def test_without_numpy_the_extra_is_named(tmp_path):
    (tmp_path / ".git").mkdir()
    script = (
        "import sys; sys.modules['numpy'] = None; from codesentinel.cli.main import main; sys.exit(main())"
    )
    for words in (("--since", "1h"), ()):
        done = subprocess.run(
            [sys.executable, "-c", script, "metrics", "query", "up", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 3, done.stderr
        assert "numpy is missing" in done.stderr
        assert "pip install 'codesentinel[trends]'" in done.stderr


@pytest.mark.parametrize(
    ("span", "step"),
    [(10, 1), (250, 1), (251, 2), (3600, 15), (86400, 600), (30 * 86400, 10800), (20 * 365 * 86400, 2522880)],
)
def test_steps_are_usual_ones(span, step):
    assert default_step(span) == step


def test_a_bar_is_drawn_for_those_who_look_and_wiped(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    class Args:
        quiet = False

    for terminal, quiet, drawn in (
        (Terminal(), False, True),
        (Terminal(), True, False),
        (io.StringIO(), False, False),
    ):
        monkeypatch.setattr("sys.stderr", terminal)
        Args.quiet = quiet
        with SampleBar(Args) as bar:
            bar._drawn_at -= 1
            bar(0.5, 1_234_567)
        assert ("[###############...............]  50%  1,234,567 samples" in terminal.getvalue()) == drawn
        assert terminal.getvalue().endswith("\x1b[K") == drawn
