"""Workspaces that earlier versions wrote are read, written on, and judged by this one."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from codesentinel.store.index_schema import VERSION
from unmeasured import UNMEASURED

FORMATS = Path(__file__).parent / "formats"
LOG, INDEX_1, INDEX_2 = "2026-11-23-log", "2026-11-24-chain-and-index-1", "2026-11-25-index-2"
EVENTS = {LOG: 6, INDEX_1: 19, INDEX_2: 33}
SINCE = "2026-11-01T00:00:00Z"


@pytest.fixture(params=sorted(EVENTS))
def old(request, tmp_path):
    """A workspace as it was left, and the name of its format."""
    with tarfile.open(FORMATS / f"{request.param}.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    return request.param, tmp_path


def ask(workspace, *words, status=0):
    """What a command answers in JSON."""
    command = [sys.executable, "-m", "codesentinel", *words, "--json", "--quiet"]
    done = subprocess.run(
        command, cwd=workspace, env=UNMEASURED, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout)


def lines(workspace):
    """Every line of the logs that are not archived."""
    logs = sorted(workspace.glob("docs/domains/*/history.jsonl"))
    return [line for path in logs for line in path.read_bytes().splitlines()]


def breaks(workspace):
    """Where the chains of the logs are broken."""
    return [fault for one in ask(workspace, "memory", "verify")["data"]["domains"] for fault in one["breaks"]]


def test_every_format_has_its_files():
    assert {path.name.removesuffix(".tar.gz") for path in FORMATS.glob("*.gz")} == set(EVENTS)
    newest = max(EVENTS)
    assert newest.endswith(f"-index-{VERSION}"), "the index has a new schema: keep files of the one before"


def test_the_log_is_whole_and_goes_on(old):
    name, workspace = old
    before = lines(workspace)
    assert len(ask(workspace, "memory", "log", "--limit", "0")["data"]["events"]) == EVENTS[name]
    assert breaks(workspace) == []
    after = lines(workspace)
    assert [line for line in after if line in before] == before, "what was there has changed"
    assert len(after) > len(before)
    assert breaks(workspace) == []


def test_what_was_archived_or_never_chained_is_found(old):
    _, workspace = old
    assert len(ask(workspace, "memory", "search", "shöp")["data"]["hits"]) == 5
    events = ask(workspace, "memory", "log", "--domain", "stack", "--limit", "0")["data"]["events"]
    assert [event["record"]["activity"]["metadata"]["n"] for event in events] == [0, 1, 2, 3, 4]


def test_the_index_is_made_anew_or_taken_on(old):
    _, workspace = old
    ask(workspace, "memory", "index", "stats")
    assert ask(workspace, "memory", "index", "verify")["data"]["wrong"] == []


def test_deployments_are_judged(old):
    name, workspace = old
    found = ask(workspace, "deploy", "list", "--since", SINCE)["data"]["deployments"]
    assert [one["status"] for one in found if one["status"] != "started"] == (
        [] if name == LOG else ["failed", "success"]
    )


@pytest.mark.parametrize("old", [INDEX_1, INDEX_2], indirect=True)
def test_recorded_processes_are_replayed(old):
    _, workspace = old
    (samples,) = (workspace / ".codesentinel/process").glob("samples-*.jsonl")
    last = json.loads(samples.read_text().splitlines()[-1])
    answer = ask(workspace, "memory", "process", "anomalies", "--at", str(last.get("timestamp")))
    assert answer["data"]["scanned"] >= 2


@pytest.mark.parametrize("old", [INDEX_2], indirect=True)
def test_procedures_and_profiles_are_known(old):
    _, workspace = old
    lock = (workspace / "satellites.lock").read_text()
    (procedure,) = ask(workspace, "satellites", "health")["data"]["procedures"]
    assert (procedure["id"], procedure["runs"], procedure["failures"]) == ("root/PROC-1", 2, 1)
    assert procedure["feedback"]["clarity"] is not None
    ask(workspace, "satellites", "pin")
    assert (workspace / "satellites.lock").read_text() == lock
    (profile,) = ask(workspace, "profile", "list")["data"]["profiles"]
    assert profile["samples"] == 40
