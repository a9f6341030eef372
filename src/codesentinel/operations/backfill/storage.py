"""Writing into VictoriaMetrics, and looking whether all of it arrived."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.act.history import HistoryWriter
from codesentinel.capture.stored import keeping, stored_counts
from codesentinel.model.backfill_views import INCOMPLETE, UNVERIFIED, WRITTEN
from codesentinel.model.errors import CouldNotJudge
from codesentinel.model.samples import NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from codesentinel.analysis.backfill.tally import Key, Seen, Tally
    from codesentinel.model.samples import Samples

_TIMEOUT_SECONDS = 60.0
_PATIENCE_SECONDS = 25.0
_PAUSE_SECONDS = 0.25
_NEW_SECONDS = 120.0


class Stored(NamedTuple):
    """How it ended: samples that were sent, those that are not there (None for unknown), what to know."""

    outcome: str
    written: int
    missing: int | None
    notes: tuple[str, ...]


class Storage:
    """One VictoriaMetrics.

    Args:
        url: its base URL.
        tell: takes a line for each chunk that has to be sent again.

    Raises:
        Unreachable, BadAnswer: it is not there, or takes no import.
    """

    def __init__(self, url: str, tell: Callable[[str], None]) -> None:
        self._url = url
        self._tell = tell
        self._writer = HistoryWriter(url, timeout_seconds=_TIMEOUT_SECONDS, tell=tell)
        self._writer.check()
        self._before = keeping(url, timeout_seconds=_TIMEOUT_SECONDS)

    def store(self, batches: Iterable[list[Samples]], tally: Tally) -> Stored:
        """Write every sample, and see whether all that ``tally`` has counted by then is there.

        Raises:
            Unreachable, BadAnswer: it did not take them. What it took before stays.
        """
        try:
            with self._writer as writer:
                for batch in batches:
                    for samples in batch:
                        writer.write(samples)
                writer.flush()
                writer.settle()
        except BaseException:
            self._tell(
                f"stopped after {self._writer.written} samples, which stay; run it again to write them all"
            )
            raise
        try:
            missing = self._missing(tally)
        except CouldNotJudge as exc:
            note = f"it could not be seen whether all arrived: {exc.message}"
            return Stored(UNVERIFIED, self._writer.written, None, (*self._notes(), note))
        outcome = INCOMPLETE if missing else WRITTEN
        return Stored(outcome, self._writer.written, missing, tuple(self._notes()))

    def _missing(self, tally: Tally) -> int:
        """How many samples it does not hold, once it has had time to show them."""
        end = time.monotonic() + _PATIENCE_SECONDS
        expected = tally.by_metric()
        while True:
            missing = {name: self._missing_of(name, series) for name, series in expected.items()}
            expected = {name: expected[name] for name, count in missing.items() if count}
            total = sum(missing.values())
            if not total or sum(self._dropped().values()) >= total or time.monotonic() >= end:
                return total
            time.sleep(_PAUSE_SECONDS)

    def _missing_of(self, name: str, expected: Mapping[Key, Seen]) -> int:
        """Of one metric. Series in no order have to be there; how many samples they are cannot be known."""
        first = min(seen.first_ms for seen in expected.values())
        last = max(seen.last_ms for seen in expected.values())
        soon = round((time.time() + _NEW_SECONDS) * 1000)
        if last > soon - 2 * _NEW_SECONDS * 1000:  # of what is new, servers hide the last moments
            last = max(last, soon)
        shared = set.intersection(*(set(key) for key in expected))
        labels = {label: text for label, text in shared if label != NAME}
        found = stored_counts(self._url, name, labels, (first, last), timeout_seconds=_TIMEOUT_SECONDS)
        return sum(
            max(0, (1 if seen.is_mixed else seen.samples) - found.get(key, 0))
            for key, seen in expected.items()
        )

    def _dropped(self) -> dict[str, int]:
        """How many samples it says that it did not keep since we began, by reason."""
        after = keeping(self._url, timeout_seconds=_TIMEOUT_SECONDS) if self._before else None
        if self._before is None or after is None:
            return {}
        return {reason: n - self._before.ignored.get(reason, 0) for reason, n in after.ignored.items()}

    def _notes(self) -> list[str]:
        """What its own metrics say of samples that it did not keep, or will keep twice."""
        notes = []
        if self._before and self._before.keeps_repeated:
            notes.append(
                "the storage runs without -dedup.minScrapeInterval: writing it again would store it twice"
            )
        dropped = self._dropped()
        if self._before and dropped.get("small_timestamp"):
            kept = self._before.flags.get("retentionPeriod", "unknown")
            notes.append(
                f"{dropped['small_timestamp']} samples are older than what the storage keeps"
                f" (-retentionPeriod={kept}; a bare number is months)"
            )
        if dropped.get("big_timestamp"):
            notes.append(f"{dropped['big_timestamp']} samples lie too far in the future for the storage")
        return notes
