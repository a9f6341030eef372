"""Functions and jobs are timed, and counted by how they ended."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import time

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from asgi import ROOT
from codesentinel.instrument import WorkMetrics
from counting import samples, series
from servers import eventually, free_port, get, serving

CALLS = "codesentinel_function_calls_total"
RUNS = "codesentinel_job_runs_total"
SUCCEEDED = "codesentinel_job_last_success_timestamp_seconds"
ENDED = "codesentinel_job_last_run_timestamp_seconds"


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def work(registry):
    return WorkMetrics("s", environment="e", version="1", registry=registry)


def ended(registry, name=CALLS):
    """Name and outcome to a number, less what never happened."""
    return {key: count for key, count in series(registry, name).items() if count}


def seconds(registry, name="codesentinel_function_duration_seconds_sum"):
    return sum(s.value for s in samples(registry, name))


def test_a_function_is_timed_and_stays_itself(registry, work):
    @work.timed("add")
    def add(a: int, b: int = 1) -> int:
        """Add."""
        time.sleep(0.05)
        return a + b

    assert add(1, b=2) + add(1) == 5
    assert (add.__name__, add.__doc__) == ("add", "Add.")
    assert ended(registry) == {("add", "success"): 2}
    assert seconds(registry) >= 0.09


def test_an_asynchronous_function_is_timed_until_it_is_done(registry, work):
    @work.timed("wait")
    async def wait(number):
        await asyncio.sleep(0.05)
        return number

    async def several():
        return await asyncio.gather(*[wait(n) for n in range(4)])

    assert asyncio.run(several()) == [0, 1, 2, 3]
    assert ended(registry) == {("wait", "success"): 4}
    assert seconds(registry) >= 0.19


def test_a_block_is_timed_and_may_hold_others(registry, work):
    with work.timed("outer"), work.timed("inner"):
        pass
    assert ended(registry) == {("outer", "success"): 1, ("inner", "success"): 1}


def test_a_function_may_call_itself(registry, work):
    @work.timed("countdown")
    def countdown(number):
        return number and countdown(number - 1)

    assert countdown(5) == 0
    assert ended(registry) == {("countdown", "success"): 6}


@pytest.mark.parametrize(
    ("raised", "outcome"),
    [
        (ValueError("x"), "failure"),
        (SystemExit(1), "failure"),
        (SystemExit("there is no input"), "failure"),
        (SystemExit(0), "success"),
        (SystemExit(), "success"),
        (KeyboardInterrupt(), "cancelled"),
        (asyncio.CancelledError(), "cancelled"),
    ],
    ids=repr,
)
def test_what_is_raised_goes_on_and_is_the_outcome(registry, work, raised, outcome):
    @work.timed("raise")
    def raises():
        raise raised

    with pytest.raises(type(raised)):
        raises()
    assert ended(registry) == {("raise", outcome): 1}


def test_a_cancelled_task_is_no_failure(registry, work):
    @work.timed("wait")
    async def wait():
        await asyncio.Event().wait()

    async def cancel():
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert ended(registry) == {("wait", "cancelled"): 1}


def test_a_generator_is_refused_for_its_call_does_nothing(work):
    def numbers():
        yield 1

    async def soon():
        yield 1

    for function in (numbers, soon):
        with pytest.raises(TypeError, match=r"is a generator.*by `with`"):
            work.timed("numbers")(function)


def test_nothing_is_shown_as_0_before_it_happens(registry, work):
    work.timed("rare")
    work.job("nightly")
    assert series(registry, CALLS) == {("rare", "success"): 0, ("rare", "failure"): 0}
    assert series(registry, RUNS) == {("nightly", "success"): 0, ("nightly", "failure"): 0}
    assert samples(registry, SUCCEEDED) == [], "1970 would be a lie"


def test_a_job_shows_when_it_last_succeeded(registry, work):
    before = time.time()

    @work.job("nightly")
    def nightly(fails):
        if fails:
            raise RuntimeError("broken")

    nightly(fails=False)
    success = series(registry, SUCCEEDED)["nightly",]
    assert before <= success == series(registry, ENDED)["nightly",]
    with pytest.raises(RuntimeError, match="broken"):
        nightly(fails=True)
    assert series(registry, SUCCEEDED)["nightly",] == success
    assert series(registry, ENDED)["nightly",] > success
    assert ended(registry, RUNS) == {("nightly", "success"): 1, ("nightly", "failure"): 1}
    assert series(registry, "codesentinel_job_duration_seconds_count") == {("nightly",): 2}


def test_names_beyond_the_bound_share_one_and_are_counted(registry):
    work = WorkMetrics("s", registry=registry, max_names=2)
    for _ in range(2):
        for number in range(5):
            with work.timed(f"user {number}"):
                pass
    assert ended(registry) == {("user 0", "success"): 2, ("user 1", "success"): 2, ("overflow", "success"): 6}
    assert sum(s.value for s in samples(registry, "codesentinel_instrument_name_overflow_total")) == 6


def test_two_parts_of_a_service_share_the_registry(registry, work):
    other = WorkMetrics("s", environment="e", version="1", registry=registry)
    for one in (work, other):
        with one.timed("same"):
            pass
    assert ended(registry) == {("same", "success"): 2}


@pytest.fixture(scope="module")
def gateway():
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with serving("pushgateway", [f"--web.listen-address=127.0.0.1:{port}"], f"{url}/-/ready"):
        yield url


def pushed(url, name):
    """What a gateway holds of this name: labels to values."""
    return [
        (s.labels["job"], s.labels["service"], s.labels["environment"], s.labels["job_name"], s.value)
        for family in text_string_to_metric_families(get(url + "/metrics").decode())
        for s in family.samples
        if s.name == name
    ]


def test_a_failed_run_leaves_the_last_success_on_the_gateway(work, gateway):
    @work.job("import", push_to=gateway)
    def imports(fails):
        if fails:
            raise RuntimeError("broken")

    def told(name):  # the gateway is shared with other tests
        return [row for row in pushed(gateway, name) if row[0] == "import"]

    imports(fails=False)
    ((*labels, success),) = told(SUCCEEDED)
    assert labels == ["import", "s", "e", "import"]
    assert success == told(ENDED)[0][-1]
    with pytest.raises(RuntimeError, match="broken"):
        imports(fails=True)
    assert told(SUCCEEDED)[0][-1] == success
    assert told(ENDED)[0][-1] > success


def test_the_example_ends_and_is_seen(gateway):
    words = [sys.executable, str(ROOT / "examples/nightly_job.py"), "--push-to", gateway]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) >= 700
    eventually(lambda: [row for row in pushed(gateway, SUCCEEDED) if row[0] == "nightly_report"])
    failed = subprocess.run([*words, "--days", "0"], capture_output=True, text=True, check=False, timeout=60)
    assert failed.returncode == 1
    rows = {
        name: next(r for r in pushed(gateway, name) if r[0] == "nightly_report")
        for name in (SUCCEEDED, ENDED)
    }
    assert rows[ENDED][-1] > rows[SUCCEEDED][-1]


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1", "http://user:hidden@127.0.0.1:1", "no address", ""]
)
def test_a_push_that_fails_fails_nothing_and_tells_no_secret(registry, work, caplog, address):
    with caplog.at_level(logging.WARNING, logger="codesentinel"), work.job("nightly", push_to=address):
        pass
    assert ended(registry, RUNS) == {("nightly", "success"): 1}
    assert len(caplog.records) == bool(address)
    assert "hidden" not in caplog.text
