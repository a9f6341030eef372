"""From logs into the buffer: block by block, each domain in its turn, never more than the buffer takes."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.errors import Failed
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.timestamp import rfc3339
from codesentinel.store.event_table import dated_tables
from codesentinel.store.log_source import LONGEST_LINE_BYTES, LogSource, Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codesentinel.config.fleet import Collect
    from codesentinel.operations.collect.metrics import CollectMetrics
    from codesentinel.store.spool import Spool

_DOMAIN = re.compile(r"[a-z][a-z0-9_-]{0,63}").fullmatch


class Workspace(NamedTuple):
    """A workspace whose log is read: its root, and what stands before its domains in the state."""

    root: str
    prefix: str = ""

    @property
    def name(self) -> str:
        """How records tell it."""
        return os.path.basename(self.root) or self.root


class _Log(NamedTuple):
    """The log of one domain of one workspace."""

    workspace: Workspace
    domain: str

    @property
    def key(self) -> str:
        """What the state knows it by."""
        return f"{self.workspace.prefix}{self.domain}"

    @property
    def name(self) -> str:
        """What people know it by."""
        return f"{self.workspace.name}/{self.domain}"


class Reading:
    """Reads the logs of workspaces into a spool.

    Args:
        workspaces: whose logs.
        settings: how much at a time, and how much may wait.
        host: whose records these are.
        spool: what was read and is not delivered.
        metrics: are told what is read and dropped.
        told: takes each finding.
    """

    def __init__(  # noqa: PLR0917 - the parts of one loop
        self,
        workspaces: Sequence[Workspace],
        settings: Collect,
        host: str,
        spool: Spool,
        metrics: CollectMetrics,
        told: Callable[[Finding], None],
    ) -> None:
        self._workspaces = workspaces
        self._settings = settings
        self._host = host
        self._spool = spool
        self._metrics = metrics
        self._told = told
        self._only = frozenset(settings.domains.split())
        self._logs: dict[_Log, LogSource] = {}

    def read_on(self, told_to_stop: Callable[[], bool]) -> bool:
        """Read what the logs gained; whether that was all, or the buffer is full and the rest waits."""
        began = time.time()
        self._look_for_logs()
        waiting = list(self._logs)
        while waiting:
            again = []
            for log in waiting:
                if told_to_stop() or self._spool.size_bytes >= self._settings.buffer_bytes:
                    return False
                if self._read(log):
                    again.append(log)
            waiting = again
        self._metrics.read_through(began, self._spool)
        return True

    def close(self) -> None:
        """Let go of the files."""
        for source in self._logs.values():
            source.close()

    def _look_for_logs(self) -> None:
        """Those that were removed stay open, and are read to their end."""
        for workspace in self._workspaces:
            for domain in domains_of(workspace.root):
                log = _Log(workspace, domain)
                if log not in self._logs and (not self._only or domain in self._only):
                    mark = self._spool.marks.get(log.key)
                    self._logs[log] = LogSource(workspace.root, domain, mark)

    def _read(self, log: _Log) -> bool:
        """One block of one log; whether there is more."""
        try:
            block = self._logs[log].read(self._settings.block_bytes)
        except OSError as exc:
            raise Failed(
                f"the log of {log.domain} cannot be read: {exc.strerror or exc}", hint="mend its permissions"
            ) from exc
        if block.gap:
            self._metrics.gap()
            self._told(_gap(log, block.gap))
        if block.too_long:
            self._metrics.dropped("too_long", block.too_long)
            self._told(_too_long(log, block.too_long))
        lines = [line for line in block.lines if line]
        if lines or block.mark != self._spool.marks.get(log.key, Mark()):
            now = rfc3339(time.time())
            tables = dated_tables(lines, workspace=log.workspace.name, collected_at=now) if lines else []
            self._spool.put(log.key, (log.domain, self._host), tables, block.mark)
        return block.more


def _gap(log: _Log, why: str) -> Finding:
    return Finding(
        kind="collect.gap",
        subject=log.name,
        severity=Severity.P2,
        summary=f"records of {log.domain} may be missing in the fleet: {why}",
        action="codesentinel memory verify",
        source="collect",
    )


def _too_long(log: _Log, records: int) -> Finding:
    return Finding(
        kind="collect.too_long",
        subject=log.name,
        severity=Severity.P2,
        summary=f"{records} record of {log.domain} is not delivered: over {LONGEST_LINE_BYTES} bytes long",
        action="read it in the log of its host",
        source="collect",
        evidence={"records": records},
    )


def domains_of(root: str) -> list[str]:
    """The domains of a workspace, in order; a folder that is none of our naming is passed over."""
    folder = os.path.join(root, "docs", "domains")
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted(name for name in names if _DOMAIN(name) and os.path.isdir(os.path.join(folder, name)))
