"""One attempt to end a process, step by step: read, guard, ask, check again, record, signal, wait.

The order matters. The descriptor is opened before anything is read, so that what is read belongs to the
process that will be signalled; the intent is on disk before the first signal leaves.
"""

from __future__ import annotations

import os
import time

from codesentinel.act.terminate import signal_bit
from codesentinel.analysis.processes.guards import Subject, refusal
from codesentinel.capture import process_detail as files
from codesentinel.capture import processes as live
from codesentinel.model.kill import KillPlan
from codesentinel.model.process import descendants
from codesentinel.operations.process.alive import why_alive
from codesentinel.operations.process.reading import LiveReading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codesentinel.act.terminate import Target
    from codesentinel.model.handle import Handle
    from codesentinel.model.kill import KillOutcome
    from codesentinel.model.process import Process
    from codesentinel.operations.base import Context
    from codesentinel.operations.process.permit import Permit

KILL_SECONDS = 2.0  # SIGKILL takes milliseconds, unless something keeps the process in the kernel
_STUCK_SECONDS = 0.5


class Killing:
    """One attempt, from the reading to the outcome."""

    def __init__(
        self, context: Context, target: Target, handle: Handle, permit: Permit, outcome: KillOutcome
    ) -> None:
        self.context = context
        self.target = target
        self.permit = permit
        self.outcome = outcome
        self._handle = handle
        self._reading: LiveReading
        self.process: Process
        self.plan: KillPlan

    def prepare(self) -> bool:
        """Go through all steps before the first signal; whether it may leave now."""
        steps = (self._read, self._guard, self._consent, self._check_again, self._intend)
        return all(step() for step in steps)

    def _read(self) -> bool:
        """Read what the descriptor holds; what has ended needs no more."""
        outcome = self.outcome
        self._reading = LiveReading()
        process = self._reading.scan.processes.get(self.target.pid)
        if process is None or self._is_another(process):
            gone = process is not None or self.target.has_ended()
            outcome.outcome = "not_found" if gone else "permission"
            outcome.explanation = "it ended meanwhile" if gone else "it may not be read by this user"
            return False
        self.process = process
        self._reading.complete([process])
        outcome.handle, outcome.name = process.handle, process.name
        if not self._handle.is_bare and (why := self._handle.mismatch(self._reading.handle(process))):
            outcome.refuse(f"{why}; it is {process.name!r} now")
            return False
        if self.target.has_ended():
            outcome.outcome, outcome.explanation = "ended", self._zombie()
            return False
        below = descendants(self._reading.scan.children(), process.pid)
        known = self._reading.scan.processes
        self.plan = KillPlan(
            process, [known[pid] for pid in below], tree=self.permit.tree, force=self.permit.force
        )
        outcome.processes = 1 + len(below) if self.permit.tree else 1
        return True

    def _is_another(self, process: Process) -> bool:
        """Whether the id was given on between the opening of the descriptor and the reading."""
        inode = self._reading.handle(process).inode
        return inode not in (0, self.target.inode) or (process.state != "Z" and self.target.has_ended())

    def _guard(self) -> bool:
        """Refuse what must not be ended; with a tree, that holds for each of it."""
        everyone = [self.process, *(self.plan.descendants if self.permit.tree else ())]
        for process in everyone:
            because = self.reason_to_refuse(process)
            if because:
                where = "" if process is self.process else f"below it, process {process.pid}: "
                self.outcome.refuse(where + because)
                return False
        if not self.target.may_signal():
            self.outcome.outcome = "permission"
            self.outcome.refused_because = (
                f"it belongs to {self.process.username}, and this user may not signal it"
            )
            return False
        return True

    def reason_to_refuse(self, process: Process) -> str:
        """Why this process must not be ended; empty where it may."""
        scan = self._reading.scan
        line = {*scan.ancestors(os.getpid()), os.getsid(0)}
        self._reading.read_argv([process])
        subject = Subject(
            process,
            exe=files.exe_of(process.pid),
            namespace_pids=files.namespace_pids(process.pid),
            argv=process.argv or (),
            parent_argv=live.argv_of(process.ppid) or () if process.ppid > 1 else (),
        )
        protected = self.context.settings.process.protected_names.replace(",", " ").split()
        return refusal(subject, own_pid=os.getpid(), own_line=line, protected=protected)

    def _consent(self) -> bool:
        permit = self.permit
        if permit.dry_run:
            self.outcome.explanation = "a dry run: nothing was signalled"
            return False
        if permit.yes:
            return True
        if permit.asker is None:
            self.outcome.refuse("there is no terminal to ask on, and --yes was not given")
            return False
        if not permit.asker.confirms(self.plan):
            self.outcome.explanation = "the question was answered with no"
            return False
        return True

    def _check_again(self) -> bool:
        """While somebody thought about it, it may have ended, or become another program."""
        if self.target.has_ended():
            self.outcome.outcome, self.outcome.explanation = "ended", "it ended by itself meanwhile"
            return False
        now = live.one(self.process.pid)
        if now is None or now.name != self.process.name or now.uid != self.process.uid:
            self.outcome.refuse("it has become another program since it was shown")
            return False
        self.process.state = now.state
        return self.permit.yes or self._guard()

    def _intend(self) -> bool:
        """Put the intent on disk; without that nothing is signalled."""
        plan, permit = self.plan, self.permit
        metadata = {
            "phase": "intent",
            "pid": self.process.pid,
            "handle": self.process.handle,
            "name": self.process.name,
            "username": self.process.username,
            "argv_shape": self.process.argv_shape,
            "force": permit.force,
            "tree": permit.tree,
            "descendants": [one.pid for one in plan.descendants] if permit.tree else [],
            "reason": self.outcome.reason,
            "signals": ["SIGSTOP"] if permit.tree else ["SIGTERM"],
        }
        activity = {"action": "process_kill", "metadata": metadata}
        if self.context.memory.log_domain_activity("process", activity, durable=True):
            return True
        self.outcome.refuse("the intent could not be recorded, and nothing is ended off the record")
        return False

    def end(self) -> KillOutcome:
        """End the one process; what came of it."""
        began = time.monotonic()
        ended = self._terminate() or self._insist()
        outcome = self.outcome
        outcome.seconds = round(time.monotonic() - began, 6)
        outcome.outcome = "ended" if ended else "alive"
        if not ended:
            outcome.survivors = [self.process.handle]
            outcome.explanation = why_alive(self.process.pid, self.outcome.signals)
        orphans = sum(one.ppid == self.process.pid for one in self.plan.descendants)
        if ended and orphans:
            outcome.children_left = orphans
            outcome.explanation = f"{orphans} children were left without it; --tree ends them too"
        return outcome

    def _terminate(self) -> bool:
        if not self.send(self.target, "SIGTERM"):
            return True
        if self.process.state in ("T", "t"):
            self.send(self.target, "SIGCONT")  # a stopped process takes no other signal but SIGKILL
        if self._is_held():
            return self.target.wait(min(self.permit.grace_seconds, _STUCK_SECONDS))
        ignores = files.signal_mask(self.process.pid, "SigIgn") & signal_bit("SIGTERM")
        return self.target.wait(0.01 if ignores else self.permit.grace_seconds)

    def _insist(self) -> bool:
        """SIGKILL, where that is allowed."""
        permit = self.permit
        if not permit.force:
            because = why_alive(self.process.pid, self.outcome.signals)
            if permit.asker is None or permit.yes or not permit.asker.insists(self.plan, because):
                return False
        self.send(self.target, "SIGKILL")
        return self.target.wait(_STUCK_SECONDS if self._is_held() else KILL_SECONDS)

    def _is_held(self) -> bool:
        """Whether something in the kernel keeps signals from it, so that waiting helps little."""
        return self.process.state == "D" or files.is_frozen(self.process.pid)

    def send(self, target: Target, name: str) -> bool:
        """Send a signal and remember that it was sent."""
        if name not in self.outcome.signals:
            self.outcome.signals.append(name)
        return target.send(name)

    def _zombie(self) -> str:
        parent = self._reading.scan.processes.get(self.process.ppid)
        name = f"{parent.name!r} ({parent.pid})" if parent else str(self.process.ppid)
        return f"it had ended already: what is left is an entry that its parent {name} has to reap"
