"""Where work on many series is done: in order, bounded, and done again where a worker was killed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path

import pytest

from codesentinel.cli.main import main
from codesentinel.model.errors import Failed, UsageError
from codesentinel.operations.engines.ahead import in_order
from codesentinel.operations.engines.fugued import Fugued
from codesentinel.operations.engines.local import Here, Local
from codesentinel.operations.engines.place import Place, engine_at, parts_of
from parts_at_work import die, die_once, halve
from unmeasured import UNMEASURED

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "trends" / "engines.py"
OF_FUGUE = pytest.mark.filterwarnings("ignore:'DataFrame.swapaxes':FutureWarning")
"""Its engine without a cluster splits a table so; those of clusters do not."""


def done(value):
    future = Future()
    future.set_result(value)
    return future


def test_results_are_in_order_and_few_are_at_work():
    submitted, most_waiting, handed_on = [], 0, 0
    for number in in_order(lambda one: submitted.append(one) or done(one), range(50), lambda: 4):
        assert number == handed_on
        handed_on += 1
        most_waiting = max(most_waiting, len(submitted) - handed_on)
    assert handed_on == 50
    assert most_waiting < 4


def test_parts_are_read_as_they_are_needed():
    read = []
    results = in_order(done, (read.append(n) or n for n in range(1000)), lambda: 3)
    assert next(results) == 0
    assert len(read) == 3


def test_what_is_given_up_is_cancelled():
    waiting = []
    results = in_order(
        lambda one: done(one) if not one else waiting.append(Future()) or waiting[-1], range(5), lambda: 3
    )
    assert next(results) == 0
    results.close()
    assert [one.cancelled() for one in waiting] == [True, True]


def test_work_that_is_given_up_ends():
    results = Local(2).map(abs, [-1, -2, -3])
    assert next(results) == 1
    results.close()


def test_what_a_killed_process_held_is_done_again(tmp_path):
    parts = [(str(tmp_path / "mark"), number) for number in range(8)]
    assert list(Local(2).map(die_once, parts)) == list(range(8))
    assert (tmp_path / "mark").exists()


def test_work_that_kills_its_workers_is_told_and_not_tried_for_ever():
    with pytest.raises(Failed, match="workers were killed 4 times") as caught:
        list(Local(1).map(die, [1]))
    assert "--workers" in caught.value.hint


@OF_FUGUE
def test_fugue_carries_work_and_its_results():
    engine = Fugued("fugue", "native", 2)  # Fugue's own engine, without a cluster
    assert list(engine.map(halve, range(0, 40, 2))) == list(range(20))
    assert list(engine.map(halve, [])) == []


@OF_FUGUE
def test_an_error_on_a_worker_is_the_error_here():
    with pytest.raises(UsageError, match="3 is odd") as caught:
        list(Fugued("fugue", "native", 2).map(halve, [2, 3]))
    assert caught.value.hint == "an even one"


def test_a_cluster_that_fails_is_told_in_one_line():
    with pytest.raises(Failed, match=r"^fugue gave up: \S+: .*") as caught:
        list(Fugued("fugue", "no such engine", 1).map(halve, [2]))
    assert "\n" not in caught.value.message


def test_little_work_stays_in_this_process():
    with engine_at(Place(), series=3, milliseconds_each=1) as engine:
        assert isinstance(engine, Here)
    with engine_at(Place("here", 4), series=10_000, milliseconds_each=100) as engine:
        assert isinstance(engine, Here)
    with engine_at(Place(workers=2), series=3, milliseconds_each=1) as engine:
        assert isinstance(engine, Local)


def test_parts_have_their_size():
    assert list(parts_of([1, 2, 3, 4, 5], 2)) == [[1, 2], [3, 4], [5]]


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (Place("abacus"), "no such engine: abacus"),
        (Place(workers=-1), "-1 workers"),
        (Place("local", 0, "tcp://a:1"), "no address"),
        (Place("dask", 2, "tcp://a:1"), "its own workers"),
    ],
)
def test_a_place_that_makes_no_sense_is_refused(place, told):
    with pytest.raises(UsageError, match=told):
        place.check()


@pytest.mark.parametrize("verb", ["forecast", "seasonality", "anomalies"])
def test_an_engine_that_is_not_installed_names_its_extra(verb, tmp_path, monkeypatch, capsys):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "ray" else find(name, *a)
    )
    words = ["--workspace", str(tmp_path), "trends", verb, "--input", "none.csv", "--engine", "ray"]
    assert main(words) == 2
    told = capsys.readouterr().err
    assert "--engine ray needs ray" in told
    assert "pip install 'codesentinel[ray]'" in told


@pytest.mark.timeout(600)
def test_dask_gives_the_local_numbers_though_a_worker_is_killed():
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    ended = subprocess.run(
        [sys.executable, BENCHMARK, "--quick"],
        capture_output=True,
        text=True,
        check=False,
        env=UNMEASURED,
    )
    assert "dask with a worker killed: 300 series, largest relative difference" in ended.stdout, ended.stderr
    assert ended.returncode == 0, ended.stdout


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("engine", "module"), [("ray", "ray"), ("spark", "pyspark")])
def test_other_engines_give_the_local_numbers(engine, module, tmp_path):
    pytest.importorskip(module, reason=f"the extra {engine} is not installed")
    script = "\n".join(
        (
            "from codesentinel.operations.engines.place import Place, engine_at",
            "if __name__ == '__main__':",
            f"    with engine_at(Place('{engine}', 2), series=9, milliseconds_each=1) as engine:",
            "        print(list(engine.map(abs, range(-9, 0))))",
        )
    )
    (tmp_path / "ask.py").write_text(script)
    ended = subprocess.run(
        [sys.executable, tmp_path / "ask.py"], capture_output=True, text=True, check=False, env=UNMEASURED
    )
    assert ended.stdout.strip() == str(list(range(9, 0, -1))), ended.stderr
