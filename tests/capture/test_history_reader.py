"""Reading history: nothing missing, nothing twice, or one clear error."""

from __future__ import annotations

import itertools
import struct

import numpy as np
import pytest

from codesentinel.capture.history import HistoryReader
from codesentinel.capture.retry import Patience, Retrying
from codesentinel.model.errors import BadAnswer, BadQuery, Cancelled, CouldNotJudge, Unreachable
from codesentinel.model.series import STALE_BITS
from codesentinel.stats.staleness import is_stale
from history_server import (
    cut_in_chunks,
    cut_off,
    endless,
    failing,
    reset,
    saying,
    serving_history,
    shortened,
    silent,
    whole_until_closed,
)
from servers import free_port

START = 1_700_000_000
STEP = 15
COUNT = 3000
END = START + STEP * (COUNT - 1)
AWKWARD = {"__name__": "a", "path": 'q"uo]]}te\\', "note": 'x"},"values":[[1,"timestamps":['}


def samples(count=COUNT, offset=0.0):
    return [((START + STEP * i) * 1000, repr(i + offset)) for i in range(count)]


@pytest.fixture(params=["export", "query"])
def server(request):
    with serving_history(
        [(AWKWARD, samples()), ({"__name__": "b"}, samples(offset=0.5))], exports=request.param == "export"
    ) as running:
        yield running


def reader(server, **options):
    slept: list[float] = []
    cancelled = options.get("cancelled", lambda: False)
    patience = options.pop("patience", Patience())
    retrying = Retrying(
        patience,
        tell=slept.append,
        cancelled=cancelled,
        sleep=slept.append,
        now=lambda: 0.0,
        chance=lambda: 0.5,
    )
    options = {"timeout_seconds": 20.0, "points": 500, **options}
    made = HistoryReader(getattr(server, "url", server), retrying=retrying, **options)
    made.slept = slept
    return made


def check_whole(series, count=COUNT):
    first, second = sorted(series, key=lambda one: one.labels["__name__"])
    assert first.labels == AWKWARD
    for one, offset in ((first, 0.0), (second, 0.5)):
        np.testing.assert_array_equal(one.times, START + STEP * np.arange(count))
        np.testing.assert_array_equal(one.values, np.arange(count) + offset)


@pytest.mark.parametrize("step", [None, STEP])
def test_all_samples_are_read_once_however_many_windows_it_takes(server, step):
    for points in (50, 500, 100_000):
        server.asked.clear()
        check_whole(reader(server, points=points).read("a", START, END, step))
        assert len(server.asked) >= 2 * COUNT / (4 * points)


@pytest.mark.parametrize("step", [None, STEP])
def test_both_ends_belong_to_what_is_read(server, step):
    for begin, end, count in ((START, START, 1), (START, START + STEP, 2), (START + 1, START + STEP - 1, 0)):
        found = reader(server).read("a", begin, end, step)
        assert [len(one) for one in found] == [count] * 2 * bool(count)
    assert reader(server).read("a", END, START, step) == []


def test_windows_come_in_order_and_hold_what_lies_in_them(server):
    chunks = list(reader(server).chunks("a", START, END))
    assert len(chunks) > 3
    assert (chunks[0].start, chunks[-1].end) == (START, END)
    for before, after in itertools.pairwise(chunks):
        assert after.start == pytest.approx(before.end + 0.001, abs=1e-6)
    for chunk in chunks:
        assert all(chunk.start <= one.times[0] <= one.times[-1] <= chunk.end for one in chunk.series)


def test_a_window_that_holds_too_much_is_cut(server):
    server.series[0][1].extend((END * 1000 + i, "1") for i in range(1, 40_000, 10))
    chunks = list(reader(server, points=100).chunks("a", START, END + 40))
    assert max(sum(len(one) for one in chunk.series) for chunk in chunks) < 500
    assert sum(len(one) for chunk in chunks for one in chunk.series) == 2 * COUNT + 4000


PASSING = [
    cut_off,
    reset,
    cut_in_chunks,
    shortened,
    silent,
    failing(429, Retry_After="7"),
    failing(503, Retry_After="7"),
    failing(503, kind="text/html", body="<html>busy</html>"),
    failing(502, body=""),
    failing(504, body=""),
]


@pytest.mark.parametrize("step", [None, STEP])
@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_is_asked_again_and_nothing_is_missing_or_twice(server, step, fault):
    made = reader(server, timeout_seconds=1.0 if fault is silent else 20.0, patience=Patience(attempts=12))
    server.faults = [None, fault, None, fault, fault]
    check_whole(made.read("a", START, END, step))
    assert server.faults == []
    assert any("asking again in" in str(line) for line in made.slept)


def test_what_does_not_pass_is_told_with_server_query_and_attempts(server):
    server.faults = [failing(503)] * 3
    with pytest.raises(BadAnswer) as told:
        reader(server, patience=Patience(attempts=3)).read("a", START, END)
    assert server.url in told.value.message
    assert "answered 503: told so (query: a" in told.value.message
    assert told.value.message.endswith("; asked 3 times")


def test_pauses_double_and_the_server_is_not_asked_before_it_wants_to_be(server):
    made = reader(server, patience=Patience(attempts=5, first_seconds=1, longest_seconds=3))
    server.faults = [failing(503)] * 3 + [failing(429, Retry_After="7")]
    made.read("a", START, START)
    pauses = [float(line.split()[-2]) for line in made.slept if isinstance(line, str)]
    assert pauses == [0.8, 1.5, 2.2, 7.0]  # three quarters of 1, 2 and 3
    assert sum(s for s in made.slept if isinstance(s, float)) == pytest.approx(0.75 + 1.5 + 2.25 + 7)


def test_a_server_that_wants_to_be_left_alone_for_long_is_left_alone(server):
    server.faults = [failing(429, Retry_After="Thu, 01 Jan 1970 01:00:00 GMT")]
    made = reader(server)
    with pytest.raises(CouldNotJudge, match="it asks to come back in 3600 s"):
        made.read("a", START, END)
    assert made.slept == []


@pytest.mark.parametrize("status", [400, 422])
def test_a_wrong_query_is_never_asked_again_and_the_server_is_quoted(server, status):
    server.faults = [failing(status)]
    made = reader(server)
    with pytest.raises(BadQuery, match=f"answered {status}: told so") as told:
        made.read("a", START, END)
    assert told.value.exit_status == 2
    assert made.slept == []
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (saying("<html>log in</html>"), "<html>log in"),
        (saying('{"status":"success","data":3}', "application/json"), " answered "),
        (failing(401, body="who are you?", kind="text/plain"), "answered 401: who are you?"),
        (failing(500), "answered 500: told so"),
        (failing(302, body="", Location="/login"), "answered 302"),
    ],
)
def test_what_is_no_history_is_told_at_once(server, fault, words):
    server.faults = [None, fault]
    made = reader(server)
    with pytest.raises(BadAnswer) as told:
        made.read("errors_total", START, END)
    assert server.url in told.value.message
    assert words in told.value.message
    assert "errors_total" in told.value.message
    assert made.slept == []


@pytest.mark.parametrize(
    ("extra", "words"),
    [('"isPartial":true', "a part of the data only"), ('"warnings":["store is down"]', "store is down")],
)
@pytest.mark.parametrize("step", [None, STEP])
def test_a_part_of_the_data_is_no_answer(step, extra, words):
    with serving_history([({"__name__": "a"}, samples())], exports=False) as server:

        def partial(handler, body):
            handler.answer(body[:-1] + f",{extra}}}")

        server.faults = [None, partial]
        with pytest.raises(BadAnswer, match=words):
            reader(server).read("a", START, END, step)


def test_an_export_that_could_be_cut_off_unnoticed_is_refused():
    with serving_history([(AWKWARD, samples())], exports=True) as server:
        server.faults = [whole_until_closed]
        with pytest.raises(BadAnswer, match="without a length"):
            reader(server).read("a", START, END)


def test_an_answer_without_end_does_not_fill_the_memory(server, monkeypatch):
    monkeypatch.setattr("codesentinel.capture.victoriametrics._LONGEST_LINE_BYTES", 1_000_000)
    monkeypatch.setattr("codesentinel.capture.matrix._LARGEST_FRAME_BYTES", 1_000_000)
    server.faults = [endless]
    with pytest.raises(BadAnswer, match=r"a line that does not end|not Prometheus' API"):
        reader(server).read("a", START, END)


def test_a_server_that_is_not_there_is_told_at_once_and_one_that_goes_is_waited_for():
    made = reader(f"http://me:secret@127.0.0.1:{free_port()}")
    with pytest.raises(Unreachable, match="cannot be reached") as told:
        made.read("a", START, END)
    assert made.slept == []
    with serving_history([(AWKWARD, samples())], exports=True) as server:
        made = reader(server)
        chunks = made.chunks("a", START, END)
        next(chunks)
    with pytest.raises(Unreachable, match=r"cannot be reached: .*; asked 6 times") as told:
        list(chunks)
    assert "secret" not in told.value.message
    assert made.slept


def test_credentials_are_sent(server):
    with_password = server.url.replace("//", "//me:se%40cret@")
    check_whole(reader(with_password).read("a", START, END))
    assert {headers["Authorization"] for headers in server.headers} == {"Basic bWU6c2VAY3JldA=="}


def test_reading_stops_where_it_is_asked_to(server):
    seen = []
    made = reader(server, cancelled=lambda: len(server.asked) > 5, progress=lambda *now: seen.append(now))
    with pytest.raises(Cancelled):
        made.read("a", START, END)
    assert 5 <= len(server.asked) <= 7
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert 0 < shares[-1] < 1


def test_waiting_stops_where_it_is_asked_to(server):
    server.faults = [failing(503)]
    made = reader(server, cancelled=lambda: len(server.asked) > 0 and not server.faults)
    with pytest.raises(Cancelled, match="waiting"):
        made.read("a", START, END)


def test_the_end_of_progress_is_all_of_it(server):
    seen = []
    reader(server, progress=lambda *now: seen.append(now)).read("a", START, END)
    assert seen[-1] == (1.0, 2 * COUNT)


def test_markers_nan_and_gaps_are_three_things():
    ms = START * 1000
    points = [
        (ms, "1"),
        (ms + 1000, "null"),
        (ms + 2000, '"NaN"'),
        (ms + 9000, "+Inf"),
        (ms + 9001, '"-Infinity"'),
    ]
    with serving_history([({"__name__": "a"}, points)], exports=True) as server:
        (one,) = reader(server).read("a", START, START + 10)
    assert one.times.tolist() == [START, START + 1, START + 2, START + 9, START + 9.001]
    assert is_stale(one.values).tolist() == [False, True, False, False, False]
    assert struct.unpack("<Q", one.values[1:2].tobytes())[0] == STALE_BITS
    assert np.isnan(one.values).tolist() == [False, True, True, False, False]
    assert one.values[3:].tolist() == [np.inf, -np.inf]


def test_nan_and_infinity_in_a_matrix_are_values():
    ms = START * 1000
    points = [(ms, "NaN"), (ms + 1000, "+Inf"), (ms + 2000, "-Inf"), (ms + 3500, "1e-7")]
    with serving_history([({"__name__": "a"}, points)], exports=False) as server:
        (one,) = reader(server).read("a", START, START + 10)
    np.testing.assert_array_equal(one.values, [np.nan, np.inf, -np.inf, 1e-7])
    assert not is_stale(one.values).any()
    assert one.times.tolist() == [START, START + 1, START + 2, START + 3.5]


def test_other_layouts_of_the_same_json_are_understood():
    spaced = (
        '{"values": [1, null], "timestamps": [1700000000000, 1700000001000], "metric": {"__name__": "a"}}\n'
    )
    with serving_history([], exports=True) as server:
        server.faults = [saying(spaced, "application/json")]
        (one,) = reader(server).read("a", START, START + 10)
    assert (one.labels, one.values[0], one.times.tolist()) == ({"__name__": "a"}, 1, [START, START + 1])
    pretty = '{ "data": {"result": [ {"values": [[1700000000, "1"]], "metric": {"__name__": "a"}} ], "resultType": "matrix"}, "status": "success"}'
    with serving_history([], exports=False) as server:
        server.faults = [saying(pretty, "application/json")]
        (one,) = reader(server).read("a", START, START + 10)
    assert (one.labels, one.values.tolist(), one.times.tolist()) == ({"__name__": "a"}, [1.0], [START])


def test_other_times_than_asked_for_are_an_error():
    with serving_history([({"__name__": "a"}, samples(10))], exports=False) as server:
        shifted = saying(
            '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1700000004,"1"]]}]}}'
        )
        server.faults = [shifted]
        with pytest.raises(BadAnswer, match="other times"):
            reader(server).read("a", START, START + 60, 15)


def test_times_are_shared_between_series_sampled_together():
    with serving_history([({"__name__": n}, samples()) for n in "ab"], exports=True) as server:
        first, second = reader(server).read("a", START, END)
    assert first.times is second.times
    with pytest.raises(ValueError, match="read-only"):
        first.times[0] = 0
