"""Recording deployments in the log: by hand, around a command, and read back with the DORA keys."""

from __future__ import annotations

import json
import signal
import subprocess
import time

import pytest

from codesentinel.model.errors import NoData, Refused, UsageError
from codesentinel.operations.deploy.history import DeployLog
from codesentinel.operations.deploy.listing import deployments, recent_trouble
from codesentinel.operations.deploy.record import record
from codesentinel.operations.deploy.retire import retire
from codesentinel.render.deploy_text import deployments_text, recorded_text, retired_text
from servers import eventually
from stack_under_test import COMMAND

SHOP = {"service": "shop", "environment": "production"}


@pytest.fixture(autouse=True)
def no_ci(monkeypatch):
    """The tests may run in a CI system themselves."""
    for name in ("GITHUB_RUN_ID", "GITHUB_SHA", "CI_JOB_ID", "CI_COMMIT_SHA", "CI_COMMIT_TIMESTAMP"):
        monkeypatch.delenv(name, raising=False)


def logged(context, action):
    lines = context.memory.path("deploy").read_text().splitlines()
    return [e for e in map(json.loads, lines) if e["activity"]["action"] == action]


def deploy(context, *words, **kwargs):
    words = ("--workspace", str(context.root), "deploy", *words)
    return subprocess.run(
        [COMMAND, *words], capture_output=True, text=True, check=False, timeout=60, **kwargs
    )


def test_a_start_and_its_end_are_one_deployment(context):
    begun = record(context, **SHOP, status="started", revision="abc", started_at=time.time() - 120)
    done = record(context, **SHOP, status="success")
    assert done.deployment.id == begun.deployment.id, "the one that is open there"
    found = deployments(context)
    [one] = found.deployments
    assert (one.status, one.revision) == ("success", "abc")
    assert one.duration_seconds == pytest.approx(120, abs=5)
    [finish] = logged(context, "deployment-finish")
    assert finish["activity"]["metadata"]["service"] == "shop"
    assert finish["duration_ms"] == pytest.approx(120_000, abs=5_000)
    assert "2m" in deployments_text(found)
    assert recorded_text(done).startswith("recorded: shop to production success")


def test_the_same_end_twice_is_one_and_another_end_is_refused(context):
    record(context, **SHOP, status="success", identity="r1", revision="a")
    assert record(context, **SHOP, status="success", identity="r1").outcome == "repeated"
    assert record(context, **SHOP, status="started", identity="r1").outcome == "repeated"
    with pytest.raises(UsageError, match="has ended already: success"):
        record(context, **SHOP, status="aborted", identity="r1")
    assert record(context, **SHOP, status="rolled-back", identity="r1").outcome == "recorded"
    with pytest.raises(UsageError, match="has ended already: rolled-back"):
        record(context, **SHOP, status="success", identity="r1")
    assert len(logged(context, "deployment-finish")) == 2
    findings, source = recent_trouble(context, time.time())
    assert source.judged
    assert [f.kind for f in findings] == ["deployment.failed"]


def test_what_git_and_the_ci_system_say_is_taken(context, monkeypatch):
    git = ["git", "-C", str(context.root), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    when = {"GIT_COMMITTER_DATE": "2026-11-01T10:00:00+00:00", "PATH": "/usr/bin:/bin"}
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], check=True, env=when)
    head = subprocess.run(
        [*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()
    one = record(context, **SHOP, status="success").deployment
    assert (one.revision, one.commit_at) == (head, 1793527200.0)
    monkeypatch.setenv("GITHUB_RUN_ID", "4711")
    monkeypatch.setenv("GITHUB_RUN_ATTEMPT", "2")
    monkeypatch.setenv("GITHUB_SHA", head)
    one = record(context, **SHOP, status="started").deployment
    assert (one.id, one.revision, one.commit_at) == ("github-4711-2-shop-production", head, 1793527200.0)
    monkeypatch.delenv("GITHUB_RUN_ID")
    monkeypatch.delenv("GITHUB_SHA")
    monkeypatch.setenv("CI_JOB_ID", "12")
    monkeypatch.setenv("CI_COMMIT_SHA", "f" * 40)
    monkeypatch.setenv("CI_COMMIT_TIMESTAMP", "2026-11-02T11:00:00+01:00")
    one = record(context, **SHOP, status="started").deployment
    assert (one.id, one.revision, one.commit_at) == ("gitlab-12-shop-production", "f" * 40, 1793613600.0)
    assert record(context, **SHOP, status="started", revision="--output=x").deployment.commit_at is None


@pytest.mark.parametrize(
    ("words", "exit_status", "status"),
    [
        (("true",), 0, "success"),
        (("sh", "-c", "exit 7"), 7, "failed"),
        (("sh", "-c", "kill -9 $$"), 137, "failed"),
        (("sh", "-c", "kill -15 $$"), 143, "aborted"),
    ],
)
def test_a_command_is_run_and_its_exit_status_handed_on(context, words, exit_status, status):
    done = deploy(context, "record", "--service", "shop", "--", *words)
    assert done.returncode == exit_status, done.stderr
    [one] = deployments(context).deployments
    assert one.status == status
    assert len(logged(context, "deployment-start")) == len(logged(context, "deployment-finish")) == 1


def test_the_output_of_the_command_stays_apart_from_ours(context):
    done = deploy(context, "record", "--service", "shop", "--json", "--", "echo", "--json", "of the command")
    document = json.loads(done.stdout)
    assert document["data"]["deployment"]["status"] == "success"
    assert "--json of the command" in done.stderr


def test_ctrl_c_and_sigterm_reach_the_command_and_the_end_is_on_record(context):
    words = (
        "record",
        "--service",
        "shop",
        "--",
        "sh",
        "-c",
        "trap 'exit 3' TERM; touch running; while :; do sleep 0.05; done",
    )
    child = subprocess.Popen(
        [COMMAND, "--workspace", str(context.root), "deploy", *words],
        cwd=context.root,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually((context.root / "running").exists)
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=30) == 3, "the command decides what becomes of the signal"
    finally:
        child.kill()
        child.wait()
    assert deployments(context).deployments[0].status == "failed"


def test_a_command_that_cannot_be_run_is_a_deployment_that_failed(context):
    done = deploy(context, "record", "--service", "shop", "--", "./no-such-script")
    assert done.returncode == 2
    assert "cannot run ./no-such-script: No such file" in done.stderr
    assert deployments(context).deployments[0].status == "failed"


def test_a_log_that_takes_nothing_fails_the_record_and_never_the_command(context):
    folder = context.root / "docs" / "domains"
    folder.mkdir(parents=True)
    (folder / "deploy").write_text("a file where the folder should be")
    done = deploy(context, "record", "--service", "shop", "--status", "success")
    assert done.returncode == 1
    assert "not recorded" in done.stderr
    done = deploy(context, "record", "--service", "shop", "--", "true")
    assert done.returncode == 0, done.stderr
    assert "NOT recorded" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "no service given"),
        (("--service", "shop"), "no status given"),
        (("--service", "shop", "--status", "fine"), "not a status: 'fine'"),
        (("--service", "a\nb", "--status", "failed"), "not a name of a service"),
        (("--service", "shop", "--status", "failed", "--", "true"), "leave out --status"),
        (
            ("--service", "s", "--status", "failed", "--started-at", "5m", "--finished-at", "9m"),
            "before it began",
        ),
    ],
)
def test_wrong_use_is_told_and_nothing_is_recorded(context, words, message):
    done = deploy(context, "record", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert not DeployLog(context).catch_up()


def test_foreign_text_is_escaped(context):
    record(context, **SHOP, status="success", revision="\x1b[31mred", identity="caf\u00e9")
    text = deployments_text(deployments(context))
    assert text.isascii()
    assert "\x1b" not in text


def test_archived_deployments_still_count(context):
    from codesentinel.operations.memory_log import archive

    for number in range(3):
        record(context, **SHOP, status="success", identity=f"r{number}")
    following = DeployLog(context)
    assert len(following.catch_up()) == 3
    archive(context, domains=("deploy",), keep_seconds=0.0)
    record(context, **SHOP, status="success", identity="r3")
    assert [c.deployment.id for c in following.catch_up()] == ["r3"], "who was reading goes on"
    assert deployments(context).total == 4, "who begins now reads the archive too"


def test_retiring_asks_first_and_keeps_the_log(context):
    record(context, **SHOP, status="failed")
    with pytest.raises(Refused, match="not confirmed"):
        retire(context, **SHOP, local_only=True)
    with pytest.raises(Refused, match="not confirmed"):
        retire(context, **SHOP, local_only=True, confirms=lambda question: "1 deployments" not in question)
    assert deployments(context).total == 1
    done = retire(context, **SHOP, local_only=True, reason="moved", confirms=lambda _: True)
    assert "1 deployments" in retired_text(done)
    assert deployments(context).total == 0
    assert logged(context, "deployment-retire")[0]["activity"]["metadata"]["reason"] == "moved"
    with pytest.raises(NoData):
        retire(context, **SHOP, local_only=True, confirms=lambda _: True)
