"""The hash chain of a log: each record carries a digest of itself and of the record before it.

A sealed line is the record with one more member at its end, ``,"chain":"<32 hex digits>"}``, whose
value is BLAKE2b-128 (RFC 7693) over the chain value of the line before and the record as it was
given. Whoever changes, removes, inserts or swaps lines breaks the chain at that place. Whoever can
write the file can also forge a whole new chain: only a head kept elsewhere shows that.
"""

from __future__ import annotations

try:  # what hashlib hands out, without loading OpenSSL: this is paid by every command
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

GENESIS = b"0" * 32
"""The chain value before the first record."""

_OPENING, _CLOSING = b',"chain":"', b'"}'
SEAL_BYTES = len(_OPENING) + len(GENESIS) + len(_CLOSING)
"""How long the sealed end of a line is, without its newline."""

_DIGITS = frozenset(b"0123456789abcdef")


def can_seal(record: bytes) -> bool:
    """Whether the record is written as an object with at least one member."""
    return record[:1] == b"{" and record[-1:] == b"}" and b":" in record


def seal(record: bytes, before: bytes) -> bytes:
    """``record``, a JSON object that is not empty, with its link to the line whose value is ``before``."""
    return record[:-1] + _OPENING + link(record, before) + _CLOSING


def link(record: bytes, before: bytes) -> bytes:
    """The chain value of ``record`` after the line whose value is ``before``."""
    return blake2b(before + record, digest_size=16).hexdigest().encode()


def value(end: bytes) -> bytes | None:
    """The chain value at the end of a line (without newline); None for a line that is not sealed."""
    end = end[-SEAL_BYTES:]
    digits = end[len(_OPENING) : -len(_CLOSING)]
    sealed = end.startswith(_OPENING) and end.endswith(_CLOSING) and len(digits) == len(GENESIS)
    return digits if sealed and _DIGITS.issuperset(digits) else None


def unsealed(line: bytes) -> bytes:
    """The record as it was given, of a sealed line without newline."""
    return line[:-SEAL_BYTES] + b"}"
