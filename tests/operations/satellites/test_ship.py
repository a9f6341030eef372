"""Every event of a procedure arrives in the cluster, and stands there once, whatever goes wrong on the way."""

from __future__ import annotations

import json

import pytest

from bulk_server import cluster
from codesentinel.act.elasticsearch import DataStream
from codesentinel.config.settings import Elastic, Settings
from codesentinel.mixin.elastic import NAME, data_stream
from codesentinel.model.errors import BadAnswer, Unauthorized, Unreachable, UsageError
from codesentinel.operations.satellites.ship import segments, ship

STREAM = data_stream("default")


@pytest.fixture
def elastic():
    with cluster() as held:
        yield held


def happened(context, count, *, first=0):
    for number in range(first, first + count):
        facts = {
            "run_id": f"r{number}",
            "satellite": "github",
            "procedure": "github/PROC-1",
            "status": "Success",
            "status_source": "declared",
            "duration_seconds": 1.5,
        }
        assert context.memory.log_domain_activity(
            "satellites", {"action": "procedure-finish", "success": True, "metadata": facts}
        )


def held(elastic):
    return [one["codesentinel"]["run"]["id"] for one in elastic.streams.get(STREAM, {}).values()]


def numbered(count):
    return [f"r{number}" for number in range(count)]


def test_events_arrive_under_their_ids(context, elastic):
    happened(context, 3)
    done = ship(context, url=elastic.url)
    assert (done.created, done.present, done.rejected, done.succeeded) == (3, 0, 0, True)
    assert held(elastic) == numbered(3)
    for name, document in elastic.streams[STREAM].items():
        assert document["event"]["id"] == name
        assert document["event"]["duration"] == 1_500_000_000


def test_a_second_run_sends_what_is_new(context, elastic):
    happened(context, 3)
    ship(context, url=elastic.url)
    happened(context, 2, first=3)
    assert ship(context, url=elastic.url).created == 2
    assert ship(context, url=elastic.url).created == 0
    assert held(elastic) == numbered(5)


def test_events_of_operations_are_not_shipped(context, elastic):
    context.memory.log_domain_activity("satellites", {"action": "satellites.list"})
    assert ship(context, url=elastic.url).created == 0
    assert elastic.requests == []


@pytest.mark.parametrize(
    "faults",
    [["429"], ["503", "429"], ["reset"], ["lost"], ["partial"], ["partial", "429", "reset", "lost", "503"]],
    ids="-".join,
)
def test_what_fails_once_is_tried_again_and_nothing_is_there_twice(context, elastic, faults, monkeypatch):
    monkeypatch.setattr(
        DataStream.__init__, "__kwdefaults__", {**DataStream.__init__.__kwdefaults__, "pause_seconds": 0.01}
    )
    happened(context, 20)
    elastic.faults += faults
    done = ship(context, url=elastic.url)
    assert done.created + done.present == 20
    assert sorted(held(elastic)) == sorted(numbered(20))
    assert elastic.faults == []


def test_a_run_that_fails_in_the_middle_goes_on_the_next_time(context, elastic, monkeypatch):
    happened(context, 1200)
    whole, calls = DataStream.create, []

    def second_fails(self, documents):
        calls.append(len(documents))
        if len(calls) == 2:
            raise Unreachable("gone")
        return whole(self, documents)

    monkeypatch.setattr(DataStream, "create", second_fails)
    with pytest.raises(Unreachable):
        ship(context, url=elastic.url)
    assert len(held(elastic)) == 500
    assert ship(context, url=elastic.url).created == 700
    assert sorted(held(elastic)) == sorted(numbered(1200))


def test_a_lost_place_sends_everything_again_and_changes_nothing(context, elastic):
    happened(context, 4)
    ship(context, url=elastic.url)
    (place,) = (context.state_dir / "shipped").glob("*.json")
    place.write_text("{ torn")
    done = ship(context, url=elastic.url)
    assert (done.created, done.present) == (0, 4)


def test_what_the_mapping_refuses_is_kept_and_told(context, elastic):
    happened(context, 3)
    lines = context.memory.path("satellites").read_text().splitlines()
    elastic.unmappable.add(json.loads(lines[1])["id"])
    done = ship(context, url=elastic.url)
    assert (done.created, done.rejected, done.succeeded) == (2, 1, False)
    kept = json.loads((context.root / done.rejected_file).read_text())
    assert kept["document"]["codesentinel"]["run"]["id"] == "r1"
    assert "failed to parse" in kept["reason"]
    assert ship(context, url=elastic.url).rejected == 0


def test_a_cluster_that_is_away_is_one_message(context):
    happened(context, 1)
    with pytest.raises(Unreachable, match="does not answer"):
        ship(context, url="http://127.0.0.1:9")


def test_a_server_of_another_kind_is_told(context, elastic):
    elastic.is_elastic = False
    happened(context, 1)
    with pytest.raises(BadAnswer, match="is no Elasticsearch"):
        ship(context, url=elastic.url)


def test_a_key_is_sent_and_a_wrong_one_told(context, elastic, tmp_path):
    elastic.api_key = "right"
    happened(context, 1)
    with pytest.raises(Unauthorized):
        ship(context, url=elastic.url)
    (tmp_path / "key").write_text("right\n")
    keyed = context.but(
        settings=Settings(elastic=Elastic(url=elastic.url, api_key_file=str(tmp_path / "key")))
    )
    assert ship(keyed).created == 1


def test_without_a_cluster_it_is_asked_for(context):
    with pytest.raises(UsageError, match="no cluster"):
        ship(context)


def test_template_and_lifecycle_are_set_up(context, elastic):
    ship(context, url=elastic.url, set_up=True)
    template = elastic.settings[f"/_index_template/{NAME}"]
    assert template["data_stream"] == {}
    assert template["template"]["settings"]["index"]["lifecycle"]["name"] == NAME
    assert "hot" in elastic.settings[f"/_ilm/policy/{NAME}"]["policy"]["phases"]


def test_segments_are_a_file_a_day_and_each_event_is_in_one(context):
    happened(context, 5)
    first = segments(context)
    happened(context, 2, first=5)
    second = segments(context)
    assert (first.created, second.created) == (5, 2)
    files = sorted((context.state_dir / "segments").glob("procedure-*.jsonl"))
    documents = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    assert [one["codesentinel"]["run"]["id"] for one in documents] == numbered(7)
    for file in files:
        day = file.stem.removeprefix("procedure-")
        assert all(
            one["@timestamp"][:10].replace("-", "") == day
            for one in map(json.loads, file.read_text().splitlines())
        )


def test_an_archived_log_is_not_told_again(context):
    happened(context, 5)
    segments(context)
    path = context.memory.path("satellites")
    path.write_text("".join(path.read_text().splitlines(keepends=True)[3:]))  # what an archive run leaves
    happened(context, 1, first=5)
    assert segments(context).created == 1
