"""``trends capacity`` on files and on a real storage."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from codesentinel.act.history import import_series
from codesentinel.cli.main import main
from codesentinel.model.series import Series
from servers import free_port, get, serving

HOUR = 3600.0
GB = 1e9


@pytest.fixture
def run(tmp_path, capsys):
    def run(*words):
        status = main(["--workspace", str(tmp_path), "trends", "capacity", *words])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


@pytest.fixture
def filling(tmp_path):
    """A file of 30 days that is at 100 twenty days later."""
    hours = np.arange(720)
    values = 50 + hours / 24 + 0.2 * np.random.default_rng(1).standard_normal(720)
    path = tmp_path / "disk.csv"
    path.write_text(
        "timestamp,value\n" + "".join(f"{1.8e9 + HOUR * h},{v}\n" for h, v in zip(hours, values, strict=True))
    )
    return str(path)


def test_json_has_the_date_its_bounds_and_the_slope(run, filling):
    status, out, _ = run("--input", filling, "--limit", "100", "--json")
    assert status == 0
    document = json.loads(out)
    assert document["schema"] == "codesentinel/trends.capacity/v1"
    (series,) = document["data"]["series"]
    assert set(series) >= {"labels", "limit", "exhausted_at", "slope_per_second"}
    at = series["exhausted_at"]
    assert at["earliest"] <= at["estimate"] <= at["latest"]
    assert at["estimate"].startswith("2027-03-0")
    assert series["slope_per_second"] == pytest.approx(1 / 86400, rel=0.05)
    (finding,) = document["data"]["findings"]
    assert (finding["severity"], finding["kind"]) == ("P2", "capacity.file")


def test_text_tells_the_date_what_would_move_it_and_what_to_do(run, filling):
    status, out, _ = run("--input", filling, "--limit", "100")
    assert status == 0
    first, *rest = out.splitlines()
    assert first.startswith("P2   file of value: full on ")
    assert ", 90% between " in first
    assert any(line.startswith("     what would move it: with half the growth: ") for line in rest)
    assert any(line.startswith("     do: ") for line in rest)
    assert out.isascii()


def test_beyond_the_horizon_is_listed_only_on_demand(run, filling):
    assert run("--input", filling, "--limit", "1e9")[1].startswith("0 of 1 judged are full")
    assert run("--input", filling, "--limit", "1e9", "--all")[1].startswith(
        "fine file of value: not within the horizon"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--input", "x.csv"), "it has no limit"),
        (("--query", "up"), "it has no limit"),
        (("--limit", "3"), "a limit of what?"),
        (("--query", "up", "--input", "x.csv", "--limit", "3"), "one of a query and a file"),
        (("--query", "up", "--limit", "nan"), "nan is no limit"),
        (("--query", "up", "--limit", "3", "--horizon", "0s"), "the horizon lies not ahead"),
    ],
)
def test_wrong_use_is_told(run, words, told):
    status, _, err = run(*words)
    assert status == 2
    assert told in err


def test_a_file_that_says_nothing_gives_3_and_the_reason(run, tmp_path):
    path = tmp_path / "short.csv"
    path.write_text("timestamp,value\n1,2\n2,3\n")
    status, out, _ = run("--input", str(path), "--limit", "9")
    assert status == 3
    assert out.startswith("could not judge file of value, because 2 values over 0 minutes are too few")


@pytest.mark.stack
def test_resources_are_found_in_the_long_history_by_their_metrics(run, tmp_path):
    port = free_port()
    options = [
        f"-storageDataPath={tmp_path}/vm",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-retentionPeriod=12",
        "-search.latencyOffset=0s",
        "-loggerLevel=ERROR",
    ]
    url = f"http://127.0.0.1:{port}"
    points = 720
    times = time.time() - HOUR * np.arange(points)[::-1]
    days = np.arange(points) / 24
    rng = np.random.default_rng(3)

    def series(name, values, **labels):
        known = {"__name__": name, "instance": "db1:9100", **labels}
        return Series(known, times, np.broadcast_to(np.asarray(values, dtype=float), (points,)).copy())

    def disk(mountpoint, device, available):
        labels = {"mountpoint": mountpoint, "device": device, "fstype": "ext4"}
        return [
            series("node_filesystem_avail_bytes", available, **labels),
            series("node_filesystem_size_bytes", 100 * GB, **labels),
            series("node_filesystem_readonly", 0, **labels),
        ]

    full_in_ten_days = (10 + days[-1] - days) * GB + 1e7 * rng.standard_normal(points)
    with serving("victoria-metrics", options, f"{url}/health"):
        import_series(
            url,
            [
                *disk("/data", "/dev/vdb", full_in_ten_days),
                *disk("/data/again", "/dev/vdb", full_in_ten_days),
                *disk("/", "/dev/vda", 50 * GB + 1e7 * rng.standard_normal(points)),
                series("pg_stat_activity_count", 20 + days + rng.standard_normal(points), state="active"),
                series("pg_settings_max_connections", 60),
                series("kube_resourcequota", 3 + days / 3, namespace="n", resourcequota="q", resource="pods", type="used"),
                series("kube_resourcequota", 500, namespace="n", resourcequota="q", resource="pods", type="hard"),
            ],
            timeout_seconds=20,
        )  # fmt: skip
        get(f"{url}/internal/force_flush")
        status, out, err = run("--url", url, "--json")
        asked = run("--url", url, "--query", "pg_stat_activity_count", "--limit", "60", "--json")
        nothing = run("--url", url, "--query", "absent_metric", "--limit", "60")
    assert status == 0, err
    found = {(one["kind"], one["subject"]): one for one in json.loads(out)["data"]["series"]}
    assert set(found) == {
        ("disk", "/data on db1:9100"),
        ("disk", "/ on db1:9100"),
        ("postgres_connections", "PostgreSQL at db1:9100"),
        ("quota", "pods of n/q"),
    }
    kinds = {finding["kind"] for finding in json.loads(out)["data"]["findings"]}
    assert kinds == {"capacity.disk", "capacity.postgres_connections"}
    at = found["disk", "/data on db1:9100"]["exhausted_at"]["estimate"]
    assert abs(_days_ahead(at) - 10) < 1
    assert found["quota", "pods of n/q"]["exhausted_at"] is None
    assert asked[0] == 0
    assert json.loads(asked[1])["data"]["series"][0]["exhausted_at"]
    assert nothing[0] == 3


@pytest.mark.stack
def test_a_young_history_is_read_in_finer_steps(run, tmp_path):
    """Twenty minutes are nothing at a step of an hour."""
    port = free_port()
    options = [f"-storageDataPath={tmp_path}/vm", f"-httpListenAddr=127.0.0.1:{port}", "-loggerLevel=ERROR"]
    url = f"http://127.0.0.1:{port}"
    times = time.time() - 60 - 5.0 * np.arange(240)[::-1]
    free = 8 * GB + 1e7 * np.random.default_rng(1).standard_normal(240)
    names = {"node_memory_MemAvailable_bytes": free, "node_memory_MemTotal_bytes": np.full(240, 16 * GB)}
    with serving("victoria-metrics", options, f"{url}/health"):
        import_series(
            url,
            [Series({"__name__": name, "instance": "db1"}, times, of) for name, of in names.items()],
            timeout_seconds=20,
        )
        get(f"{url}/internal/force_flush")
        status, out, err = run("--url", url, "--json")
    assert status == 0, err
    (memory,) = json.loads(out)["data"]["series"]
    assert (memory["kind"], memory["exhausted_at"]) == ("memory", None)
    assert not memory["could_not_judge_because"]


def _days_ahead(text):
    from datetime import datetime

    return (datetime.fromisoformat(text).timestamp() - time.time()) / 86400
