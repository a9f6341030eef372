"""Writing samples into VictoriaMetrics by its JSON lines import."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from codesentinel.act.post import Poster
from codesentinel.model.errors import BadAnswer, Unreachable, UsageError
from codesentinel.model.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType
    from typing import Self

    from codesentinel.model.series import Series

CHUNK_SAMPLES = 100_000
"""So many are sent at once: two to three megabytes."""

_PATH = "/api/v1/import"
_SETTLE = "/internal/force_flush"


class HistoryWriter:
    """Takes samples of any series in any order, and sends them in chunks; memory stays bounded.

    Writing the same samples again changes nothing where the storage runs with
    ``-dedup.minScrapeInterval=1ms``, as ours does: what was cut off is simply run again.

        with HistoryWriter(url, timeout_seconds=60) as writer:
            writer.write(Samples({"__name__": "up"}, [1700000000000], [1.0]))
        writer.written

    Args:
        base_url: VictoriaMetrics.
        timeout_seconds: for one chunk.
        headers: sent with each chunk.
        tell: takes a line for each chunk that has to be sent again.
        chunk_samples: how many are sent at once.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout_seconds: float,
        headers: Mapping[str, str] | None = None,
        tell: Callable[[str], None] = lambda _: None,
        chunk_samples: int = CHUNK_SAMPLES,
    ) -> None:
        import msgspec

        self._encode = msgspec.json.Encoder().encode
        self._poster = Poster(
            base_url.rstrip("/"), timeout_seconds=timeout_seconds, headers=headers, tell=tell
        )
        self._chunk_samples = chunk_samples
        self._lines: list[bytes] = []
        self._waiting = 0
        self.written = 0
        """Samples that the server has taken so far."""

    def check(self) -> None:
        """See whether this is a storage that takes imports, once, without writing anything.

        Raises:
            Unreachable: nothing answers.
            BadAnswer: what answers takes no import; a plain Prometheus does not.
        """
        self._post(b"", tries=1)

    def write(self, samples: Samples) -> None:
        """Take samples of one series; they are with the server after :meth:`flush` at the latest.

        Raises:
            UsageError: a value is NaN or infinite, or there is no name: the storage would drop the whole
                line and say nothing.
            Unreachable, BadAnswer: a chunk could not be sent; ``written`` were before it.
        """
        if not samples.is_finite:
            raise UsageError(f"NaN and infinity cannot be stored: {dict(samples.labels)}")
        if not samples.labels:
            raise UsageError("a series without any label cannot be stored")
        for part in samples.parts(self._chunk_samples):
            line = {"metric": part.labels, "values": part.values, "timestamps": part.times_ms}
            self._lines.append(self._encode(line))
            self._waiting += len(part.times_ms)
            if self._waiting >= self._chunk_samples:
                self.flush()

    def flush(self) -> None:
        """Send what waits.

        Raises:
            Unreachable, BadAnswer: it could not be sent.
        """
        if self._lines:
            self._post(b"\n".join(self._lines))
            self.written += self._waiting
            self._lines, self._waiting = [], 0

    def settle(self) -> None:
        """Ask the server to show what it took: by itself it shows a new series after some ten seconds.

        One that does not let itself be asked is left alone.
        """
        with contextlib.suppress(BadAnswer, Unreachable):
            self._poster.post(_SETTLE, b"", tries=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: object, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self._poster.close()

    def _post(self, body: bytes, *, tries: int = 0) -> None:
        try:
            self._poster.post(_PATH, body, tries=tries)
        except BadAnswer as exc:
            raise BadAnswer(
                f"the import was refused: {exc.message}",
                hint="only VictoriaMetrics takes imports; a plain Prometheus is filled by promtool",
            ) from exc


def import_series(base_url: str, series: Iterable[Series], *, timeout_seconds: float) -> int:
    """Write the samples and return how many they were; one that is there already counts once there.

    Samples that are not finite are left out: VictoriaMetrics keeps staleness in its own way.

    Raises:
        Unreachable: nothing answers at ``base_url``.
        BadAnswer: the import was refused.
    """
    with HistoryWriter(base_url, timeout_seconds=timeout_seconds) as writer:
        for one in series:
            writer.write(Samples.of(one).finite())
    return writer.written
