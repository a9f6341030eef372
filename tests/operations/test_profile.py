"""Profiles on record: kept, found again by service, host and revision, compared around a deployment."""

from __future__ import annotations

import json

import pytest

from asgi import request
from busy_program import busy_program
from codesentinel.model.deployment import Deployment
from codesentinel.model.errors import BadAnswer, NoData, Refused, UsageError
from codesentinel.model.profile import Frame, Origin, Profile, Stack, merged
from codesentinel.operations.deploy.history import DeployLog
from codesentinel.operations.efficiency.bottleneck import profile_command
from codesentinel.operations.memory_index import index_scan
from codesentinel.operations.profile.files import export, import_file
from codesentinel.operations.profile.judge import diff, profiles, report
from codesentinel.operations.profile.picture import write_flame_graph
from codesentinel.operations.profile.record import record
from codesentinel.operations.profile.shelf import latest, put
from codesentinel.operations.profile.watch import watch
from codesentinel.web.viewer.app import create_viewer

HOSTILE = "</script><script>window.hacked=1</script>"


def keep(context, at, hot=1000, revision="r1", service="shop"):
    stacks = [
        Stack((Frame("main", "app.py"), Frame(name, "app.py")), "t", k)
        for name, k in (("hot", hot), ("cold", 1000), (HOSTILE, 50))
    ]
    return put(
        context,
        Profile(
            merged(stacks),
            "test",
            Origin(service, "h1", revision),
            started_at=at,
            rate_hertz=100.0,
            duration_seconds=20.0,
        ),
    )


def test_a_profile_is_found_by_its_key_and_read_again(context):
    first, second = keep(context, 1.79e9), keep(context, 1.79e9 + 60, revision="r/2")
    keep(context, 1.79e9 + 90, service="other")
    assert [
        row.key.rpartition("/")[0].rsplit("/", 1)[0]
        for row in index_scan(context, prefix="profile/shop/").rows
    ] == [
        "profile/shop/h1/r%2F2",
        "profile/shop/h1/r1",
    ]
    assert latest(context, "shop").id == second.id
    assert latest(context, "nobody") is None
    assert [one.id for one in profiles(context, service="shop", revision="r1")] == [first.id]
    found = report(context, profile=first.id[:6], service="shop")
    assert {one.name for one in found.functions} == {"hot", "cold", "main", HOSTILE}
    with pytest.raises(NoData, match="there is no profile ffff"):
        report(context, profile="ffff0000")


def test_a_service_that_no_resource_explains_is_pointed_to_its_newest_profile(context):
    assert profile_command(context, "shop") == ""
    newest = keep(context, 1.79e9)
    assert profile_command(context, "shop") == f"codesentinel profile report {newest.id}"


def test_stacks_that_were_changed_are_not_believed(context):
    one = keep(context, 1.79e9)
    file = context.root / one.file
    other = context.root / keep(context, 1.79e9, hot=1).file
    file.write_bytes(other.read_bytes())
    with pytest.raises(BadAnswer, match="were changed"):
        report(context, profile=one.id)
    file.unlink()
    with pytest.raises(NoData, match="are gone"):
        report(context, profile=one.id)


def test_a_regression_is_traced_to_the_deployment_that_brought_it(context):
    for n in range(3):
        keep(context, 1000.0 + n)
    deployed = Deployment("d1", "shop", "demo", "r2", "success", started_at=1100.0, finished_at=1110.0)
    DeployLog(context).write(deployed)
    for n in range(3):
        keep(context, 1200.0 + n, hot=1500, revision="r2")
    found = diff(context, before="before:d1", after="after:latest", service="shop")
    assert [one.name for one in found.slower] == ["hot"]
    assert found.before.name == "before:d1 (3 profiles)"
    assert diff(context, before="revision:r1", after="revision:r2", service="shop").slower
    with pytest.raises(NoData, match="no deployment d9"):
        diff(context, before="before:d9", after="latest", service="shop")
    with pytest.raises(UsageError, match="of which service"):
        diff(context, before="before:d1", after="latest")


def test_files_come_in_and_go_out(context, tmp_path):
    one = keep(context, 1.79e9)
    for kind in ("speedscope", "collapsed", "pprof"):
        out = tmp_path / f"out.{kind}"
        export(context, profile=one.id, output=str(out), kind=kind)
        back = import_file(context, path=str(out), service=f"from-{kind}")
        assert back.samples == one.samples
        with pytest.raises(Refused, match="is there already"):
            export(context, profile=one.id, output=str(out), kind=kind)
    with pytest.raises(UsageError, match="no such format"):
        export(context, profile=one.id, output=str(tmp_path / "x"), kind="svg")


def test_the_page_of_its_own_asks_nobody_and_holds_no_foreign_markup(context, tmp_path):
    keep(context, 1.79e9)
    path = tmp_path / "flame.html"
    write_flame_graph(str(path), report(context))
    text = path.read_text()
    assert HOSTILE not in text
    assert text.count("<script") == 2
    assert "default-src 'none'" in text
    assert "http:" not in text.replace("http://www.w3.org/", "")
    assert "https:" not in text


def test_the_viewer_shows_what_is_on_record_and_no_file(context, tmp_path):
    one = keep(context, 1.79e9)
    other = keep(context, 1.79e9 + 9, hot=2000)
    file = tmp_path / "secret.txt"
    file.write_text("root;secret 5\n")
    app = create_viewer(context)
    status, body = request(app, "/api/profiles")
    assert status == 200
    assert [p["id"] for p in json.loads(body)["data"]["profiles"]] == [one.id, other.id]
    asked = create_viewer(context)
    for words in (f"profile={file}", f"profile={one.id}&before={file}", "profile=latest&output=/tmp/x"):
        status, body = ask(asked, f"/api/profile?{words}")
        assert status >= 400
        assert b"secret;" not in body
    status, body = ask(asked, f"/api/profile?profile={other.id}&before={one.id}")
    assert status == 200
    data = json.loads(body)["data"]
    assert data["graph"]["before"] == 2050
    assert any("SLOWER" in line for line in data["summary"])


def ask(app, url):
    import asyncio

    sent = []

    async def run():
        path, _, query = url.partition("?")

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1")],
            "http_version": "1.1",
            "scheme": "http",
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 1),
        }
        await app(scope, receive, send)

    asyncio.run(run())
    return sent[0]["status"], b"".join(m.get("body", b"") for m in sent[1:])


@pytest.fixture
def busy(tmp_path):
    with busy_program(tmp_path) as pid:
        yield pid


def test_a_process_is_recorded_and_watched(context, busy):
    one = record(context, pid=busy, service="job", revision="r1", duration_seconds=1, rate_hertz=50)
    assert one.samples > 0
    assert one.origin[::2] == ("job", "r1")
    done = watch(
        context,
        service="job",
        pid=busy,
        every_seconds=1,
        sample_seconds=1,
        most_ratio=1.0,
        duration_seconds=1,
    )
    assert (done.profiles, done.missed) == (1, 0)
    assert 0 < done.overhead_ratio < 2
    assert len(profiles(context, service="job")) == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "what is to be sampled"),
        ({"pid": 1, "command": ["true"]}, "not both"),
        ({"pid": 1, "rate_hertz": 0}, "not a rate"),
        ({"pid": 1, "mode": "deep"}, "no such mode"),
        ({"pid": 1, "duration_seconds": 0.1}, "below 1 s"),
        ({"pid": 1, "service": "a\nb"}, "not a name of a service"),
    ],
)
def test_what_cannot_be_recorded_is_told(context, options, told):
    with pytest.raises(UsageError, match=told):
        record(context, **options)
