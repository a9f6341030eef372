"""The two things that a series consists of in JSON, numbers and labels, by the typed decoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from codesentinel.stats.staleness import stale_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FLOATS = msgspec.json.Decoder(list[float])
_LABELS = msgspec.json.Decoder(dict[str, str])


def floats(text: bytes | bytearray) -> NDArray[np.float64]:
    """The array that ``[1,2.5,...]`` is.

    ``null`` is a staleness marker, as VictoriaMetrics exports them. ``NaN``, ``+Inf`` and ``-Inf``, bare or
    in quotes, are no JSON, and are understood nevertheless.

    Raises:
        ValueError: it is no list of numbers.
    """
    try:
        return np.array(_FLOATS.decode(text), dtype=np.float64)
    except msgspec.DecodeError:
        return _unusual(bytes(text))


def labels(text: bytes) -> dict[str, str]:
    """The labels that ``{"name":"value",...}`` are.

    Raises:
        ValueError: they are none.
    """
    try:
        return _LABELS.decode(text)
    except msgspec.DecodeError as exc:
        raise ValueError(str(exc)) from exc


def _unusual(text: bytes) -> NDArray[np.float64]:
    if text[:1] != b"[" or text[-1:] != b"]":
        raise ValueError("no list of numbers")
    words = text[1:-1].replace(b'"', b"").split(b",")
    stale = np.array([word == b"null" for word in words])
    values = np.array([float("nan") if word == b"null" else float(word) for word in words])
    return stale_at(values, stale) if stale.any() else values
