"""Remote write of many alike hosts, made by copying one host's bytes and changing what differs.

A body is the message of one host once per host, of which the digits of the instance, the value and the
time of each series are written over; packed as one literal of snappy, which costs nothing.
"""

from __future__ import annotations

import http.client
import struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from host import Host

DIGITS = 6
HOSTS_A_BODY = 20
_TIME_BYTES = 6  # of a varint of milliseconds, from 2039 back to 1971


class Fleet:
    """The samples of hosts ``h000000:9100`` and on, a body at a time."""

    def __init__(self, host: Host) -> None:
        self.series = len(host.labels)
        self._values = host.values
        self._changing = host.changing
        self._template, self._value_at, self._time_at, self._instance_at = _template(host)

    def body(self, first: int, hosts: int, moment: int, at_ms: int) -> bytes:
        """One sample of each series of these hosts; ``moment`` counts scrapes."""
        template = self._template.copy()
        template[self._time_at[:, None] + np.arange(_TIME_BYTES)] = np.frombuffer(_varint(at_ms), np.uint8)
        body = np.tile(template, (hosts, 1))
        numbers = np.arange(first, first + hosts)
        values = np.repeat(self._at(moment)[None, :], hosts, axis=0)
        values[:, self._changing] += numbers[:, None] % 97
        body[:, self._value_at[:, None] + np.arange(8)] = (
            values.astype("<f8").view(np.uint8).reshape(hosts, -1, 8)
        )
        digits = np.frombuffer("".join(f"{n:0{DIGITS}}" for n in numbers).encode(), np.uint8).reshape(
            hosts, DIGITS
        )
        body[:, self._instance_at[:, None] + np.arange(DIGITS)] = digits[:, None, :]
        return _snappy(body.tobytes())

    def _at(self, moment: int) -> np.ndarray:
        """The recorded values in turn; what grew over the recording goes on growing."""
        turn, index = divmod(moment, len(self._values))
        grown = np.maximum(self._values[-1] - self._values[0], 0)
        rising = (np.diff(self._values, axis=0) >= 0).all(axis=0) if len(self._values) > 1 else False
        return self._values[index] + turn * np.where(rising, grown, 0)


class Writer:
    """A connection to a server that takes remote write, made anew where the server has ended it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def send(self, body: bytes) -> None:
        """Post it; anything but success is an error."""
        headers = {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"}
        try:
            self._connection.request("POST", "/api/v1/write", body, headers)
            answer = self._connection.getresponse()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection.request("POST", "/api/v1/write", body, headers)
            answer = self._connection.getresponse()
        said = answer.read()
        if answer.status not in (200, 204):
            raise SystemExit(f"remote write answered {answer.status}: {said[:200]!r}")


def _template(host: Host) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """One host's message, and where in it the values, times and instances of its series begin."""
    out = bytearray()
    values, times, instances = [], [], []
    for labels in host.labels:
        instance = f"h{'0' * DIGITS}:9100"
        series = b"".join(
            _field(1, _field(1, name.encode()) + _field(2, text.encode()))
            for name, text in sorted((labels | {"instance": instance}).items())
        )
        sample = _field(2, b"\x09" + bytes(8) + b"\x10" + bytes(_TIME_BYTES))
        message = _field(1, series + sample)
        instances.append(len(out) + message.index(instance.encode()) + 1)
        end = len(out) + len(message)
        times.append(end - _TIME_BYTES)
        values.append(end - _TIME_BYTES - 9)
        out += message
    return np.frombuffer(bytes(out), np.uint8), np.array(values), np.array(times), np.array(instances)


def _varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def _field(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _snappy(raw: bytes) -> bytes:
    """Snappy's block format: the length, and one literal with its length in four bytes."""
    return _varint(len(raw)) + bytes([63 << 2]) + struct.pack("<I", len(raw) - 1) + raw
