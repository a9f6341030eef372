"""A second storage beside our own: accepted by promtool, and really written to with its credentials."""

from __future__ import annotations

import http.server
import subprocess
import threading

import pytest
import yaml

from codesentinel.mixin.prometheus import ScrapeTarget, prometheus_config
from codesentinel.mixin.remote_write import RemoteStorage
from codesentinel.mixin.timing import local
from servers import eventually, free_port, serving, tool
from storage import victoria_metrics


def config(targets, own, remote):
    return prometheus_config(
        targets, local(1), scrape_interval_seconds=1, rule_files=[], alertmanager_address="127.0.0.1:1",
        remote_write_url=own, remote=remote,
    )  # fmt: skip


def test_promtool_accepts_every_way_to_authenticate(tmp_path):
    (tmp_path / "secret").write_text("s3cret")
    secret = str(tmp_path / "secret")
    url = "https://metrics.example/api/v1/receive"
    for number, remote in enumerate(
        (
            RemoteStorage(url),
            RemoteStorage(url, username="me", password_file=secret),
            RemoteStorage(url, bearer_token_file=secret, ca_file=secret, cluster="stack-1"),
        )
    ):
        file = tmp_path / f"{number}.yml"
        file.write_text(config([ScrapeTarget("a", "127.0.0.1:1")], "http://127.0.0.1:2/api/v1/write", remote))
        done = subprocess.run(
            [tool("prometheus", "promtool"), "check", "config", "--lint-fatal", file],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        own, external = yaml.safe_load(file.read_text())["remote_write"]
        assert (own["name"], external["name"]) == ("history", "external")
        assert "s3cret" not in file.read_text()


class Receiver:
    """Keeps the headers of what is sent to it."""

    def __init__(self):
        self.sent = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                receiver.sent.append(
                    (self.path, {name.lower(): value for name, value in self.headers.items()})
                )
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v1/receive"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def receiver():
    server = Receiver()
    yield server
    server.close()


def scraping(folder, own, remote):
    """A Prometheus that scrapes itself and writes to both."""
    port = free_port()
    file = folder / "prometheus.yml"
    file.write_text(config([ScrapeTarget("self", f"127.0.0.1:{port}")], own, remote))
    options = [
        f"--config.file={file}", f"--storage.tsdb.path={folder / 'tsdb'}", f"--web.listen-address=127.0.0.1:{port}",
        "--storage.remote.flush-deadline=1s",
    ]  # fmt: skip
    return serving("prometheus", options, f"http://127.0.0.1:{port}/-/ready")


def test_two_storages_get_every_sample_one_of_them_behind_a_password(tmp_path):
    password = tmp_path / "password"
    password.write_text("p4ssword\n")  # a file made by hand ends in a newline
    protected = ("-httpAuth.username=writer", "-httpAuth.password=p4ssword")
    with (
        victoria_metrics(tmp_path / "own") as own,
        victoria_metrics(tmp_path / "external", *protected, user="writer:p4ssword") as external,
    ):
        remote = RemoteStorage(
            f"{external.url}/api/v1/write", username="writer", password_file=str(password), cluster="stack-1"
        )
        with scraping(tmp_path, f"{own.url}/api/v1/write", remote):
            first = eventually(lambda: own.rows("up"), within=40)
            second = eventually(lambda: external.rows("up"), within=40)
            up = {"__name__": "up", "job": "self", "instance": first[0]["metric"]["instance"]}
            assert first[0]["metric"] == up
            assert second[0]["metric"] == up | {"cluster": "stack-1"}

            def is_there_too():
                (ours,), (theirs,) = own.rows("up"), external.rows("up")
                shared = set(ours["timestamps"]) & set(theirs["timestamps"])
                return len(shared) >= 3

            eventually(is_there_too, within=40)


def test_a_token_goes_to_the_storage_that_it_is_for(tmp_path, receiver):
    token = tmp_path / "token"
    token.write_text("t0ken")
    remote = RemoteStorage(receiver.url, bearer_token_file=str(token))
    with scraping(tmp_path, receiver.url.replace("receive", "own"), remote):
        eventually(
            lambda: {path for path, _ in receiver.sent} == {"/api/v1/own", "/api/v1/receive"}, within=40
        )
    for path, headers in receiver.sent:
        assert headers.get("authorization") == ("Bearer t0ken" if path == "/api/v1/receive" else None)
        assert headers["content-encoding"] == "snappy"
