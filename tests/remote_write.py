"""Samples as Prometheus sends them to a storage, to the bit: staleness markers and other NaN among them."""

from __future__ import annotations

import struct
import urllib.request
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LITERAL_BYTES = 60


def write(url: str, labels: Mapping[str, str], samples: Iterable[tuple[int, int]]) -> None:
    """Send (epoch milliseconds, the 64 bits of the value) of one series by remote write."""
    write_many(url, [(labels, samples)])


def write_many(url: str, series: Sequence[tuple[Mapping[str, str], Iterable[tuple[int, int]]]]) -> None:
    """The same of several series, in one request."""
    body = b"".join(_field(1, _one(labels, samples)) for labels, samples in series)
    request = urllib.request.Request(
        f"{url}/api/v1/write",
        data=_snappy(body),
        headers={"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 204


def _one(labels: Mapping[str, str], samples: Iterable[tuple[int, int]]) -> bytes:
    parts = [
        _field(1, _field(1, name.encode()) + _field(2, value.encode()))
        for name, value in sorted(labels.items())
    ]
    parts += [_field(2, b"\x09" + struct.pack("<Q", bits) + b"\x10" + _varint(ms)) for ms, bits in samples]
    return b"".join(parts)


def bits(value: float) -> int:
    """The 64 bits of a value."""
    return int(struct.unpack("<Q", struct.pack("<d", value))[0])


def _varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def _field(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _snappy(raw: bytes) -> bytes:
    """Snappy's block format, with literals alone."""
    out = [_varint(len(raw))]
    for start in range(0, len(raw), _LITERAL_BYTES):
        part = raw[start : start + _LITERAL_BYTES]
        out += [bytes([(len(part) - 1) << 2]), part]
    return b"".join(out)
