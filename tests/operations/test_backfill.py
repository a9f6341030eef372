"""Files written into a real VictoriaMetrics, and into a real Prometheus by way of promtool."""

from __future__ import annotations

import json
import random
import time
import urllib.parse

import pytest

from codesentinel.act.history import HistoryWriter
from codesentinel.act.post import Poster
from codesentinel.model.columns import Columns
from codesentinel.model.errors import BadAnswer, Refused, Unreachable, UsageError
from codesentinel.operations.backfill.run import backfill
from servers import eventually, free_port, get, serving
from stack_under_test import Stack
from storage import victoria_metrics

T0 = 1_700_000_000


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    with victoria_metrics(tmp_path_factory.mktemp("vm")) as server:
        yield server


def counters(name, series=3, samples=200, step=15.5):
    """OpenMetrics text and what it holds: timestamps in milliseconds and whole counters by series."""
    rng = random.Random(name)
    lines, expected = [], {}
    for number in range(series):
        value, rows = 2**51 + number, []
        for i in range(samples):
            value += rng.randrange(1000)
            time_ms = (T0 * 1000) + round(i * step * 1000) + number
            rows.append((time_ms, float(value)))
            lines.append((time_ms, f'{name}{{n="{number}"}} {value} {time_ms / 1000:.3f}\n'))
        expected[str(number)] = rows
    return "".join(text for _, text in sorted(lines)) + "# EOF\n", expected


def held(storage, name, series):
    rows = storage.holds(f'{{__name__="{name}"}}', series)
    return {row["metric"]["n"]: list(zip(row["timestamps"], row["values"], strict=True)) for row in rows}


def test_openmetrics_arrives_exactly_and_a_second_time_changes_nothing(context, storage, tmp_path):
    text, expected = counters("exact_total")
    path = tmp_path / "a.om"
    path.write_text(text)
    for _ in range(2):
        done = backfill(context, path=str(path), url=storage.url)
        assert (done.outcome, done.written, done.missing, done.exit_status) == ("written", 600, 0, 0)
        assert done.notes == ()
        assert held(storage, "exact_total", 3) == expected
    assert done.holding.metrics == {"exact_total": 3}
    assert (done.holding.since, done.holding.until) == (T0, T0 + 199 * 15.5 + 0.002)
    (event,) = (root for root in [context.root / "docs/domains/metrics/history.jsonl"] if root.exists())
    facts = json.loads(event.read_text().splitlines()[-1])["activity"]["metadata"]
    assert (facts["outcome"], facts["written"], facts["missing"]) == ("written", 600, 0)


def test_a_csv_file_gets_labels_on_top(context, storage, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("timestamp,value,n\n" + "".join(f"{T0 + 60 * i},{i / 7!r},{i % 2}\n" for i in range(100)))
    done = backfill(
        context, path=str(path), url=storage.url, columns=Columns(metric="from_csv"), labels={"job": "import"}
    )
    assert (done.outcome, done.written, done.missing) == ("written", 100, 0)
    rows = storage.holds("from_csv", 2)
    assert [row["metric"] for row in rows] == [
        {"__name__": "from_csv", "job": "import", "n": n} for n in "01"
    ]
    assert rows[1]["values"] == pytest.approx([i / 7 for i in range(1, 100, 2)], rel=1e-11)


def test_a_file_with_one_mistake_changes_nothing_unless_it_is_to_be_left_out(context, storage, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"timestamp,value,n\n{T0},1,0\n{T0},oops,0\n{T0 + 1},NaN,0\n{T0 + 2},2,0\n")
    options = {"path": str(path), "url": storage.url, "columns": Columns(metric="mistaken")}
    done = backfill(context, **options)
    assert (done.outcome, done.written, done.exit_status) == ("refused", 0, 1)
    assert [row.line for row in done.bad_rows] == [3, 4]
    assert storage.rows("mistaken") == []
    done = backfill(context, **options, skip_bad=True)
    assert (done.outcome, done.written, done.holding.left_out, done.exit_status) == ("written", 2, 2, 0)
    assert held(storage, "mistaken", 1) == {"0": [(T0 * 1000, 1), (T0 * 1000 + 2000, 2)]}


def test_two_values_at_one_moment_are_refused_whatever_is_asked(context, storage, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"timestamp,value,n\n{T0},1,0\n{T0},1,0\n{T0},2,0\n")
    done = backfill(context, path=str(path), url=storage.url, columns=Columns(metric="twice"), skip_bad=True)
    assert (done.outcome, done.holding.repeated) == ("refused", 2)
    assert "two values at 2023-11-14T22:13:20.000+00:00, 1.0 and 2.0" in done.bad_rows[0].message
    assert storage.rows("twice") == []


def test_a_label_that_is_there_already_is_not_replaced(context, storage, tmp_path):
    path = tmp_path / "a.om"
    path.write_text(f'labelled{{job="a"}} 1 {T0}\nlabelled{{job="b"}} 1 {T0}\n# EOF\n')
    done = backfill(context, path=str(path), url=storage.url, labels={"job": "a"})
    assert done.outcome == "refused"
    assert "the label job is there already, and another one" in done.bad_rows[0].message


def test_a_dry_run_asks_nobody(context, tmp_path):
    path = tmp_path / "a.om"
    text, _ = counters("dry")
    path.write_text(text)
    done = backfill(context, path=str(path), url=f"http://127.0.0.1:{free_port()}", dry_run=True)
    assert (done.outcome, done.holding.samples, done.holding.series, done.exit_status) == (
        "checked",
        600,
        3,
        0,
    )


def test_series_in_any_order_are_taken_and_told(context, storage, tmp_path):
    path = tmp_path / "a.om"
    times = [T0 + i for i in (5, 1, 9, 3)]
    path.write_text("".join(f'mixed{{n="0"}} {t} {t}\n' for t in times) + "# EOF\n")
    done = backfill(context, path=str(path), url=storage.url)
    assert (done.outcome, done.holding.unordered_series, done.missing) == ("written", 1, 0)
    assert held(storage, "mixed", 1) == {"0": [(t * 1000, t) for t in sorted(times)]}


def test_samples_of_this_moment_are_found_too(context, storage, tmp_path):
    path = tmp_path / "a.om"
    now = time.time()
    path.write_text(f"fresh 1 {now - 30:.3f}\nfresh 2 {now:.3f}\n# EOF\n")
    assert backfill(context, path=str(path), url=storage.url).outcome == "written"


def test_what_the_storage_silently_drops_is_missed_and_explained(context, tmp_path):
    path = tmp_path / "a.om"
    now = round(time.time())
    path.write_text(f"kept 1 {now - 3600}\nold 1 {T0 - 400 * 86400}\nfuture 1 {now + 90 * 86400}\n# EOF\n")
    with victoria_metrics(tmp_path / "short", "-retentionPeriod=1", "-dedup.minScrapeInterval=0") as storage:
        done = backfill(context, path=str(path), url=storage.url)
    assert (done.outcome, done.written, done.missing, done.exit_status) == ("incomplete", 3, 2, 1), done.notes
    notes = "\n".join(done.notes)
    assert (
        "1 samples are older than what the storage keeps (-retentionPeriod=1; a bare number is months)"
        in notes
    )
    assert "1 samples lie too far in the future" in notes
    assert "runs without -dedup.minScrapeInterval: writing it again would store it twice" in notes


def test_what_was_written_before_a_failure_is_told(context, storage, tmp_path, monkeypatch):
    path = tmp_path / "a.om"
    text, _ = counters("half_total")
    path.write_text(text)
    posts = []

    def failing(poster, path, body, **options):
        posts.append(body)
        if len(posts) == 4:
            raise Unreachable("it went away")
        return really(poster, path, body, **options)

    really = Poster.post
    monkeypatch.setattr(Poster, "post", failing)
    monkeypatch.setattr("codesentinel.operations.backfill.storage.HistoryWriter", small_chunks)
    told = context.tell.__self__
    with pytest.raises(Unreachable, match="it went away"):
        backfill(context, path=str(path), url=storage.url)
    assert told == ["stopped after 400 samples, which stay; run it again to write them all"]
    assert backfill(context, path=str(path), url=storage.url).outcome == "written"


def small_chunks(*args, **options):
    return HistoryWriter(*args, **options, chunk_samples=200)


def test_a_password_in_the_address_is_used_and_not_shown(context, tmp_path):
    path = tmp_path / "a.om"
    path.write_text(f"guarded 1 {T0}\n# EOF\n")
    options = ("-httpAuth.username=me", "-httpAuth.password=s3/cret")
    with victoria_metrics(tmp_path / "vm", *options, user="me:s3/cret") as storage:
        url = storage.url.replace("//", "//me:s3%2Fcret@")
        done = backfill(context, path=str(path), url=url)
        assert (done.outcome, done.missing, done.target) == ("written", 0, storage.url)
        with pytest.raises(BadAnswer, match="401"):
            backfill(context, path=str(path), url=storage.url)
    assert "s3" not in (context.root / "docs/domains/metrics/history.jsonl").read_text()


def test_a_server_that_is_away_or_takes_no_import_is_told_before_the_file_is_read(context, tmp_path):
    path = tmp_path / "a.om"
    path.write_text("a 1\n")
    with pytest.raises(Unreachable):
        backfill(context, path=str(path), url=f"http://127.0.0.1:{free_port()}")
    assert context.tell.__self__ == [], "it was asked once, for somebody waits at the terminal"
    with prometheus(tmp_path) as url, pytest.raises(BadAnswer, match="the import was refused") as told:
        backfill(context, path=str(path), url=url)
    assert "promtool" in told.value.hint


def prometheus(folder):
    """A Prometheus on this data folder that scrapes nothing."""
    import contextlib

    @contextlib.contextmanager
    def running():
        config = folder / "prometheus.yml"
        config.write_text("scrape_configs: []\n")
        port = free_port()
        options = [
            f"--config.file={config}", f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.retention.time=100y",
        ]  # fmt: skip
        with serving("prometheus", options, f"http://127.0.0.1:{port}/-/ready"):
            yield f"http://127.0.0.1:{port}"

    return running()


def test_blocks_that_promtool_made_hold_every_time_and_value(context, tmp_path):
    text, expected = counters("blocks_total", samples=500, step=15.123)
    path = tmp_path / "a.om"
    path.write_text(text)
    with prometheus(tmp_path):
        pass  # it makes its folder
    done = backfill(
        context,
        path=str(path),
        prometheus_data=str(tmp_path / "tsdb"),
        confirms=lambda question: "1500" in question,
    )
    assert (done.outcome, done.written, done.missing) == ("written", 1500, None)
    assert done.target == str(tmp_path / "tsdb")
    assert list(tmp_path.glob("*.openmetrics")) == []
    with prometheus(tmp_path) as url:
        query = urllib.parse.urlencode({"query": "blocks_total[9000s]", "time": T0 + 8000})
        answer = json.loads(eventually(lambda: get(f"{url}/api/v1/query?{query}"), within=30))
    found = {
        row["metric"]["n"]: [(round(t * 1000), float(v)) for t, v in row["values"]]
        for row in answer["data"]["result"]
    }
    assert found == expected


def test_a_file_for_promtool_says_the_next_step_and_replaces_nothing(context, tmp_path):
    text, _ = counters("file_total")
    path, output = tmp_path / "a.om", tmp_path / "out.om"
    path.write_text(text)
    done = backfill(context, path=str(path), openmetrics_path=str(output))
    assert "tsdb create-blocks-from openmetrics --max-block-duration=2h" in done.notes[0]
    assert str(output) in done.notes[0]
    again = backfill(context, path=str(output), dry_run=True)
    assert (again.outcome, again.holding.samples) == ("checked", 600)
    with pytest.raises(Refused, match="is there already"):
        backfill(context, path=str(path), openmetrics_path=str(output))
    backfill(context, path=str(path), openmetrics_path=str(output), overwrite=True, labels={"a": 'x"\\\ny'})
    assert backfill(context, path=str(output), dry_run=True).holding.series == 3
    assert sorted(file.name for file in tmp_path.glob("*.om")) == ["a.om", "out.om"]
    assert list(tmp_path.glob(".*")) == []


def test_the_data_of_a_prometheus_is_guarded(context, tmp_path):
    path, data = tmp_path / "a.om", tmp_path / "data"
    data.mkdir()

    def write(text, confirms=lambda _: True):
        path.write_text(text)
        backfill(context, path=str(path), prometheus_data=str(data), confirms=confirms)

    with pytest.raises(Refused, match="not confirmed"):
        write(f"a 1 {T0}\n# EOF\n", None)
    with pytest.raises(Refused, match="not confirmed"):
        write(f"a 1 {T0}\n# EOF\n", lambda _: False)
    with pytest.raises(Refused, match="the last three hours"):
        write(f"a 1 {time.time() - 60}\n# EOF\n")
    with pytest.raises(UsageError, match="not in the order of time"):
        write(f"a 1 {T0}\na 1 {T0 - 1}\n# EOF\n")
    (data / "letters").mkdir()
    with pytest.raises(Refused, match="is not empty, and holds no Prometheus' data"):
        write(f"a 1 {T0}\n# EOF\n")
    assert [file.name for file in tmp_path.glob("*.openmetrics")] == []


def test_the_command_tells_what_it_did_by_words_json_and_status(storage, tmp_path):
    stack = Stack(tmp_path / "workspace")
    file = stack.root / "a.csv"
    file.write_text(f"timestamp,value,\xe4\n{T0},1,x\n")
    done = stack.run("metrics", "backfill", "a.csv", "--metric", "typed", "--to", storage.url)
    assert done.returncode == 1
    assert "line 1: the column '\\xe4' is no label's name" in done.stdout
    words = ["metrics", "backfill", "a.csv", "--metric", "typed", "--to", storage.url, "--rename", "\xe4=a"]
    done = stack.run(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 samples written to" in done.stdout
    document = stack.data(*words, "--label", "b=c")
    assert (document["outcome"], document["metrics"], document["missing"]) == ("written", {"typed": 1}, 0)
    assert storage.holds("typed{b='c'}")[0]["metric"] == {"__name__": "typed", "a": "x", "b": "c"}
    for wrong in (["nothing.csv"], ["a.csv", "--label", "x"], ["a.csv", "--delimiter", ";;"], []):
        assert stack.run("metrics", "backfill", *wrong).returncode == 2
