"""Prometheus' matrix answers to arrays, one series at a time, while they arrive.

The compact JSON that all servers of this kind write is cut at the ends of its series: ``"]]}`` stands
nowhere else, for inside a string the quote would have a backslash before it. What is left when the series
are taken out, the frame, is a small document of its own; decoded strictly, it shows whether the answer was
whole, and whether it succeeded. Series in any other layout stay in the frame and are decoded from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from codesentinel.capture.typed_json import floats, labels
from codesentinel.model.series import Series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

_FIRST = b'"result":[{"metric":{'
_METRIC = b'{"metric":'
_POINTS = b'},"values":[['
_END = b'"]]}'
_LARGEST_FRAME_BYTES = 128 * 1024 * 1024


def matrix(pieces: Iterable[bytes], framed: Callable[[bytes], list[Any]]) -> Iterator[Series]:
    """The series of one answer.

    ``framed`` is given the frame when all has arrived, judges it, and returns the rows that are still in it.

    Raises:
        KeyError, TypeError, ValueError, IndexError: it is not Prometheus' API.
    """
    buffer, frame, began = bytearray(), b"", False
    for piece in pieces:
        seen = len(buffer)
        buffer += piece
        if not began:
            at = buffer.find(_FIRST, max(seen - len(_FIRST), 0))
            began = at >= 0
            if began:
                at += len(_FIRST) - len(_METRIC) - 1
                frame = bytes(buffer[:at])
                del buffer[:at]
        if began:
            yield from _rows(buffer)
        if len(buffer) > _LARGEST_FRAME_BYTES:
            raise ValueError("the answer has no end that is known")
    for row in framed(frame + bytes(buffer)):
        times, values = _columns(np.array(row["values"], dtype=np.float64))
        yield Series(dict(row["metric"]), times, values)


def _rows(buffer: bytearray) -> Iterator[Series]:
    """The series that are whole; they are taken out of the buffer."""
    start = 0
    while (end := buffer.find(_END, start)) >= 0:
        stop = end + len(_END)
        yield _row(bytes(buffer[start:stop]))
        start = stop
    del buffer[:start]


def _row(text: bytes) -> Series:
    """One element of ``result``, with the comma before it or without."""
    begin = text.index(_METRIC) + len(_METRIC)
    middle = text.index(_POINTS, begin - 1)
    flat = floats(b"[" + text[middle + len(_POINTS) - 2 : -1].translate(None, b'[]"') + b"]")
    times, values = _columns(flat.reshape(-1, 2))
    return Series(labels(text[begin : middle + 1]), times, values)


def _columns(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points = points.reshape(-1, 2)
    return points[:, 0].copy(), points[:, 1].copy()
