"""Hosts of a fleet for tests: workspaces, collectors as children, and what stands in a store."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

from pyarrow import parquet

from codesentinel.config.settings import Collect, Settings
from codesentinel.operations.base import Context
from codesentinel.store.object_names import partition_of
from codesentinel.store.session_memory import SessionMemory
from unmeasured import UNMEASURED

QUICK = Collect(flush_seconds=0.2, longest_pause_seconds=0.2, stop_seconds=20.0)


def host(folder, name, collect=QUICK, **settings):
    """A context in the workspace of a host."""
    root = folder / name
    (root / ".git").mkdir(parents=True, exist_ok=True)
    told: list[str] = []
    return Context(
        root,
        Settings(collect=collect._replace(host_name=name), **settings),
        SessionMemory(root, session_id="s", agent_id=name),
        told.append,
    )


def happen(context, count, domain="shop", *, first=0, **metadata):
    """So many events."""
    for number in range(first, first + count):
        activity = {"action": "ordered", "duration_ms": 1.5, "metadata": {"n": number, **metadata}}
        assert context.memory.log_domain_activity(domain, activity)


def ids_in_log(context, domain="shop"):
    """The ids of everything that was written."""
    return [json.loads(line)["id"] for line in context.memory.path(domain).read_bytes().splitlines()]


def rows_of(contents):
    """Name to content: all rows, each with the domain, the day and the host that its name says."""
    found = []
    for name, content in sorted(contents.items()):
        partition = partition_of(name)
        if partition:
            found += [
                {**row, **partition._asdict()} for row in parquet.read_table(io.BytesIO(content)).to_pylist()
            ]
    return found


def in_folder(folder):
    """Name to content, of a store that is a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.parquet")}


def in_bucket(store):
    """Name to content, of a store that speaks S3."""
    return {key.removeprefix("records/"): content for key, (content, _) in list(store.objects.items())}


@contextmanager
def collector(context, to, *options, **environment):
    """``codesentinel collect`` as a child in the workspace of a host; ended by SIGTERM."""
    variables = {
        "CODESENTINEL_COLLECT_HOST_NAME": context.settings.collect.host_name,
        "CODESENTINEL_COLLECT_FLUSH_SECONDS": "0.2",
        "CODESENTINEL_COLLECT_LONGEST_PAUSE_SECONDS": "0.2",
        **environment,
    }
    command = [sys.executable, "-m", "codesentinel", "collect", "--workspace", str(context.root), "--to", to]
    child = subprocess.Popen(
        [*command, *options],
        env={**UNMEASURED, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
        try:
            child.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.kill(child.pid, signal.SIGKILL)
            child.communicate()
