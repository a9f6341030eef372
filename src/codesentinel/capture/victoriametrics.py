"""VictoriaMetrics' export of raw samples: a series a line, several times faster than JSON of Prometheus' API.

Staleness markers are in it, as ``null``; ordinary NaN are not, for VictoriaMetrics does not store them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from codesentinel.capture.http_stream import Passing, Request, streamed
from codesentinel.capture.typed_json import floats, labels
from codesentinel.model.errors import BadAnswer
from codesentinel.model.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

_PATH = "/api/v1/export"
_ROWS_A_LINE = 20_000  # bounds what one line takes while it is decoded
_NOTHING = '{__name__="codesentinel_asks_whether_export_is_offered"}'
_METRIC = b'{"metric":'
_VALUES = b'},"values":['
_TIMES = b'],"timestamps":['
_TIMES_KEPT = 8
_LONGEST_LINE_BYTES = 64 * 1024 * 1024  # twenty thousand samples take one

_Times = dict[bytes, "NDArray[np.float64]"]


class VictoriaMetrics:
    """Exports from one server.

    Args:
        base_url: without ``/api/v1``.
        timeout_seconds: for each silence of the server.
    """

    def __init__(self, base_url: str, *, timeout_seconds: float) -> None:
        self._base_url = base_url
        self._timeout_seconds = timeout_seconds

    def is_there(self) -> bool:
        """Whether the server offers the export.

        Raises:
            Passing: asked again, it may say.
        """
        try:
            with streamed(self._request(_NOTHING, 0, 0)) as body:
                return "html" not in body.content_type and not any(body)
        except BadAnswer:
            return False

    def export(self, selector: str, start: float, end: float) -> Iterator[Series]:
        """Stored samples from ``start`` to ``end`` (epoch seconds), inclusive.

        A series may come in several parts. Times are shared between series that were sampled at the same
        moments, and cannot be written to.

        Raises:
            Passing: asked again, it may go well.
            BadQuery: it is no selector.
            BadAnswer: it is not the export's format, or cannot be known to be whole.
        """
        request = self._request(selector, start, end)
        with streamed(request) as body:
            if not body.ends_for_sure:
                raise BadAnswer(request.told(f"{_PATH} answered without a length: it may be cut off"))
            known: _Times = {}
            for line in _lines(body, request):
                try:
                    series = _series(line, known)
                except (ValueError, KeyError, TypeError, msgspec.DecodeError) as exc:
                    raise _no_line(line, request) from exc
                yield series

    def _request(self, selector: str, start: float, end: float) -> Request:
        parameters: dict[str, str | float] = {
            "match[]": selector,
            "start": start,
            "end": end,
            "max_rows_per_line": _ROWS_A_LINE,
            "deny_partial_response": 1,
        }
        return Request(self._base_url, _PATH, parameters, self._timeout_seconds, selector)


def _no_line(line: bytes, request: Request) -> Exception:
    """What to tell of a line that is none; one without its end was cut short, by a proxy say."""
    if line.startswith(b"{") and not line.endswith(b"}"):
        return Passing(BadAnswer(request.told(f" broke off its answer to {_PATH}")))
    said = line[:60].decode(errors="replace")
    return BadAnswer(
        request.told(f"{_PATH} answered what is no line of an export: {said!r}"),
        hint="is this a VictoriaMetrics-compatible server?",
    )


def _lines(pieces: Iterable[bytes], request: Request) -> Iterator[bytes]:
    begun: list[bytes] = []  # of a line; joined once, for a line is longer than many pieces
    length = 0
    for piece in pieces:
        *whole, rest = piece.split(b"\n")
        length = len(rest) + (0 if whole else length)
        if length > _LONGEST_LINE_BYTES:
            raise BadAnswer(request.told(f"{_PATH} answered with a line that does not end"))
        for line in whole:
            yield b"".join((*begun, line))
            begun.clear()
        begun.append(rest)
    if any(begun):
        yield b"".join(begun)


def _series(line: bytes, known: _Times) -> Series:
    """One line as a series; ``known`` are the times of the last few, by their text."""
    middle, last = line.find(_VALUES), line.rfind(_TIMES)
    if line.startswith(_METRIC) and 0 < middle < last and line.endswith(b"]}"):
        metric = labels(line[len(_METRIC) : middle + 1])
        values = floats(line[middle + len(_VALUES) - 1 : last + 1])
        text = line[last + len(_TIMES) - 1 : -1]
    else:  # another order of the fields, or blanks between them
        row = msgspec.json.decode(line)
        metric = {str(name): str(value) for name, value in row["metric"].items()}
        values = floats(msgspec.json.encode(row["values"]))
        text = msgspec.json.encode(row["timestamps"])
    times = known.get(text)
    if times is None:
        times = floats(text) / 1000
        times.flags.writeable = False
        if len(known) == _TIMES_KEPT:
            known.clear()
        known[text] = times
    if len(times) != len(values):
        raise ValueError("not as many values as times")
    return Series(metric, times, values)
