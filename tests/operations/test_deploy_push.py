"""Deployments pushed to a real Pushgateway are recorded once each, whatever is restarted in between."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
import yaml

from codesentinel.act.push import push_deployment
from codesentinel.capture.pushgateway import pushed_groups
from codesentinel.config.settings import Settings, Sources
from codesentinel.mixin.prometheus import ScrapeTarget, prometheus_config
from codesentinel.mixin.timing import local
from codesentinel.model.deployment import RUN_JOB, Deployment
from codesentinel.model.errors import BadAnswer, LogUnwritable, NoData, Unreachable
from codesentinel.operations.deploy.ingest import Ingester, ingest
from codesentinel.operations.deploy.listing import deployments
from codesentinel.operations.deploy.record import record
from codesentinel.operations.deploy.retire import retire
from servers import eventually, free_port, get, serving
from stack_under_test import COMMAND

SHOP = {"service": "shop", "environment": "production"}
CI = Path(__file__).parents[2] / "infrastructure" / "ci"


class Gateway:
    """A Pushgateway that keeps its data, and can be stopped and started."""

    def __init__(self, folder):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._file = folder / "metrics"
        self._running = contextlib.ExitStack()

    def start(self):
        options = [f"--web.listen-address=127.0.0.1:{self.port}", f"--persistence.file={self._file}"]
        self._running.enter_context(serving("pushgateway", options, f"{self.url}/-/ready"))

    def stop(self):
        self._running.close()

    def jobs(self):
        return sorted(group.key["job"] for group in pushed_groups(self.url, timeout_seconds=5))


@pytest.fixture
def gateway(tmp_path):
    server = Gateway(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def here(context, gateway):
    """The workspace, which reads this gateway."""
    return context.but(settings=Settings(sources=Sources(pushgateway_url=gateway.url)))


def pushed(context, gateway, number, status="success", **facts):
    told = record(context, **SHOP, status=status, identity=f"r{number}", push_url=gateway.url, **facts)
    assert told.outcome == "pushed"
    return told.deployment


def recorded(context):
    return sorted((one.id, one.status) for one in deployments(context).deployments)


def test_three_within_one_interval_are_three_once_each_also_after_a_restart_of_either_side(here, gateway):
    for number, status in ((1, "success"), (2, "failed"), (3, "success")):
        pushed(here, gateway, number, "started", revision=f"rev{number}")
        pushed(here, gateway, number, status, revision=f"rev{number}")
    assert recorded(here) == [], "nothing is recorded where it was pushed"
    gateway.stop()
    gateway.start()
    first = Ingester(here)
    done = first.run()
    assert (done.recorded, done.deleted, done.waiting) == (3, 3, 0)
    expected = [("r1", "success"), ("r2", "failed"), ("r3", "success")]
    assert recorded(here) == expected
    again = first.run()
    assert (again.recorded, again.deleted) == (0, 0)
    assert ingest(here).recorded == 0, "a new process knows it from the log"
    gateway.stop()
    gateway.start()
    assert ingest(here).recorded == 0
    assert recorded(here) == expected
    assert gateway.jobs() == ["deployment"], "the latest is still shown"


def test_being_cut_off_between_the_record_and_the_deletion_repeats_nothing(here, gateway, monkeypatch):
    pushed(here, gateway, 1)

    def cut_off(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("codesentinel.operations.deploy.ingest.delete_group", cut_off)
        with pytest.raises(KeyboardInterrupt):
            Ingester(here).run()
    assert gateway.jobs() == ["deployment", "deployment-run"]
    done = Ingester(here).run()
    assert (done.recorded, done.deleted) == (0, 1)
    assert recorded(here) == [("r1", "success")]


def test_nothing_is_deleted_that_is_not_on_record(here, gateway):
    pushed(here, gateway, 1)
    folder = here.root / "docs" / "domains" / "deploy"
    before = folder.rename(folder.with_name("away"))
    folder.write_text("a file where the folder should be")
    source = Ingester(here)
    source._log.catch_up = list
    with pytest.raises(LogUnwritable):
        source.run()
    assert gateway.jobs() == ["deployment", "deployment-run"]
    folder.unlink()
    before.rename(folder)
    assert ingest(here).recorded == 1


def test_a_start_waits_for_its_end_and_many_runners_push_at_once(here, gateway):
    pushed(here, gateway, 0, "started", started_at=1_790_000_000.0)
    done = ingest(here)
    assert (done.recorded, done.deleted, done.waiting) == (1, 0, 1)
    runners = [threading.Thread(target=pushed, args=(here, gateway, n)) for n in range(1, 13)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    pushed(here, gateway, 0, "success", started_at=1_790_000_000.0, finished_at=1_790_000_300.0)
    assert ingest(here).recorded == 13
    assert ingest(here).recorded == 0
    found = {one.id: one for one in deployments(here, since=1.0).deployments}
    assert len(found) == 13
    assert found["r0"].duration_seconds == 300


def test_a_group_that_a_person_pushed_by_the_key_of_the_service_counts_too(here, gateway):
    body = (
        "# TYPE codesentinel_pushed_deployment_info gauge\n"
        'codesentinel_pushed_deployment_info{run="by-hand",revision="a",status="success"} 1\n'
        "# TYPE codesentinel_pushed_deployment_finish_timestamp_seconds gauge\n"
        "codesentinel_pushed_deployment_finish_timestamp_seconds 1.79e9\n"
    )
    url = f"{gateway.url}/metrics/job/deployment/service/shop/environment/production"
    urllib.request.urlopen(urllib.request.Request(url, body.encode(), method="PUT"), timeout=5).close()
    other = f"{gateway.url}/metrics/job/backup"
    urllib.request.urlopen(urllib.request.Request(other, b"x 1\n", method="PUT"), timeout=5).close()
    odd = body.replace("success", "perhaps").encode()
    url = f"{gateway.url}/metrics/job/deployment/service/odd"
    urllib.request.urlopen(urllib.request.Request(url, odd, method="PUT"), timeout=5).close()
    assert ingest(here).recorded == 1
    assert [one.finished_at for one in deployments(here, since=1.0).deployments] == [1.79e9]


@pytest.mark.parametrize("name", ["a/b c", 'caf\u00e9 "q" \\', "plain", "a+b%2F"])
def test_any_name_survives_the_way(here, gateway, name):
    told = record(
        here,
        service=name,
        environment="x y/z",
        status="failed",
        identity=name,
        revision=name,
        push_url=gateway.url,
    )
    ingest(here)
    [one] = deployments(here).deployments
    assert (one.id, one.service, one.environment, one.revision) == (
        name,
        name,
        "x y/z",
        told.deployment.revision,
    )
    assert gateway.jobs() == ["deployment"]


def test_a_push_that_fails_is_told_and_fails_nothing(context):
    url = f"http://user:secret@127.0.0.1:{free_port()}"
    assert record(context, **SHOP, status="success", push_url=url).outcome == "lost"
    told = context.tell.__self__
    assert "the deployment was not pushed" in told[-1]
    assert "secret" not in "".join(told)
    assert "secret" not in context.memory.path("deploy").read_text()
    with pytest.raises(Unreachable):
        ingest(context, url=url)


def test_what_is_no_pushgateway_is_told(context, tmp_path):
    port = free_port()
    options = [f"-httpListenAddr=127.0.0.1:{port}", f"-storageDataPath={tmp_path / 'vm'}"]
    with serving("victoria-metrics", options, f"http://127.0.0.1:{port}/health"):
        with pytest.raises(BadAnswer):
            ingest(context, url=f"http://127.0.0.1:{port}")
        with pytest.raises(BadAnswer, match="answered 4"):
            push_deployment(f"http://127.0.0.1:{port}", Deployment("r", "s", "e"), timeout_seconds=5)


def test_retiring_takes_what_waits_and_deletes_the_groups(here, gateway):
    pushed(here, gateway, 1)
    record(here, service="blog", environment="production", status="success", push_url=gateway.url)
    done = retire(here, **SHOP, confirms=lambda _: True)
    assert (done.deployments, done.groups) == (1, 1)
    assert [g.key["service"] for g in pushed_groups(gateway.url, timeout_seconds=5)] == ["blog"]
    assert ingest(here).recorded == 0
    assert [one.service for one in deployments(here).deployments] == ["blog"]
    with pytest.raises(NoData):
        retire(here, **SHOP, confirms=lambda _: True)


def snippet(gateway, *words, **variables):
    env = {"PATH": os.environ["PATH"], "PUSHGATEWAY_URL": gateway.url, **variables}
    return subprocess.run(
        ["sh", CI / "push-deployment.sh", *words],
        env=env, cwd=variables.get("TMPDIR"), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_the_script_for_ci_runners_tells_the_same(here, gateway, tmp_path):
    github = {
        "GITHUB_RUN_ID": "4711", "GITHUB_REPOSITORY": "us/shop", "GITHUB_SHA": "a" * 40, "GITHUB_JOB": "deploy",
        "TMPDIR": str(tmp_path), "DEPLOY_COMMIT_TIME": "1790000000",
    }  # fmt: skip
    gitlab = {
        "CI_JOB_ID": "12", "CI_PROJECT_PATH": "us/blog", "CI_COMMIT_SHA": "b" * 40, "TMPDIR": str(tmp_path),
        "CI_ENVIRONMENT_NAME": 'review/"x" y', "CI_COMMIT_TIMESTAMP": "2026-11-02T11:00:00+01:00",
    }  # fmt: skip
    for variables in (github, gitlab):
        done = snippet(gateway, "started", **variables)
        assert (done.returncode, done.stderr) == (0, "")
    assert ingest(here).waiting == 2
    for variables, status in ((github, "success"), (gitlab, "canceled")):
        done = snippet(gateway, status, **variables)
        assert (done.returncode, done.stderr) == (0, "")
    done = ingest(here)
    assert (done.recorded, done.deleted) == (2, 2)
    found = {one.service: one for one in deployments(here).deployments}
    shop, blog = found["shop"], found["blog"]
    assert (shop.id, shop.status, shop.commit_at) == (
        "github-4711-1-deploy-shop-production",
        "success",
        1.79e9,
    )
    assert shop.duration_seconds is not None
    assert (blog.status, blog.environment, blog.commit_at) == ("aborted", 'review/"x" y', 1793613600.0)
    assert list(tmp_path.glob("deployment-*")) == []


@pytest.mark.parametrize(
    ("words", "variables", "message"),
    [
        (("perhaps",), {}, "not a status"),
        (("started",), {"PUSHGATEWAY_URL": ""}, "PUSHGATEWAY_URL is not set"),
        (("started",), {"DEPLOY_ID": "1"}, "DEPLOY_SERVICE is not set"),
        (("started",), {"DEPLOY_SERVICE": "shop"}, "DEPLOY_ID is not set"),
        (
            ("started",),
            {"DEPLOY_SERVICE": "s", "DEPLOY_ID": "1", "PUSHGATEWAY_URL": "http://127.0.0.1:1"},
            "curl ended",
        ),
    ],
)
def test_the_script_never_fails_a_deployment(gateway, tmp_path, words, variables, message):
    done = snippet(gateway, *words, **{"TMPDIR": str(tmp_path), **variables})
    assert done.returncode == 0
    assert f"warning: the deployment was not pushed: {message}" in done.stderr


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml"])
def test_the_snippets_are_yaml_and_call_the_script_that_is_there(name):
    text = (CI / name).read_text()
    document = json.dumps(yaml.safe_load(text))
    assert document.count("sh infrastructure/ci/push-deployment.sh") == 2
    assert (CI / "push-deployment.sh").exists()


@contextlib.contextmanager
def exporting(root, gateway):
    """``codesentinel metrics serve`` on a free port, which ingests from the gateway by itself."""
    port = free_port()
    words = ["--workspace", str(root), "metrics", "serve", "--port", str(port)]
    env = {**os.environ, "CODESENTINEL_SOURCES_PUSHGATEWAY_URL": gateway.url}
    child = subprocess.Popen([COMMAND, *words], env=env, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: get(f"http://127.0.0.1:{port}/-/ready"), within=30)
        yield f"127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait(timeout=20)


def test_prometheus_sees_an_increase_of_three_and_none_of_the_groups_that_wait(here, gateway, tmp_path):
    """A counter that is born at 3 shows no increase; ours is born at 0."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"

    def value(query):
        answer = json.loads(get(f"{url}/api/v1/query?query={urllib.parse.quote(query)}"))
        return [float(row["value"][1]) for row in answer["data"]["result"]]

    with exporting(here.root, gateway) as exporter:
        targets = [
            ScrapeTarget("codesentinel", exporter),
            ScrapeTarget("pushgateway", f"127.0.0.1:{gateway.port}", honor_labels=True, drop_jobs=(RUN_JOB,)),
        ]
        config = prometheus_config(
            targets, local(1), scrape_interval_seconds=1, rule_files=[], alertmanager_address="127.0.0.1:1",
            remote_write_url="http://127.0.0.1:1/write",
        )  # fmt: skip
        (tmp_path / "prometheus.yml").write_text(config)
        options = [
            f"--config.file={tmp_path / 'prometheus.yml'}", f"--storage.tsdb.path={tmp_path / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ]  # fmt: skip
        with serving("prometheus", options, f"{url}/-/ready"):
            eventually(lambda: value("up") == [1, 1], within=40)
            for number in range(3):
                pushed(here, gateway, number)
            pushed(here, gateway, 9, "started")
            total = 'codesentinel_deployments_total{status="success"}'
            eventually(lambda: value(total) == [3], within=40)
            assert value(f"min_over_time({total}[1m])") == [0]
            eventually(
                lambda: value('codesentinel_pushed_deployment_info{job="deployment"}') == [1], within=20
            )
            assert value('{job="deployment-run"}') == []
            eventually(lambda: value("codesentinel_deployment_unfinished_timestamp_seconds"), within=20)
    with exporting(here.root, gateway) as exporter:
        text = get(f"http://{exporter}/metrics").decode()
        assert (
            'codesentinel_deployments_total{environment="production",service="shop",status="success"} 3.0'
            in text
        )
    assert len(recorded(here)) == 4
