"""Ending a process with all below it: everything is stopped first, so that nothing forks away.

Killing a list of children one by one leaves what they forked meanwhile. A stopped process forks nothing:
the sweep stops whatever it finds, reads the whole process table again, and goes on until a reading finds
nothing new and everything held is stopped.
"""

from __future__ import annotations

import time

from codesentinel.act.control_group import kill_group, members, unified_folder
from codesentinel.act.terminate import Target, allow_many_targets
from codesentinel.capture import processes as live
from codesentinel.capture.process_handle import Handles
from codesentinel.model.errors import NoSuchProcess
from codesentinel.model.process import descendants
from codesentinel.operations.process.alive import why_alive
from codesentinel.operations.process.killing import KILL_SECONDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codesentinel.model.kill import KillOutcome
    from codesentinel.model.process import Process
    from codesentinel.operations.process.killing import Killing

_SWEEP_SECONDS = 10.0
_STILL = ("T", "t", "Z", "X", "D")  # what runs no code of its own; an uninterruptible wait forks nothing


def end_tree(killing: Killing) -> KillOutcome:
    """Stop the tree, then end it; the outcome of the whole."""
    allow_many_targets()
    sweep = Sweep(killing)
    began = time.monotonic()
    try:
        because = sweep.stop()
        if because:
            sweep.send("SIGCONT")
            return killing.outcome.refuse(because)
        return _ended(killing, sweep, began)
    except BaseException:  # also Ctrl-C: nothing is left standing still
        sweep.send("SIGCONT")
        raise
    finally:
        sweep.close()


def _ended(killing: Killing, sweep: Sweep, began: float) -> KillOutcome:
    permit, outcome = killing.permit, killing.outcome
    if permit.force:
        sweep.kill()
    else:
        sweep.send("SIGTERM")
        sweep.send("SIGCONT")
        if not sweep.wait(permit.grace_seconds) and permit.asker and not permit.yes:
            because = f"{len(sweep.alive())} of {len(sweep.held)} processes live on"
            if permit.asker.insists(killing.plan, because) and not sweep.stop():
                sweep.kill()
    alive = sweep.alive()
    outcome.seconds = round(time.monotonic() - began, 6)
    outcome.processes = len(sweep.held)
    outcome.outcome = "alive" if alive else "ended"
    outcome.survivors = [sweep.held[pid][1] for pid in alive]
    if alive:
        outcome.explanation = why_alive(alive[0], outcome.signals)
    return outcome


class Sweep:
    """The processes of a tree, each held by its pidfd."""

    def __init__(self, killing: Killing) -> None:
        self._killing = killing
        self._handles = Handles()
        root = killing.process
        self.held: dict[int, tuple[Target, str]] = {root.pid: (killing.target, root.handle)}

    def stop(self) -> str:
        """Stop the root and everything below, also what is forked meanwhile; why not, or empty."""
        self.send("SIGSTOP")
        deadline = time.monotonic() + _SWEEP_SECONDS
        while time.monotonic() < deadline:
            scan = live.scan()
            children = scan.children()
            below = {pid for held in self.held for pid in descendants(children, held)} - set(self.held)
            for pid in sorted(below):
                because = self._hold(scan.processes[pid])
                if because:
                    return because
            states = {pid: scan.processes[pid].state for pid in self.held if pid in scan.processes}
            if not below and all(state in _STILL for state in states.values()):
                return ""
        return "it forks faster than it can be stopped" if self.alive() else ""

    def kill(self) -> None:
        """SIGKILL for all that is held; by the control group where it holds nothing else."""
        folder = unified_folder(self._killing.process.pid)
        everyone = set(self.held)
        if folder and set(members(folder)) <= everyone and kill_group(folder):
            self._killing.outcome.signals.append("cgroup.kill")
        self.send("SIGKILL")
        self.wait(KILL_SECONDS)

    def send(self, name: str) -> None:
        """Send a signal to all that have not ended."""
        for target, _ in self.held.values():
            self._killing.send(target, name)

    def wait(self, seconds: float) -> bool:
        """Wait for the end of all; whether it came."""
        deadline = time.monotonic() + seconds
        return all(target.wait(max(0.0, deadline - time.monotonic())) for target, _ in self.held.values())

    def alive(self) -> list[int]:
        """Those that have not ended."""
        return [pid for pid, (target, _) in self.held.items() if not target.has_ended()]

    def close(self) -> None:
        """Let go of all but the root, which is not ours."""
        for pid, (target, _) in self.held.items():
            if pid != self._killing.process.pid:
                target.close()

    def _hold(self, process: Process) -> str:
        """Hold and stop one more; why it must not be, or empty. One that has ended is passed over."""
        because = self._killing.reason_to_refuse(process)
        if because:
            return f"below it, process {process.pid}: {because}"
        try:
            target = Target(process.pid)
        except NoSuchProcess:
            return ""
        now = live.one(process.pid)
        if now is None or now.start_ticks != process.start_ticks or now.ppid != process.ppid:
            target.close()  # the id was given on, or the process was: the next reading tells
            return ""
        if not target.may_signal():
            target.close()
            return f"below it, process {process.pid} belongs to another user"
        self.held[process.pid] = (target, self._handles.text(now))
        self._killing.send(target, "SIGSTOP")
        return ""
