"""Every record of a host reaches the store, and stands there once, whatever goes wrong on the way."""

from __future__ import annotations

import json
import os
import signal
import urllib.request

import pytest

from bulk_server import cluster
from codesentinel.config.settings import S3, Elastic
from codesentinel.model.errors import AlreadyRunning, BadAnswer, Failed, Unauthorized, Unreachable, UsageError
from codesentinel.operations.collect.check import collect_check
from codesentinel.operations.collect.compact import compact
from codesentinel.operations.collect.run import collect
from codesentinel.operations.memory_log import log
from codesentinel.store.archive import archive_log
from fleets import QUICK, collector, happen, host, ids_in_log, in_bucket, in_folder, rows_of
from s3_server import s3
from servers import eventually, free_port, get

BUCKET = "s3://records/prod"


@pytest.fixture
def bucket(monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with s3() as store:
        yield store


def keyed(store, **changes):
    settings = {"endpoint": store.url, "access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "secret"}
    return S3(**settings, timeout_seconds=2.0)._replace(**changes)


def delivered(contents, domain="shop"):
    return [row["id"] for row in rows_of(contents) if row["domain"] == domain]


def test_every_record_is_in_the_folder_once(tmp_path):
    one = host(tmp_path, "web-1")
    happen(one, 30)
    done = collect(one, to=str(tmp_path / "store"), once=True)
    assert (done.delivered, done.dropped, done.buffered, done.succeeded) == (30, 0, 0, True)
    happen(one, 5)
    done = collect(one, to=str(tmp_path / "store"), once=True)
    assert done.delivered == 6  # and what the first run recorded of itself
    assert delivered(in_folder(tmp_path / "store")) == ids_in_log(one)


def test_names_tell_domain_day_and_host_and_rows_hold_the_very_lines(tmp_path):
    one = host(tmp_path, "web/1 é")
    happen(one, 3, note="x\u2028\x00y\u00e9")
    collect(one, to=(tmp_path / "store").as_uri(), once=True)
    rows = [row for row in rows_of(in_folder(tmp_path / "store")) if row["domain"] == "shop"]
    assert {row["host"] for row in rows} == {"web/1 é"}
    assert [row["line"].encode() for row in rows] == one.memory.path("shop").read_bytes().splitlines()
    for row in rows:
        event = json.loads(row["line"])
        assert (row["id"], row["timestamp"], row["date"]) == (
            event["id"],
            event["timestamp"],
            event["timestamp"][:10],
        )
        assert (row["action"], row["success"], row["duration_ms"]) == ("ordered", True, 1.5)
        assert row["workspace"] == one.root.name


def test_damaged_and_hostile_lines_are_kept_as_they_are(tmp_path):
    one = host(tmp_path, "web-1")
    happen(one, 1)
    hostile = [
        b"not json", b"\xff\xfe", b'{"timestamp":"../../etc","id":"1","activity":{"action":"a"}}', b"[]", b'{"a":"\x00"}',
        b'{"timestamp":"9999-99-99T00:00:00","id":3,"activity":7}', b'{"timestamp":"2026-01-01T00:00:00+00:00"}',
        b'{"timestamp":"2026-02-03T23:30:00-05:00","id":"z","activity":{"action":"\\ud800","success":"no"}}',
    ]  # fmt: skip
    with one.memory.path("shop").open("ab") as file:
        file.write(b"\n".join(hostile) + b"\n\n")
    collect(one, to=str(tmp_path / "store"), once=True)
    rows = rows_of(in_folder(tmp_path / "store"))
    lines = [
        bytes.fromhex(row["raw"]) if row["raw"] else row["line"].encode()
        for row in rows
        if row["domain"] == "shop"
    ]
    assert sorted(lines[:]) == sorted([*one.memory.path("shop").read_bytes().splitlines()[:1], *hostile])
    assert {row["date"] for row in rows if row["id"] == "z"} == {"2026-02-04"}  # in UTC


def test_a_log_of_very_many_days_makes_few_objects(tmp_path):
    one = host(tmp_path, "web-1")
    path = one.memory.path("shop")
    path.parent.mkdir(parents=True)
    days = [
        f"{year}-{month:02}-15T00:00:00.000+00:00" for year in range(1900, 2000) for month in range(1, 13)
    ]
    lines = [json.dumps({"timestamp": day, "id": day, "activity": {"action": "a"}}) for day in days]
    path.write_text("\n".join(lines) + "\n")
    collect(one, to=str(tmp_path / "store"), once=True)
    assert sorted(delivered(in_folder(tmp_path / "store"))) == days
    assert len([name for name in in_folder(tmp_path / "store") if "domain=shop" in name]) == 33


def test_large_events_are_delivered(tmp_path):
    one = host(tmp_path, "web-1")
    happen(one, 4, text="x" * 1_000_000)
    done = collect(one, to=str(tmp_path / "store"), once=True)
    assert done.delivered == 4
    assert delivered(in_folder(tmp_path / "store")) == ids_in_log(one)


def test_an_empty_workspace_is_nothing_to_deliver(tmp_path):
    assert collect(host(tmp_path, "web-1"), to=str(tmp_path / "store"), once=True).delivered == 0


def test_several_workspaces_of_a_host(tmp_path):
    one, other = host(tmp_path, "web-1"), host(tmp_path, "other")
    happen(one, 2)
    happen(other, 3)
    collect(one, to=str(tmp_path / "store"), workspaces=[str(other.root)], once=True)
    rows = [row for row in rows_of(in_folder(tmp_path / "store")) if row["domain"] == "shop"]
    assert [row["workspace"] for row in rows] == ["web-1"] * 2 + ["other"] * 3
    assert {row["host"] for row in rows} == {"web-1"}


def test_only_the_domains_that_are_wanted(tmp_path):
    one = host(tmp_path, "web-1", QUICK._replace(domains="shop"))
    happen(one, 2)
    happen(one, 2, domain="other")
    collect(one, to=str(tmp_path / "store"), once=True)
    assert {row["domain"] for row in rows_of(in_folder(tmp_path / "store"))} == {"shop"}


def test_archived_records_are_delivered_too(tmp_path):
    one = host(tmp_path, "web-1")
    happen(one, 6)
    wanted = ids_in_log(one)
    archive_log(str(one.root), "shop", "2100-01-01T00:00:00.000+00:00")
    assert len(ids_in_log(one)) == 1
    collect(one, to=str(tmp_path / "store"), once=True)
    assert delivered(in_folder(tmp_path / "store")) == wanted


def test_a_log_that_was_cut_is_a_finding_on_record(tmp_path):
    one = host(tmp_path, "web-1")
    happen(one, 3)
    collect(one, to=str(tmp_path / "store"), once=True)
    one.memory.path("shop").unlink()
    happen(one, 2)
    done = collect(one, to=str(tmp_path / "store"), once=True)
    assert [finding.kind for finding in done.findings] == ["collect.gap"]
    assert not done.succeeded
    assert len(delivered(in_folder(tmp_path / "store"))) == 5
    assert b"collect.gap" in one.memory.path("collect").read_bytes()


def test_a_bucket_takes_each_object_once(tmp_path, bucket):
    one = host(tmp_path, "web-1", s3=keyed(bucket))
    happen(one, 20)
    assert collect(one, to=BUCKET, once=True).delivered == 20
    assert delivered(in_bucket_of(bucket)) == ids_in_log(one)


def in_bucket_of(bucket):
    return {name.removeprefix("prod/"): content for name, content in in_bucket(bucket).items()}


@pytest.mark.parametrize("fault", ["503", "reset", "lost"])
def test_what_goes_wrong_in_a_bucket_is_tried_again(tmp_path, bucket, fault):
    one = host(tmp_path, "web-1", s3=keyed(bucket))
    happen(one, 20)
    bucket.faults = [fault] * 3
    done = collect(one, to=BUCKET, once=True)
    assert (done.delivered, done.retries) == (20, 3)
    assert delivered(in_bucket_of(bucket)) == ids_in_log(one)


def test_a_bucket_that_stays_away_loses_nothing(tmp_path, bucket):
    one = host(tmp_path, "web-1", s3=keyed(bucket))
    happen(one, 20)
    bucket.is_away = True
    with pytest.raises(Unreachable):
        collect(one, to=BUCKET, once=True)
    happen(one, 5, first=20)
    bucket.is_away = False
    collect(one, to=BUCKET, once=True)
    assert delivered(in_bucket_of(bucket)) == ids_in_log(one)


def test_wrong_keys_buckets_and_urls_are_told_without_the_secret(tmp_path, bucket):
    happen(one := host(tmp_path, "web-1", s3=keyed(bucket)), 1)
    bucket.access_key_id = "OTHER"
    with pytest.raises(Unauthorized) as told:
        collect(one, to=BUCKET, once=True)
    assert "secret" not in told.value.message.replace("secret_access", "")
    bucket.access_key_id = ""
    with pytest.raises(BadAnswer, match="no such bucket"):
        collect(one, to="s3://nothing", once=True)
    for url in ("s3://key:secret@records", "https://records.example", "s3://", "s3://b/p?secret=1"):
        with pytest.raises(UsageError) as told:
            collect(one, to=url, once=True)
        assert "secret" not in told.value.message
    with pytest.raises(UsageError, match="half a key"):
        collect(host(tmp_path, "web-2", s3=S3(access_key_id="A")), to=BUCKET, once=True)
    with pytest.raises(UsageError, match="no store"):
        collect(one, once=True)


def test_a_full_buffer_stops_the_reading_and_loses_nothing(tmp_path, bucket):
    small = QUICK._replace(buffer_bytes=1_000_000, block_bytes=20_000)
    one = host(tmp_path, "web-1", small, s3=keyed(bucket))
    for number in range(60):
        happen(one, 1, first=number, text=bytes(range(256)).hex() * 20 + str(number) * 30_000)
    spooled = one.root / ".codesentinel" / "collect" / "objects"
    bucket.is_away = True
    with pytest.raises(Unreachable):
        collect(
            one.but(settings=one.settings._replace(collect=small._replace(buffer_bytes=4_000))),
            to=BUCKET,
            once=True,
        )
    waiting = sum(path.stat().st_size for path in spooled.iterdir())
    assert 0 < waiting < 16_000
    bucket.is_away = False
    collect(one, to=BUCKET, once=True)
    assert delivered(in_bucket_of(bucket)) == ids_in_log(one)


def test_one_a_workspace_and_sigterm_delivers_what_is_there_and_metrics_tell(tmp_path):
    one, store, port = host(tmp_path, "web-1"), tmp_path / "store", free_port()
    happen(one, 10)
    settings = {"CODESENTINEL_COLLECT_FLUSH_SECONDS": "600", "CODESENTINEL_COLLECT_METRICS_PORT": str(port)}
    with collector(one, str(store), "--json", **settings) as child:
        eventually(lambda: len(delivered(in_folder(store))) == 10, within=60)
        with pytest.raises(AlreadyRunning):
            collect(one, to=str(store), once=True)
        shown = eventually(lambda: get(f"http://127.0.0.1:{port}/metrics")).decode()
        happen(one, 7, first=10)
        child.send_signal(signal.SIGTERM)
        out, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    assert json.loads(out)["data"]["delivered"] == 18  # and that another one was refused
    assert delivered(in_folder(store)) == ids_in_log(one)
    assert "codesentinel_collect_records_delivered_total 10.0" in shown
    assert "codesentinel_collect_buffer_bytes 0.0" in shown
    assert 'codesentinel_collect_records_dropped_total{reason="rejected"} 0.0' in shown


def test_killed_again_and_again_every_record_is_there_once(tmp_path, bucket):
    one = host(tmp_path, "web-1")
    keys = {
        "CODESENTINEL_S3_ENDPOINT": bucket.url,
        "CODESENTINEL_S3_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "CODESENTINEL_S3_SECRET_ACCESS_KEY": "secret",
        "CODESENTINEL_COLLECT_BLOCK_BYTES": "10000",
    }
    for turn in range(2):
        happen(one, 400, first=400 * turn)
        before = len(bucket.writes)
        bucket.faults = ["lost", "503"]
        with collector(one, BUCKET, **keys) as child:
            eventually(lambda before=before: len(bucket.writes) > before + 1, within=60)
            child.kill()
            child.wait(timeout=20)
    one = one.but(settings=one.settings._replace(s3=keyed(bucket)))
    collect(one, to=BUCKET, once=True)
    assert delivered(in_bucket_of(bucket)) == ids_in_log(one)


def test_a_lost_state_sends_everything_again_under_other_names(tmp_path):
    one, store = host(tmp_path, "web-1"), tmp_path / "store"
    happen(one, 5)
    collect(one, to=str(store), once=True)
    (one.root / ".codesentinel" / "collect" / "state.json").unlink()
    collect(one, to=str(store), once=True)
    found = delivered(in_folder(store))
    assert sorted(found) == sorted(ids_in_log(one) * 2)  # readers take each id once


def test_a_damaged_state_is_told(tmp_path):
    one = host(tmp_path, "web-1")
    happen(one, 1)
    collect(one, to=str(tmp_path / "store"), once=True)
    (one.root / ".codesentinel" / "collect" / "state.json").write_text("{}")
    with pytest.raises(Failed, match="understands"):
        collect(one, to=str(tmp_path / "store"), once=True)


def test_check_says_what_is_outstanding_and_how_far_the_clock_is_off(tmp_path, bucket):
    one = host(tmp_path, "web-1", s3=keyed(bucket))
    happen(one, 3)
    bucket.clock_ahead_seconds = -3600
    found = collect_check(one, to=BUCKET)
    assert (found.problem, found.host) == ("", "web-1")
    assert found.clock_skew_seconds == pytest.approx(3600, abs=5)
    assert "ahead of the store" in found.notes[0]
    assert "without TLS" in found.notes[1]
    assert [(one.domain, one.log_bytes > 0) for one in found.outstanding] == [("shop", True)]
    assert bucket.names() == ["prod/checks/web-1.parquet"]
    collect(one, to=BUCKET, once=True)
    found = collect_check(one, to=BUCKET)
    assert {one.domain: one.log_bytes for one in found.outstanding}["shop"] == 0
    bucket.is_away = True
    assert "cannot be used" in collect_check(one, to=BUCKET).problem


def test_elasticsearch_has_each_event_once_in_the_stream_of_its_domain(tmp_path):
    with cluster() as elastic:
        one = host(tmp_path, "web-1", elastic=Elastic(url=elastic.url))
        happen(one, 10)
        finish = {"procedure": "github/PROC-1", "status": "Success", "run_id": "r"}
        one.memory.log_domain_activity("satellites", {"action": "procedure-finish", "metadata": finish})
        happen(one, 1, domain="my-things")
        with one.memory.path("shop").open("ab") as file:
            file.write(b"not json\n")
        elastic.faults = ["429", "lost", "partial"]
        done = collect(one, to="elastic", once=True)
        assert (done.delivered, done.dropped) == (12, 1)
        streams = {name: list(held) for name, held in elastic.streams.items()}
        assert streams["logs-codesentinel.shop-default"] == ids_in_log_of(one, "shop")
        assert len(streams["logs-codesentinel.procedure-default"]) == 1
        assert len(streams["logs-codesentinel.my_things-default"]) == 1
        document = next(iter(elastic.streams["logs-codesentinel.shop-default"].values()))
        assert document["host"] == {"name": "web-1"}
        assert json.loads(document["event"]["original"])["id"] == document["event"]["id"]


def ids_in_log_of(context, domain):
    return [
        json.loads(line)["id"]
        for line in context.memory.path(domain).read_bytes().splitlines()
        if line[:1] == b"{"
    ]


def test_motos_s3_takes_them_too(tmp_path, monkeypatch):
    from moto.server import ThreadedMotoServer

    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        address, port = server.get_host_and_port()
        endpoint = f"http://{address}:{port}"
        request = urllib.request.Request(f"{endpoint}/records", method="PUT")
        urllib.request.urlopen(request, timeout=30).close()
        keys = S3(endpoint=endpoint, access_key_id="A", secret_access_key="B")
        one = host(tmp_path, "web/1 é", s3=keys)
        happen(one, 20)
        happen(one, 3, text=os.urandom(2_000_000).hex())  # in parts
        assert collect_check(one, to=BUCKET).problem == ""
        assert collect(one, to=BUCKET, once=True).delivered >= 23
        reader = host(tmp_path, "reader", s3=keys)
        found = log(reader, domains=["shop"], limit=0, fleet=BUCKET).events
        wanted = ids_in_log(one)
        assert [record.record["id"] for record in found] == wanted
        compact(one, to=BUCKET, older_seconds=-5.0)
        fresh = log(host(tmp_path, "fresh", s3=keys), domains=["shop"], limit=0, fleet=BUCKET).events
        assert [record.record["id"] for record in fresh] == wanted
        assert {record.record["host"] for record in fresh} == {"web/1 é"}
    finally:
        server.stop()
