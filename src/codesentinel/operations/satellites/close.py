"""``satellites close``: the rule for runs that nobody ended."""

from __future__ import annotations

import time

from codesentinel.act.single import only_one
from codesentinel.analysis.satellites.ledger import RunLedger, aborted
from codesentinel.model.satellites import DOMAIN, FINISH
from codesentinel.model.satellites_views import Closed
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.satellites.runs import write_event
from codesentinel.store.follow import Follower


class Closer:
    """Closes again and again, and reads of the log only what is new."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._follower = Follower(context.memory.path(DOMAIN))
        self._ledger = RunLedger()

    def run(self, now: float) -> Closed:
        """Close what is overdue at a moment (epoch seconds).

        Raises:
            AlreadyRunning: somebody else is at it.
            LogUnwritable: an end is not recorded; the next time tries again.
        """
        closed = []
        lock = self._context.state_dir / "satellites-close.lock"
        with only_one(lock, "runs of procedures are being closed already"):
            self._catch_up()
            limit = self._context.settings.satellites.run_limit_seconds
            for run, reason in self._ledger.overdue(now, limit):
                ended = aborted(run, reason, now)
                write_event(
                    self._context, FINISH, ended.finish_facts(), success=False, seconds=ended.duration_seconds
                )
                closed.append((run.run_id, run.procedure, reason))
            self._catch_up()
        return Closed(tuple(closed), len(self._ledger.open))

    def _catch_up(self) -> None:
        for read in self._follower:
            if read.event is not None:
                self._ledger.take(read.event)


@operation("satellites.close", Effect.WRITE, metadata=lambda done: {"closed": len(done.runs)})
def close(context: Context) -> Closed:
    """Take runs for aborted whose agent's session ended, or that are open for longer than is allowed.

    Raises:
        AlreadyRunning: somebody else is at it.
        LogUnwritable: it could not be recorded.
    """
    return Closer(context).run(time.time())
