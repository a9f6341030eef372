"""OpenMetrics and Prometheus' text format, with timestamps, line by line.

prometheus-client parses what is hard, names and labels, once for each series. Numbers are read here: its
parsers keep a whole metric family in memory, and a file of history often is one family.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from codesentinel.capture.sample_files.batches import Gathering
from codesentinel.model.rows import LATEST_MS, milliseconds, number, shown
from codesentinel.model.samples import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from codesentinel.capture.sample_files.batches import Batch, Place
    from codesentinel.model.rows import BadRows

_END = b"# EOF"
_EXEMPLAR = b" # {"
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


def read_openmetrics(file: BinaryIO, bad: BadRows) -> Iterator[Batch]:
    """Samples of OpenMetrics text: times in seconds, and ``# EOF`` as its last line.

    The missing end is a bad row at line 0: the file was cut off.
    """
    return _Reader(file, bad, is_openmetrics=True).batches()


def read_prometheus(file: BinaryIO, bad: BadRows) -> Iterator[Batch]:
    """Samples of Prometheus' text format: times in milliseconds."""
    return _Reader(file, bad, is_openmetrics=False).batches()


class _Reader:
    def __init__(self, file: BinaryIO, bad: BadRows, *, is_openmetrics: bool) -> None:
        self._file = file
        self._bad = bad
        self._is_openmetrics = is_openmetrics
        self._scale = 1000.0 if is_openmetrics else 1.0
        self._known: dict[bytes, Mapping[str, str]] = {}
        self._gathering = Gathering()

    def batches(self) -> Iterator[Batch]:
        """As many at once as a batch holds."""
        return self._gathering.batches(self._samples())

    def _samples(self) -> Iterator[tuple[Place, int, float]]:
        gathering, scale, has_ended = self._gathering, self._scale, False
        for line_number, line in enumerate(self._file, 1):
            if has_ended:
                self._bad.add(line_number, "stands behind # EOF")
                return
            if line[:1] in (b"#", b"\n", b"\r"):
                has_ended = self._is_openmetrics and line.rstrip() == _END
                continue
            try:
                head, value_text, time_text = line.rsplit(b" ", 2)
                place = gathering[head]
                value, time_ms = float(value_text), round(float(time_text) * scale)
                if not 0 < time_ms <= LATEST_MS or value - value != 0 or b"_" in value_text + time_text:
                    raise ValueError  # noqa: TRY301 - the slow way says what is wrong
            except (KeyError, ValueError, OverflowError):
                try:
                    place, time_ms, value = self._slowly(line)
                except ValueError as exc:
                    self._bad.add(line_number, str(exc))
                    continue
            yield place, time_ms, value
        if self._is_openmetrics and not has_ended:
            self._bad.add(0, "the file does not end with # EOF: it was cut off, or it is no OpenMetrics")

    def _slowly(self, line: bytes) -> tuple[Place, int, float]:
        """The sample of a line whose series is new, which has an exemplar, or which is wrong."""
        head, labels, value_text, time_text = self._parts(line)
        value = number(value_text)
        if value - value != 0:
            raise ValueError(f"{shown(value_text)} cannot be stored: no NaN, no infinity")
        time_ms = milliseconds(number(time_text) * self._scale)
        return self._gathering.get(head) or self._gathering.place(head, labels), time_ms, value

    def _parts(self, line: bytes) -> tuple[bytes, Mapping[str, str], bytes, bytes]:
        """The text of the series, its labels, and the texts of value and time; the exemplar is left out."""
        text = line.strip()
        for candidate in _before_exemplar(text):
            parts = candidate.rsplit(None, 2)
            if len(parts) == 3:
                with contextlib.suppress(ValueError):
                    return parts[0], self._labels(parts[0]), parts[1], parts[2]
        has_time = not any(self._is_series(c.rpartition(b" ")[0]) for c in _before_exemplar(text))
        raise ValueError(f"not a sample{'' if has_time else ' with a time'}: {shown(text)}")

    def _is_series(self, head: bytes) -> bool:
        try:
            return bool(self._labels(head))
        except ValueError:
            return False

    def _labels(self, head: bytes) -> Mapping[str, str]:
        known = self._known.get(head)
        if known is None:
            known = self._known[head] = self._parsed(head.decode())
        return known

    def _parsed(self, head: str) -> Mapping[str, str]:
        from prometheus_client import parser
        from prometheus_client.openmetrics import parser as openmetrics

        parse: Any = (openmetrics if self._is_openmetrics else parser).text_string_to_metric_families
        end = "# EOF\n" if self._is_openmetrics else ""
        ((sample,),) = [family.samples for family in parse(f"{head} 1\n{end}")]
        name = sample.name.strip()
        if not _METRIC.fullmatch(name):
            raise ValueError(name)
        return {NAME: name} | {label: value for label, value in sample.labels.items() if value}


def _before_exemplar(text: bytes) -> Iterator[bytes]:
    """What may be the sample: what stands before a mark that may open an exemplar, at last the whole text."""
    at = text.find(_EXEMPLAR)
    while at >= 0:
        yield text[:at]
        at = text.find(_EXEMPLAR, at + 1)
    yield text
