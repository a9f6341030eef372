"""Reading the real servers: the same numbers in every way, also when a server dies on the way."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time

import numpy as np
import pytest

from codesentinel.act.history import import_series
from codesentinel.capture.history import HistoryReader
from codesentinel.capture.join import joined
from codesentinel.capture.retry import Patience
from codesentinel.model.series import STALE_BITS, Series
from codesentinel.model.service import PORTS
from codesentinel.stats.staleness import is_stale
from remote_write import bits, write
from servers import eventually, free_port, get, serving, tool
from stack_under_test import free_offset

pytestmark = pytest.mark.stack
STEP = 15
COUNT = 17_280  # three days: more than Prometheus evaluates at once
END = int(time.time()) // 3600 * 3600 - 6 * 3600
START = END - STEP * (COUNT - 1)
TIMES = START + STEP * np.arange(COUNT)
NUMBERS = 1e9 * np.random.default_rng(3).standard_normal((4, COUNT))
WAYS = [None, STEP, 7 * STEP]


def made(number):
    return Series(
        {"__name__": "m", "n": str(number), "note": 'a "b" \\ ü'}, TIMES.astype(float), NUMBERS[number]
    )


@pytest.fixture(scope="module")
def victoria(tmp_path_factory):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    folder = tmp_path_factory.mktemp("vm")
    with serving("victoria-metrics", storage(folder, port), f"{url}/health"):
        import_series(url, [made(number) for number in range(4)], timeout_seconds=60)
        get(f"{url}/internal/force_flush", timeout=60)
        yield url


@pytest.fixture(scope="module")
def blocks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prometheus")
    lines = ["# TYPE m gauge"]
    for number in range(4):
        lines += [
            f'm{{n="{number}",note="a \\"b\\" \\\\ ü"}} {value!r} {t}'
            for t, value in zip(TIMES.tolist(), NUMBERS[number].tolist(), strict=True)
        ]
    (folder / "samples").write_text("\n".join([*lines, "# EOF\n"]))
    subprocess.run(
        [
            tool("prometheus", "promtool"),
            "tsdb",
            "create-blocks-from",
            "openmetrics",
            "--max-block-duration=24h",
            folder / "samples",
            folder / "data",
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (folder / "prometheus.yml").write_text("global: {}\n")
    return folder


@pytest.fixture(scope="module")
def prometheus(blocks):
    port = free_port()
    with on_blocks(blocks, port) as url:
        yield url


@contextlib.contextmanager
def on_blocks(folder, port, processes=None):
    """A Prometheus that holds the samples; its process is put into ``processes``."""
    url = f"http://127.0.0.1:{port}"
    options = [
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with serving("prometheus", options, f"{url}/-/ready") as process:
        if processes is not None:
            processes.append(process)
        eventually(lambda: b'"3"' in get(f"{url}/api/v1/label/n/values"))
        yield url


def storage(folder, port):
    return [
        f"-storageDataPath={folder}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-dedup.minScrapeInterval=1ms",
        "-search.latencyOffset=0s",
        "-loggerLevel=ERROR",
    ]


def check_whole(found, every=1):
    assert [one.labels["n"] for one in sorted(found, key=lambda one: one.labels["n"])] == list("0123")
    for one in found:
        number = int(one.labels["n"])
        assert one.labels == made(number).labels
        np.testing.assert_array_equal(one.times, TIMES[::every])
        np.testing.assert_allclose(one.values, NUMBERS[number][::every], rtol=1e-11)


@pytest.mark.parametrize("server", ["victoria", "prometheus"])
@pytest.mark.parametrize("step", WAYS)
@pytest.mark.parametrize("points", [9_000, 1_000_000])
def test_both_servers_give_all_samples_once_in_every_way(request, server, step, points):
    url = request.getfixturevalue(server)
    reader = HistoryReader(url, timeout_seconds=60, points=points)
    check_whole(reader.read("m", START, END, step), 1 if step is None else step // STEP)
    assert reader.exports == (server == "victoria")


@pytest.mark.parametrize("server", ["victoria", "prometheus"])
def test_half_a_millisecond_decides_nothing_at_the_ends(request, server):
    reader = HistoryReader(request.getfixturevalue(server), timeout_seconds=60)
    for begin, end, expected in (
        (START, START + STEP, 2),
        (START + 0.001, START + STEP - 0.001, 0),
        (START - 0.001, START + 0.001, 1),
        (START + 0.5, START + STEP + 0.5, 1),
    ):
        assert [len(one) for one in reader.read("m", begin, end)] == [expected] * 4 * bool(expected)


def test_the_export_keeps_markers_drops_nothing_else_and_the_storage_takes_no_other_nan(victoria):
    ms = START * 1000
    sent = [bits(1.5), STALE_BITS, 0x7FF8_0000_0000_0001, bits(float("inf")), bits(float("-inf")), bits(3.0)]
    write(victoria, {"__name__": "gone"}, [(ms + 1000 * i, value) for i, value in enumerate(sent)])
    eventually(
        lambda: get(f"{victoria}/internal/force_flush") or reader_of(victoria).read("gone", START, END)
    )
    (one,) = reader_of(victoria).read("gone", START, END)
    assert one.times.tolist() == [START, START + 1, START + 3, START + 4, START + 5]
    assert is_stale(one.values).tolist() == [False, True, False, False, False]
    np.testing.assert_array_equal(one.values, [1.5, np.nan, np.inf, -np.inf, 3.0])


def lasting_port(name):
    """A port that is still free when its server comes back, for no client is given it meanwhile."""
    return PORTS[name] + free_offset()


def reader_of(url):
    return HistoryReader(url, timeout_seconds=60)


def test_a_storage_that_is_killed_in_the_middle_of_an_answer_and_comes_back_loses_nothing(tmp_path):
    port = lasting_port("victoria-metrics")
    url = f"http://127.0.0.1:{port}"
    wide = 120
    values = np.random.default_rng(1).standard_normal((wide, 5000))
    times = (START + STEP * np.arange(5000)).astype(float)
    with contextlib.ExitStack() as running:
        process = running.enter_context(serving("victoria-metrics", storage(tmp_path, port), f"{url}/health"))
        series = [Series({"__name__": "w", "n": str(n)}, times, values[n]) for n in range(wide)]
        import_series(url, series, timeout_seconds=60)
        get(f"{url}/internal/force_flush", timeout=60)
        time.sleep(1)
        process.terminate()  # what it holds in memory goes to the disk
        process.wait()
        told: list[str] = []
        again = running.enter_context(serving("victoria-metrics", storage(tmp_path, port), f"{url}/health"))

        def killed_once(_, samples):
            if samples and again.poll() is None and not told:
                again.kill()
                again.wait()

        def restart(message):
            told.append(message)
            if len(told) == 1:
                running.enter_context(serving("victoria-metrics", storage(tmp_path, port), f"{url}/health"))

        reader = HistoryReader(
            url,
            timeout_seconds=60,
            points=10_000_000,
            patience=Patience(attempts=10, first_seconds=0.1),
            progress=killed_once,
            tell=restart,
        )
        found = reader.read("w", START, END)
    assert told
    assert "w" in told[0]
    assert len(found) == wide
    for one in found:
        np.testing.assert_array_equal(one.times, times)
        np.testing.assert_allclose(one.values, values[int(one.labels["n"])], rtol=1e-11)


@pytest.mark.parametrize("step", [None, STEP])
def test_a_prometheus_that_is_killed_between_answers_and_comes_back_loses_nothing(blocks, tmp_path, step):
    folder, port = tmp_path / "copy", lasting_port("prometheus")
    shutil.copytree(blocks, folder)
    processes: list[subprocess.Popen[bytes]] = []
    told: list[str] = []
    with contextlib.ExitStack() as running:
        url = running.enter_context(on_blocks(folder, port, processes))

        def restart(message):
            told.append(message)
            if len(told) == 1:
                running.enter_context(on_blocks(folder, port))

        reader = HistoryReader(
            url,
            timeout_seconds=60,
            points=9_000,
            patience=Patience(attempts=10, first_seconds=0.1),
            tell=restart,
        )
        chunks = reader.chunks("m", START, END, step)
        read = [next(chunks)]
        processes[0].kill()
        processes[0].wait()
        read += chunks
    assert "cannot be reached" in told[0]
    check_whole(joined(one for chunk in read for one in chunk.series))
