"""What a reader has and pages take for granted: two workspaces, history, a busy program, other servers, ids."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import instructions
from bulk_server import cluster
from cloudwatch_server import CloudWatchServer, aws_environment
from codesentinel.act.history import import_series
from codesentinel.store.session_memory import SessionMemory
from documented import ROOT
from grafana_server import TOKEN, running_grafana
from procedure_events import put_all, runs_of
from reader_files import a_month, copy_configuration, two_arms, write_canary, write_tables
from servers import free_port, tool
from stack_under_test import is_alive
from web_services import SERVICES, running

if TYPE_CHECKING:
    import contextlib

    from newcomer import Newcomer

METRICS = [
    ("AWS/EC2", "CPUUtilization", (("InstanceId", "i-0abc"),)),
    *(("AWS/Lambda", "Duration", (("FunctionName", f"f{n}"),)) for n in range(3)),
]

WORKER = """
import time

def price(n):
    return sum(i * i for i in range(n))

def work():
    while True:
        price(20_000)
        time.sleep(0.02)

print("ready", flush=True)
work()
"""
"""Busy for a tenth of the time: it runs beside everything else that is tried."""


class Reader:
    """Somebody with a running stack who tries every page; ``means`` says what names in pages stand for here."""

    def __init__(self, newcomer: Newcomer, folder: Path, held: contextlib.ExitStack) -> None:
        self.newcomer, self.root, self.project = newcomer, newcomer.root, folder / "project"
        self.environment = {**newcomer.environment}
        tools = [tool("prometheus", "promtool"), tool("alertmanager", "amtool")]
        folders = [self.root / ".venv/bin", *(path.parent for path in tools)]
        self.environment["PATH"] = ":".join([*map(str, folders), self.environment["PATH"]])
        self.means: dict[str, str] = {}
        self.typed: set[tuple[Path, str]] = set()
        self.settings: dict[str, dict[str, str]] = {}
        self._servers(folder, held)
        self._procedures()
        write_tables(self.root)
        copy_configuration(self.root)
        storage = newcomer.url("victoria-metrics")
        import_series(storage, a_month() + two_arms(), timeout_seconds=60)
        memory = SessionMemory(self.root)  # some alert was told of, whichever page is read first
        memory.log_domain_activity("alerts", {"action": "firing", "metadata": {"alertname": "TargetDown"}})
        self._folder, self._held = folder, held
        self._busy()
        self._profiles_and_keys()

    def _busy(self) -> None:
        """A program at work, which pages call 4711; some page ends it."""
        program = self._folder / "worker.py"
        program.write_text(WORKER)
        worker = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE)
        self._held.callback(worker.communicate)
        self._held.callback(worker.kill)
        worker.stdout.readline()
        pid = str(worker.pid)
        self.run("memory", "process", "snapshot")
        detail = self.data("memory", "process", "detail", "--pid", pid)
        self.means |= {"4711:58836-b61a": detail["process"]["handle"], "4711": pid}

    def _servers(self, folder: Path, held: contextlib.ExitStack) -> None:
        grafana = held.enter_context(running_grafana())
        elastic = held.enter_context(cluster())
        amazon = held.enter_context(CloudWatchServer(METRICS, lambda *_: 1.0).running())
        (folder / "service").mkdir()
        service = held.enter_context(running(SERVICES["fastapi"], folder / "service"))
        token = Path(self.environment["HOME"]) / ".grafana-token"
        token.write_text(TOKEN)
        token.chmod(0o600)
        self.means |= {
            "http://grafana:3000": grafana.url,
            "https://elastic.example:9200": f"http://127.0.0.1:{elastic.port}",
            "http://prometheus:9090": self.newcomer.url("prometheus"),
            "http://127.0.0.1:8000": service.url,
            "memory process record": f"memory process record --workspace {self.project}",
            "--port 8702": f"--port {free_port()}",
            "s3://records/prod": str(folder / "records"),
        }
        history = self.newcomer.url("victoria-metrics")
        self.settings["docs/how-to/read-cloudwatch.md"] = aws_environment(folder, amazon)
        self.settings["docs/how-to/judge-a-canary.md"] = {"CODESENTINEL_SOURCES_PROMETHEUS_URL": history}

    def _procedures(self) -> None:
        """A workspace that is no clone of ours, with instructions for agents and runs of them."""
        (self.project / ".git").mkdir(parents=True)
        (self.project / "Makefile").write_text("test release:\n\t@echo fine\n")
        instructions.write(self.project)
        self.run("satellites", "pin", cwd=self.project)
        put_all(self.project, runs_of(12, 4, agent="claude-code", at=time.time() - 86400))
        run = self.run("satellites", "start", "github/PROC-1", "--id-only", cwd=self.project).strip()
        self.run("satellites", "finish", run, "--status", "Success", cwd=self.project)
        self.means["0192a1b2-0000-7000-8000-000000000000"] = run

    def _profiles_and_keys(self) -> None:
        """Profiles before and after a deployment, files of other profilers, and what the log's records are called."""
        record = ("profile", "record", "--pid", self.means["4711"], "--service", "shop", "--duration", "1s")
        self.run(*record, "--revision", "1f3a")
        self.run("deploy", "record", "--service", "shop", "--", "true")
        self.run(*record, "--revision", "77b0")
        profiles = self.data("profile", "list")["profiles"]
        for name in ("old", "new", "cpu"):
            self.run("profile", "export", "latest", f"{name}.pprof", "--format", "pprof")
        attack = subprocess.run(
            [self.root / ".venv/bin/calamum", "test", "--target", "event-log/torn-tail", "--json"],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            check=False,
        )
        stack = next(one for one in self.data("memory", "verify")["domains"] if one["domain"] == "stack")
        now = dt.datetime.now(dt.UTC)
        self.means |= {
            "20261124-101500-3f1c": json.loads(attack.stdout)["data"]["run"],
            "2026Q4": f"{now.year}Q{(now.month + 2) // 3}",
            "3f2a 90bc": " ".join(one["id"] for one in profiles[:2]),
            "get KEY": f"get {self.data('memory', 'index', 'scan', 'deploy')['rows'][0]['key']}",
            "stack/restarted/2026-11-24": f"stack/started/{now.date()}",
            "stack=89fad84d08295cbd6fdd573d25ec8a2f": f"stack={stack['head']}",
            "2026-11-24T10:00:00+00:00": (now - dt.timedelta(minutes=20)).isoformat(timespec="seconds"),
            "2026-11-24T12:00:00+00:00": (now + dt.timedelta(minutes=20)).isoformat(timespec="seconds"),
            "2026-11-24T10:15:00+00:00": now.isoformat(timespec="seconds"),
        }

    def run(self, *words: str, cwd: Path | None = None) -> str:
        """What ``codesentinel WORDS`` prints; it has to succeed."""
        done = subprocess.run(
            [self.root / ".venv/bin/codesentinel", *words],
            cwd=cwd or self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def data(self, *words: str):
        """The ``data`` of a command's JSON."""
        return json.loads(self.run(*words, "--json"))["data"]

    def opens(self, page: str) -> None:
        """What a page says to write before its commands, and a program that lives."""
        if not is_alive(int(self.means["4711"])):
            self._busy()
        if page in ("docs/how-to/judge-a-canary.md", "docs/how-to/release-a-canary.md"):
            write_canary(self.root, ROOT / page)

    def said(self, command: str) -> str:
        """The command with what its names stand for here."""
        known = "|".join(re.escape(name) for name in sorted(self.means, key=len, reverse=True))
        return re.sub(rf"(?<!\w)(?:{known})(?!\w)", lambda found: self.means[found[0]], command)
