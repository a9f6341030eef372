"""The journal of a target: what is meant is on disk before it is done, so that any end can be gone on from.

One file a rollout; a line a record, each on disk before the next act. The file of a rollout that has ended is
renamed by its id, and kept.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from codesentinel.analysis.rollout import progress as records
from codesentinel.analysis.rollout.progress import after, contradiction
from codesentinel.model.errors import Failed
from codesentinel.store.log import AppendOnlyLog
from codesentinel.store.strict_json import strict_json

if TYPE_CHECKING:
    from pathlib import Path

    from codesentinel.model.rollout import Decision, Plan, Progress
    from codesentinel.model.traffic import Split

_SHOWN_CHARACTERS = 200


class Journal:
    """The journal in a folder.

    Args:
        folder: of the target; made by the first record.

    Raises:
        Failed: there is a journal that cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "journal.jsonl"
        self._log = AppendOnlyLog(self._file, fsync=True)
        self.progress: Progress | None = None
        for line in self._lines():
            try:
                self.progress = after(self.progress, json.loads(line))
            except (KeyError, OverflowError, RecursionError, TypeError, ValueError) as exc:
                raise self._damaged(str(exc)[:_SHOWN_CHARACTERS]) from exc
        self._ended = ""
        if self.progress is not None and self.progress.ended:  # and was cut off before it was put away
            self._ended, self.progress = self.progress.id, None

    def agrees_with(self, plan: Plan) -> None:
        """See that what is meant is of this plan.

        Raises:
            Failed: somebody else has written it.
        """
        if self.progress is not None and (problem := contradiction(plan, self.progress)):
            raise self._damaged(problem)

    def begin(self, identity: str, fingerprint: str, before: Split) -> Progress:
        """A rollout begins, from these weights."""
        if self._ended:
            self._put_away(self._ended)
        return self._add(records.BEGUN, id=identity, fingerprint=fingerprint, before=list(before))

    def prepared(self) -> Progress:
        """The commands that come before have run."""
        return self._add(records.PREPARED)

    def intend(self, decision: Decision, split: Split) -> Progress:
        """The weights are about to be set."""
        return self._add(
            records.INTENT,
            act=decision.act,
            step=decision.step,
            reason=decision.reason,
            split=list(split),
        )

    def done(self) -> Progress:
        """They are set."""
        return self._add(records.DONE)

    def judged(self, verdict: str, reason: str) -> Progress:
        """The verdict is another one than before."""
        return self._add(records.VERDICT, verdict=verdict, reason=reason)

    def end(self, outcome: str) -> Progress:
        """It is over; the next rollout begins a journal of its own."""
        progress = self._add(records.ENDED, outcome=outcome)
        self._put_away(progress.id)
        return progress

    @property
    def open(self) -> Progress:
        """The rollout that has begun."""
        if self.progress is None:
            raise Failed("no rollout has begun here", hint="codesentinel canary run begins one")
        return self.progress

    def _add(self, kind: str, **facts: Any) -> Progress:
        """What is known of the rollout now.

        Raises:
            LogUnwritable: it is known, but not on disk.
        """
        record = {"kind": kind, "at": time.time(), **facts}
        self.progress = after(self.progress, record)
        self._log.append(strict_json(record), durable=True)
        return self.progress

    def _lines(self) -> list[bytes]:
        """The whole records; what a writer was cut off in does not count."""
        try:
            *whole, _ = self._file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as exc:
            raise Failed(f"cannot read {self._file}: {exc.strerror}") from exc
        return whole

    def _damaged(self, why: str) -> Failed:
        return Failed(
            f"the journal {self._file} is damaged: {why}",
            hint="set the weights by hand, and move the file away",
        )

    def _put_away(self, identity: str) -> None:
        try:
            self._file.replace(self._folder / f"journal-{identity}.jsonl")
        except OSError as exc:
            raise Failed(f"cannot rename {self._file}: {exc.strerror}") from exc
        self._log = AppendOnlyLog(self._file, fsync=True)
        self.progress = None
