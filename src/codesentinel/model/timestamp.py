"""Timestamps: UTC, RFC 3339 with offset, milliseconds; the one spelling used in the log and in JSON."""

from __future__ import annotations

from datetime import UTC, datetime


def rfc3339(epoch_seconds: float) -> str:
    """``1700000000.5`` becomes ``2023-11-14T22:13:20.500+00:00``."""
    return datetime.fromtimestamp(epoch_seconds, UTC).isoformat(timespec="milliseconds")


def utc(epoch_seconds: float) -> datetime:
    """An aware datetime."""
    return datetime.fromtimestamp(epoch_seconds, UTC)
