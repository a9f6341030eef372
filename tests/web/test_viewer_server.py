"""What the viewer's server hands out, to whom, and what it refuses."""

from __future__ import annotations

import asyncio
import gzip
import http.server
import json
import os
import re
import threading
import time
import urllib.parse

import pytest

from asgi import call
from codesentinel.capture.dashboard_files import read_dashboards
from codesentinel.capture.http_relay import Relay
from codesentinel.model.errors import BadAnswer, CouldNotJudge, Refused, Unreachable, UsageError
from codesentinel.operations.token import read_token
from codesentinel.operations.viewer.foretold import Foretold
from codesentinel.operations.viewer.questions import Questions
from codesentinel.operations.viewer.shelf import shelf, shipped_folder
from codesentinel.web.guard import NameGuard
from codesentinel.web.viewer.app import create_viewer
from servers import free_port

TOKEN = "a-token-of-the-test-0123456789"


class Upstream(http.server.BaseHTTPRequestHandler):
    """Answers as a Prometheus, and remembers what it was asked."""

    asked: list[str]

    def do_GET(self):
        self.asked.append(self.path)
        path = urllib.parse.urlsplit(self.path).path
        status, kind, body = {
            "/api/v1/query": (
                200,
                "application/json",
                b'{"status":"success","data":{"n":"' + b"x" * 3000 + b'"}}',
            ),
            "/api/v1/query_range": (422, "application/json", b'{"status":"error","error":"bad query"}'),
            "/api/v1/labels": (200, "text/html", b"<script>alert(1)</script>"),
            "/api/v1/series": (302, "application/json", b"{}"),
            "/api/v1/rules": (200, "application/json", b"[" + b"0," * 5000 + b"0]"),
            "/api/v2/alerts": (200, "application/json", b"[]"),
        }.get(path, (200, "application/json", b"{}"))
        zipped = "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(body) if zipped else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status == 302:
            self.send_header("Location", "/api/v1/admin/tsdb/snapshot")
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def upstream():
    handler = type("Handler", (Upstream,), {"asked": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.asked = handler.asked
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def asking(context, upstream):
    """A context whose Prometheus and Alertmanager are the upstream."""
    sources = context.settings.sources._replace(
        prometheus_url=upstream.url, alertmanager_url=upstream.url, timeout_seconds=5.0
    )
    return context.but(settings=context.settings._replace(sources=sources))


def ask(app, path, method="GET", *, body=b"", **headers):
    """Status, headers and body of one request."""
    sent = []

    async def recorded(scope, receive, send):
        async def keep(message):
            sent.append(message)
            await send(message)

        path_only, _, query = path.partition("?")
        await app(scope | {"path": path_only, "query_string": query.encode()}, receive, keep)

    named = {k.replace("_", "-"): v for k, v in headers.items()}
    status, content = asyncio.run(call(recorded, path, method, body=body, headers=named))
    start = next(m for m in sent if m["type"] == "http.response.start")
    return status, {k.decode(): v.decode() for k, v in start["headers"]}, content


PAGES = [
    "/",
    "/d/any",
    "/findings",
    "/alerts",
    "/forecast",
    "/profiles",
    "/api/dashboards",
    "/api/datasources",
    "/-/ready",
    "/nothing-here",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_tells_the_browser_what_to_refuse(asking, path):
    _, headers, _ = ask(create_viewer(asking), path)
    policy = headers["content-security-policy"]
    for rule in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


def test_pages_are_asked_for_again_and_their_parts_kept_for_ever(asking):
    app = create_viewer(asking)
    status, headers, page = ask(app, "/")
    assert (status, headers["cache-control"]) == (200, "no-cache")
    assert ask(app, "/", if_none_match=headers["etag"])[0] == 304
    assert b"<script>" not in page
    assert b"style=" not in page
    assert not re.search(rb"\son\w+=", page)
    for name in re.findall(r"/(assets/[^\"]+)", page.decode()):
        status, headers, plain = ask(app, f"/{name}")
        assert status == 200
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        _, zipped_headers, zipped = ask(app, f"/{name}", accept_encoding="gzip, br")
        if len(plain) > 1000:
            assert zipped_headers["content-encoding"] == "gzip"
            assert gzip.decompress(zipped) == plain


@pytest.mark.parametrize(
    "path", ["/assets/../index.html", "/assets/..%2f..%2fapp.py", "/assets/none.js", "/assets/"]
)
def test_nothing_but_the_build_lies_below_assets(asking, path):
    assert ask(create_viewer(asking), path)[0] == 404


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "a query in PromQL is needed"),
        ("?query=%20", "a query in PromQL is needed"),
        (f"?query={'x' * 4001}", "of at most 4000 characters"),
        ("?query=up&url=http://evil.example", "no parameter of a forecast: url"),
        ("?query=up&output=/tmp/x.csv", "no parameter of a forecast: output"),
        ("?query=up&horizon=soon", "'soon' is not a duration"),
        ("?query=up&level=most", "could not convert"),
        ("?query=up&level=2", "a level of 2 makes no sense"),
    ],
)
def test_a_forecast_is_asked_for_by_a_few_words_and_no_others(asking, upstream, words, told):
    status, _, body = ask(create_viewer(asking), f"/api/forecast{words}")
    assert status == 400
    assert told in json.loads(body)["error"]["message"]
    assert upstream.asked == []


def test_a_forecast_that_fails_or_has_no_room_is_told(asking, monkeypatch):
    app = create_viewer(asking)
    status, _, body = ask(app, "/api/forecast?query=up")
    assert (status, json.loads(body)["error"]["kind"]) == (400, "bad_query")
    monkeypatch.setattr("codesentinel.operations.viewer.foretold._PATIENCE_SECONDS", 0.05)
    entered, leave = threading.Event(), threading.Event()

    def wait(*_, **__):
        entered.set()
        assert leave.wait(60)
        return {}

    monkeypatch.setattr("codesentinel.operations.viewer.foretold.aside", wait)
    foretold = Foretold(asking)
    threads = [threading.Thread(target=foretold.get, args=([("query", "up")],)) for _ in range(2)]
    for thread in threads:
        entered.clear()
        thread.start()
        assert entered.wait(60)
    with pytest.raises(CouldNotJudge, match="2 other forecasts are being made"):
        foretold.get([("query", "up")])
    leave.set()
    for thread in threads:
        thread.join(60)
    assert foretold.get([("query", "up")]) == {}


def test_questions_on_the_list_are_handed_on_as_they_are(asking, upstream):
    app = create_viewer(asking)
    status, headers, body = ask(app, "/api/ds/prometheus/api/v1/query?query=up%7Bjob%3D%22a%22%7D&time=1")
    assert status == 200
    assert json.loads(body)["status"] == "success"
    assert headers["cache-control"] == "no-store"
    assert upstream.asked[-1] == "/api/v1/query?query=up%7Bjob%3D%22a%22%7D&time=1"
    _, headers, zipped = ask(app, "/api/ds/prometheus/api/v1/query?query=up", accept_encoding="gzip")
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped) == body
    status, _, body = ask(app, "/api/ds/prometheus/api/v1/query_range?query=oops&start=1&end=2&step=1")
    assert (status, json.loads(body)["error"]) == (422, "bad query")
    assert ask(app, "/api/ds/prometheus/api/v1/label/job/values?match[]=up")[0] == 200
    assert ask(app, "/api/alertmanager/alerts")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "prometheus/api/v1/admin/tsdb/delete_series",
        "prometheus/api/v1/status/config",
        "prometheus/api/v1/targets",
        "prometheus/api/v1/query/../admin/tsdb/snapshot",
        "prometheus/api/v1/label/a/../../status/config/values",
        "prometheus/api/v1/label/a%2Fb/values",
        "prometheus/api/v1/query?query=up&extra_label=x",
        "prometheus/api/v1/query_range?query=up&nocache=1",
        "http:%2F%2Fevil.example/api/v1/query?query=up",
        "history/api/v1/query?query=up",
        "none/api/v1/query?query=up",
    ],
)
def test_no_other_question_and_no_other_server(asking, upstream, path):
    status, _, _ = ask(create_viewer(asking), f"/api/ds/{path}")
    assert status in (403, 404)
    assert upstream.asked == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/api/ds/prometheus/api/v1/query", "/api/dashboards", "/api/review"])
def test_nothing_can_be_changed(asking, upstream, method, path):
    assert ask(create_viewer(asking), path, method)[0] == 405
    assert upstream.asked == []


def test_what_is_no_json_api_is_not_shown_and_redirections_are_not_followed(asking, upstream):
    app = create_viewer(asking)
    for path in ("labels", "series"):
        status, headers, body = ask(app, f"/api/ds/prometheus/api/v1/{path}")
        assert status == 502
        assert headers["content-type"] == "application/json"
        assert b"<script>" not in body
    assert upstream.asked == ["/api/v1/labels", "/api/v1/series"]


def test_too_long_an_answer_is_broken_off(upstream):
    relay = Relay(upstream.url, timeout_seconds=5, largest_bytes=1000)
    with pytest.raises(BadAnswer, match="more than 1000 bytes"):
        relay.get("/api/v1/rules", [], gzip=False)
    relay.close()


def test_an_answer_that_hides_its_length_is_broken_off_too():
    class Endless(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            try:
                for _ in range(1000):
                    self.wfile.write(b"0" * 100_000)
            except OSError:
                return

        def log_message(self, *_):
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endless)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    relay = Relay(f"http://127.0.0.1:{server.server_port}", timeout_seconds=5, largest_bytes=1_000_000)
    taken = []
    with pytest.raises(BadAnswer, match="more than 1000000 bytes"):
        taken.extend(relay.get("/x", [], gzip=False).chunks)
    assert sum(map(len, taken)) <= 1_000_000
    relay.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_server_that_is_gone_or_silent_is_told():
    gone = Relay(f"http://127.0.0.1:{free_port()}", timeout_seconds=1, largest_bytes=10)
    with pytest.raises(Unreachable, match="cannot be reached"):
        gone.get("/", [], gzip=False)
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        relay = Relay(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_seconds=0.3, largest_bytes=10)
        with pytest.raises(Unreachable, match="did not answer in time"):
            relay.get("/", [], gzip=False)
        relay.close()


def test_a_server_that_is_gone_is_a_message_in_the_browser(context):
    sources = context.settings.sources._replace(prometheus_url=f"http://127.0.0.1:{free_port()}")
    app = create_viewer(context.but(settings=context.settings._replace(sources=sources)))
    status, _, body = ask(app, "/api/ds/prometheus/api/v1/query?query=up")
    assert status == 504
    assert "cannot be reached" in json.loads(body)["error"]["message"]
    assert json.loads(ask(app, "/api/datasources")[2])["data"][0]["scrapeSeconds"] == 15.0


def test_passwords_of_a_server_are_sent_to_it_and_shown_to_nobody(context, upstream):
    address = upstream.url.replace("http://", "http://user:secret@")
    relay = Relay(address, timeout_seconds=2, largest_bytes=10)
    assert relay._headers["authorization"].startswith("Basic ")
    with pytest.raises(BadAnswer) as told:
        relay.get("/api/v1/rules", [], gzip=False)
    assert "secret" not in told.value.message
    relay.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1", "origin": "https://evil.example"},
        {"host": "127.0.0.1.evil.example"},
    ],
)
def test_rebinding_and_pages_of_elsewhere_are_refused_everywhere(asking, headers):
    for path in ("/", "/api/dashboards", "/api/ds/prometheus/api/v1/query?query=up"):
        assert ask(create_viewer(asking), path, **headers)[0] == 403


@pytest.mark.parametrize(
    ("headers", "admitted"),
    [
        ({"host": "10.1.2.3:8700"}, True),
        ({"host": "[fd00::1]:8700"}, True),
        ({"host": "monitor.lan"}, True),
        ({"host": "Monitor.LAN:8700", "origin": "http://monitor.lan:8700"}, True),
        ({"host": "evil.example"}, False),
        ({"host": "monitor.lan.evil.example"}, False),
        ({"host": "monitor.lan:x"}, False),
        ({"host": "monitor.lan", "origin": "http://evil.example"}, False),
        ({"host": "monitor.lan", "origin": "null"}, False),
        ({"host": ""}, False),
    ],
)
def test_on_a_network_known_names_and_addresses_are_answered(headers, admitted):
    scope = {"headers": [(k.encode(), v.encode()) for k, v in headers.items()]}
    assert NameGuard(None, names=("monitor.lan",))._admits(scope) is admitted


@pytest.fixture
def guarded(asking):
    return create_viewer(asking, token=TOKEN)


def test_without_the_token_there_is_a_form_and_no_data(guarded):
    status, headers, _ = ask(guarded, "/d/x?from=now-1h")
    assert (status, headers["location"]) == (303, "/login?next=%2Fd%2Fx%3Ffrom%3Dnow-1h")
    status, headers, body = ask(guarded, "/api/dashboards")
    assert (status, headers["www-authenticate"]) == (401, "Bearer")
    assert b"System Overview" not in body
    assert ask(guarded, "/metrics")[0] == 401
    assert ask(guarded, "/login")[0] == 200
    assert ask(guarded, "/-/ready")[0] == 200


@pytest.mark.parametrize(
    "header", ["Bearer wrong", f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x", "Bearer \xe4"]
)
def test_a_wrong_header_lets_nobody_in(guarded, header):
    assert ask(guarded, "/api/dashboards", authorization=header)[0] == 401


def test_the_token_opens_by_header_link_and_form(guarded):
    assert ask(guarded, "/api/dashboards", authorization=f"Bearer {TOKEN}")[0] == 200
    status, headers, _ = ask(guarded, f"/d/x?var-a=1&token={TOKEN}")
    assert (status, headers["location"]) == (303, "/d/x?var-a=1")
    cookie = headers["set-cookie"]
    assert TOKEN not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert ask(guarded, "/api/dashboards", cookie=cookie.partition(";")[0])[0] == 200
    form = urllib.parse.urlencode({"token": TOKEN, "next": "/alerts"}).encode()
    status, headers, _ = ask(guarded, "/login", "POST", body=form)
    assert (status, headers["location"]) == (303, "/alerts")


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "/a\r\nb"]
)
def test_a_form_leads_nowhere_else(guarded, target):
    form = urllib.parse.urlencode({"token": TOKEN, "next": target}).encode()
    assert ask(guarded, "/login", "POST", body=form)[1]["location"] == "/"


def test_wrong_tokens_forged_and_old_cookies_let_nobody_in(guarded, asking):
    assert ask(guarded, "/?token=wrong")[0] == 401
    assert ask(guarded, "/login", "POST", body=b"token=wrong")[0] == 401
    assert ask(guarded, "/login", "POST", body=b"x" * 5000)[0] == 401
    _, headers, _ = ask(guarded, f"/?token={TOKEN}")
    value = headers["set-cookie"].partition(";")[0].partition("=")[2]
    until, _, signature = value.partition(".")
    for forged in (
        f"{int(until) + 1}.{signature}",
        f"{until}.{'0' * 64}",
        until,
        "",
        f".{signature}",
        f"{until}.\xe4",
    ):
        assert ask(guarded, "/api/dashboards", cookie=f"codesentinel_viewer={forged}")[0] == 401
    other = create_viewer(asking, token=TOKEN + "-new")
    assert ask(other, "/api/dashboards", cookie=f"codesentinel_viewer={value}")[0] == 401
    assert int(until) > time.time()


def test_a_token_file_is_read_by_its_owner_alone(tmp_path):
    file = tmp_path / "token"
    file.write_text(f" {TOKEN}\n")
    file.chmod(0o644)
    with pytest.raises(Refused, match="others may read"):
        read_token(str(file))
    file.chmod(0o600)
    assert read_token(str(file)) == TOKEN
    file.write_text("short")
    with pytest.raises(UsageError, match="shorter than 16"):
        read_token(str(file))
    with pytest.raises(UsageError, match="cannot be read"):
        read_token(str(tmp_path / "none"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_token_of_somebody_else_may_be_read_by_a_group_too_as_secrets_of_kubernetes_are(tmp_path):
    file = tmp_path / "token"
    file.write_text(TOKEN)
    os.chown(file, 65532, 65532)
    file.chmod(0o440)
    assert read_token(str(file)) == TOKEN
    for mode in (0o444, 0o460, 0o441):
        file.chmod(mode)
        with pytest.raises(Refused, match="others may read"):
            read_token(str(file))
    os.chown(file, 0, 0)
    file.chmod(0o440)
    with pytest.raises(Refused, match="others may read"):
        read_token(str(file))


def test_the_shipped_dashboards_are_listed_and_handed_out(asking):
    app = create_viewer(asking)
    listed = json.loads(ask(app, "/api/dashboards")[2])["data"]
    assert {one["uid"] for one in listed["dashboards"]} >= {"codesentinel-system-overview"}
    assert listed["problems"] == []
    assert "text" not in listed["dashboards"][0]
    status, _, text = ask(app, "/api/dashboards/codesentinel-system-overview")
    assert status == 200
    assert text.decode() == (shipped_folder() / "system-overview.json").read_text()
    assert ask(app, "/api/dashboards/none")[0] == 404
    assert ask(app, "/api/dashboards/../../etc/passwd")[0] == 404


def test_folders_of_the_users_own_are_shown_and_what_is_wrong_in_them_told(context, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "a.json").write_text('{"title": "Mine", "uid": "mine", "tags": ["x"]}')
    (folder / "b.json").write_text('{"dashboard": {"title": "Exported"}, "meta": {}}')
    (folder / "no.json").write_text("{")
    (folder / "list.json").write_text("[]")
    (folder / "v2.json").write_text('{"title": "New", "elements": {}}')
    secret = tmp_path / "secret.json"
    secret.write_text('{"title": "not for everybody"}')
    (folder / "link.json").symlink_to(secret)
    (folder / "ours.json").write_text('{"title": "Instead", "uid": "codesentinel-system-overview"}')
    found = shelf(context, [folder])
    assert found.find("mine").folder == "mine"
    assert json.loads(found.find("b").text) == {"title": "Exported"}
    assert found.find("codesentinel-system-overview").title == "Instead"
    reasons = {one.file: one.reason for one in found.problems}
    assert set(reasons) == {"no.json", "list.json", "v2.json", "link.json"}
    assert "leads out" in reasons["link.json"]
    assert "schema v2" in reasons["v2.json"]


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(9 * 1024 * 1024)
    assert "larger than" in read_dashboards(tmp_path, "x")[1][0].reason


def test_the_workspace_has_dashboards_of_its_own(context):
    folder = context.root / "infrastructure/grafana/dashboards"
    folder.mkdir(parents=True)
    (folder / "own.json").write_text('{"title": "Own"}')
    assert shelf(context).find("own").folder == "this workspace"


def test_which_servers_there_are_is_looked_up_for_each_question(context):
    questions = Questions(context)
    assert [one.uid for one in questions.sources()] == ["prometheus", "history"]
    questions.close()


def test_questions_are_counted(asking):
    app = create_viewer(asking)
    ask(app, "/api/ds/prometheus/api/v1/query?query=up")
    ask(app, "/api/ds/prometheus/api/v1/nonsense")
    text = ask(app, "/metrics")[2].decode()
    assert 'codesentinel_viewer_queries_total{endpoint="query",outcome="ok"} 1.0' in text
    assert "nonsense" not in text
