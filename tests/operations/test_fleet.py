"""Many hosts are read as one log, each event once; a fleet of one host says what the host says."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pytest
from pyarrow import parquet

from codesentinel.config.settings import S3, Fleet
from codesentinel.model.errors import Failed, NoData, Unreachable
from codesentinel.operations.collect.compact import compact
from codesentinel.operations.collect.run import collect
from codesentinel.operations.deploy.record import record
from codesentinel.operations.memory_log import log, search
from codesentinel.operations.review import review
from codesentinel.operations.satellites.health import health
from codesentinel.render.document import plain
from codesentinel.render.memory_text import log_text
from codesentinel.store import fleet_mirror
from fleets import happen, host, ids_in_log, in_folder, rows_of
from procedure_events import NOON, finished, put_all, started
from s3_server import s3


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def reader(tmp_path, store):
    """Whoever reads the fleet, by the settings."""
    return host(tmp_path, "reader", fleet=Fleet(url=str(store)))


def deliver(store, *hosts):
    for one in hosts:
        collect(one, to=str(store), once=True)


def write_runs(one, count, *, first=0):
    """Runs of two versions of a procedure: every fifth one fails."""
    events = []
    for number in range(first, first + count):
        run, version = f"{one.root.name}-{number}", "v1" if number % 2 else "v2"
        status = "Failure" if number % 5 == 0 else "Success"
        events.append(started(run, NOON + number, version=version))
        events.append(finished(run, status, 30.0 + number, NOON + number, version=version))
    put_all(one.root, events)


def ids(answer):
    return [found.record["id"] for found in answer.events]


def test_the_log_of_a_fleet_names_the_host_of_each_record(tmp_path, store, reader):
    one, other = host(tmp_path, "web-1"), host(tmp_path, "web-2")
    happen(one, 3)
    happen(other, 2)
    deliver(store, one, other)
    answer = log(reader, domains=["shop"], limit=0)
    assert sorted(ids(answer)) == sorted(ids_in_log(one) + ids_in_log(other))
    assert [found.record["host"] for found in answer.events] == ["web-1"] * 3 + ["web-2"] * 2
    assert "web-1@web-1" in log_text(answer)
    assert [found.record["timestamp"] for found in answer.events] == sorted(
        f.record["timestamp"] for f in answer.events
    )
    happen(one, 4)
    deliver(store, one)
    assert len(log(reader, domains=["shop"], limit=0).events) == 9


def test_a_workspace_of_its_own_is_read_on_request(reader, store, tmp_path):
    happen(one := host(tmp_path, "web-1"), 2)
    deliver(store, one)
    happen(reader, 1)
    assert len(log(reader, domains=["shop"], fleet="none").events) == 1
    assert len(log(host(tmp_path, "plain"), domains=["shop"], fleet=str(store)).events) == 2


def test_search_finds_hosts_and_each_record_once(tmp_path, store, reader):
    one = host(tmp_path, "web-1")
    happen(one, 3, customer="Zoë")
    deliver(store, one)
    assert len(search(reader, text="zoë", domains=["shop"]).hits) == 3
    (one.root / ".codesentinel" / "collect" / "state.json").unlink()
    deliver(store, one)  # everything again, under other names
    assert len(rows_of({n: c for n, c in in_folder(store).items() if "domain=shop" in n})) == 6
    assert len(search(reader, text="zoë", domains=["shop"]).hits) == 3
    assert len(log(reader, domains=["shop"]).events) == 3
    assert len(search(reader, text='"host":"web-1"', domains=["shop"]).hits) == 3


def test_health_of_a_fleet_of_one_host_is_that_of_the_host(tmp_path, store):
    one = host(tmp_path, "web-1")
    write_runs(one, 40)
    deliver(store, one)
    own, fleets = health(one), health(one, fleet=str(store))
    assert fleets.procedures
    assert plain(fleets.procedures) == plain(own.procedures)
    assert plain(fleets.findings) == plain(own.findings)
    write_runs(one, 7, first=40)
    deliver(store, one)
    assert plain(health(one, fleet=str(store)).procedures) == plain(health(one).procedures)


def test_health_of_several_hosts_counts_all_their_runs(tmp_path, store, reader):
    for name, runs in (("a", 5), ("b", 8)):
        write_runs(one := host(tmp_path, name), runs)
        deliver(store, one)
    assert sum(one["runs"] for one in plain(health(reader).procedures)) == 13


def test_review_judges_deployments_and_procedures_of_the_fleet(tmp_path, store, reader):
    one = host(tmp_path, "web-1")
    write_runs(one, 12)
    record(one, service="shop", environment="production", status="success")
    deliver(store, one)
    judged = {source.name: source for source in review(reader).sources}
    assert judged["procedures"].judged
    assert judged["deployments"].judged
    assert judged["deployments"].checked == 1


def test_a_fleet_that_does_not_answer_is_not_judged_and_hides_nothing(tmp_path):
    with s3() as away:
        away.is_away = True
        lost = S3(endpoint=away.url, access_key_id="A", secret_access_key="B", timeout_seconds=1)
        one = host(tmp_path, "reader", s3=lost, fleet=Fleet(url="s3://records"))
        with pytest.raises(Unreachable):
            log(one)
        judged = {source.name: source for source in review(one).sources}
    assert not judged["procedures"].judged
    assert "cannot be used" in judged["procedures"].reason
    assert "stack" in judged


def test_an_empty_fleet_has_no_such_domain(store, reader):
    store.mkdir()
    with pytest.raises(NoData):
        log(reader, domains=["shop"])
    assert log(reader).events == ()


def test_objects_of_other_times_are_read_by_the_names_of_their_columns(tmp_path, store, reader):
    one = host(tmp_path, "web-1")
    happen(one, 3)
    deliver(store, one)
    name, content = next(item for item in in_folder(store).items() if "domain=shop" in item[0])
    table = parquet.read_table(io.BytesIO(content))
    newer = table.append_column("region", pa.array(["eu"] * 3)).set_column(
        table.column_names.index("id"), "id", pa.array([f"newer-{n}" for n in range(3)])
    )
    lines = [line.replace(f'"id":"{i}"', f'"id":"newer-{n}"') for n, (line, i) in
             enumerate(zip(table["line"].to_pylist(), table["id"].to_pylist(), strict=True))]  # fmt: skip
    newer = newer.set_column(newer.column_names.index("line"), "line", pa.array(lines))
    parquet.write_table(newer, store / name.replace(".parquet", "1.parquet"))
    older = table.drop_columns(["workspace", "collected_at", "duration_ms", "agent_id"])
    (store / name.replace("web-1", "web-0")).parent.mkdir()
    parquet.write_table(older, store / name.replace("web-1", "web-0"))
    (store / name).unlink()
    found = log(reader, domains=["shop"]).events
    assert sorted(one.record["id"] for one in found) == sorted(
        [*ids_in_log(one), "newer-0", "newer-1", "newer-2"]
    )


def test_what_is_no_object_of_ours_is_told_and_passed_over(tmp_path, store, reader):
    one = host(tmp_path, "web-1")
    happen(one, 2)
    deliver(store, one)
    name = next(name for name in in_folder(store) if "domain=shop" in name)
    (store / name).with_name("0.parquet").write_bytes(b"half written")
    (store / "events" / "domain=shop" / "other.parquet").write_bytes(b"")
    answer = log(reader, domains=["shop"])
    assert len(answer.events) == 2
    assert "0.parquet: not read" in answer.notes[0]


def test_only_the_days_that_are_asked_for_are_fetched(tmp_path, store, reader):
    one = host(tmp_path, "web-1")
    path = one.memory.path("shop")
    path.parent.mkdir(parents=True)
    days = [f"2026-0{month}-10T12:00:00.000+00:00" for month in range(1, 9)]
    path.write_text(
        "".join(json.dumps({"timestamp": d, "id": d, "activity": {"action": "a"}}) + "\n" for d in days)
    )
    deliver(store, one)
    noon = 1_773_144_000.0  # 2026-03-10, noon
    answer = log(reader, domains=["shop"], since=noon - 60, until=noon + 60)
    assert ids(answer) == [days[2]]
    kept = list((reader.root / ".codesentinel" / "fleet").rglob("*.parquet"))
    assert sum(len(parquet.read_table(file)) for file in kept) == 1
    assert len(log(reader, domains=["shop"]).events) == 8


def test_what_would_not_fit_is_refused_before_it_is_fetched(tmp_path, store):
    one = host(tmp_path, "web-1")
    for number in range(30):
        happen(one, 1, first=number, text=bytes(range(256)).hex() + str(number))
    deliver(store, one)
    small = host(tmp_path, "reader", fleet=Fleet(url=str(store), cache_bytes=1000))
    with pytest.raises(Failed, match="may be"):
        log(small)


def test_merged_objects_hold_each_record_once_and_are_not_fetched_again(tmp_path, store, reader):
    one = host(tmp_path, "web-1")
    for turn in range(4):
        happen(one, 3, first=3 * turn)
        deliver(store, one)
    assert len(log(reader, domains=["shop"], limit=0).events) == 12
    kept = sorted((reader.root / ".codesentinel" / "fleet").rglob("*.parquet"))
    done = compact(one, to=str(store), older_seconds=0.0)
    assert done.removed >= 4
    names = [name for name in in_folder(store) if "domain=shop" in name]
    assert len(names) == 1
    assert [row["id"] for row in rows_of({n: in_folder(store)[n] for n in names})] == ids_in_log(one)
    assert len(log(reader, domains=["shop"], limit=0).events) == 12
    assert sorted((reader.root / ".codesentinel" / "fleet").rglob("*.parquet"))[: len(kept)] == kept
    fresh = host(tmp_path, "fresh", fleet=Fleet(url=str(store)))
    assert sorted(ids(log(fresh, domains=["shop"], limit=0))) == sorted(ids_in_log(one))
    happen(one, 2, first=12)
    deliver(store, one)
    compact(one, to=str(store), older_seconds=0.0)
    assert sorted(ids(log(fresh, domains=["shop"], limit=0))) == sorted(ids_in_log(one))


def test_young_objects_are_left_to_those_that_may_still_read_them(tmp_path, store):
    one = host(tmp_path, "web-1")
    for _ in range(3):
        happen(one, 2)
        deliver(store, one)
    before = in_folder(store)
    assert compact(one, to=str(store), older_seconds=3600.0).removed == 0
    assert in_folder(store) == before


def test_many_fetches_make_few_files(tmp_path, store, reader, monkeypatch):
    monkeypatch.setattr(fleet_mirror, "_MOST_FILES", 4)
    one = host(tmp_path, "web-1")
    for turn in range(6):
        happen(one, 2, first=2 * turn)
        deliver(store, one)
        assert len(log(reader, domains=["shop"], limit=0).events) == 2 * (turn + 1)
    kept = list((reader.root / ".codesentinel" / "fleet").rglob("domains/shop/**/*.parquet"))
    assert len(kept) <= 5
    assert sorted(ids(log(reader, domains=["shop"], limit=0))) == sorted(ids_in_log(one))
