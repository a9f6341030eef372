"""Timestamps: UTC, RFC 3339 with offset, milliseconds; the one spelling used in the log and in JSON."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

_DAY_SECONDS = 86400
_ERA_DAYS = 146097  # 400 years
_LAST_YEAR = 9999  # RFC 3339 has four digits


def rfc3339(epoch_seconds: float) -> str:
    """``1700000000.5`` becomes ``2023-11-14T22:13:20.500+00:00``.

    The calendar is counted here because every command writes a timestamp, and importing ``datetime``
    costs as much as reading the processes of a small host.

    Raises:
        ValueError: the moment lies outside the years 1 to 9999, or is no number.
    """
    seconds = int(epoch_seconds // 1)
    micros = round((epoch_seconds - seconds) * 1e6)
    carried, micros = divmod(micros, 1_000_000)
    days, rest = divmod(seconds + carried, _DAY_SECONDS)
    year, month, day = _civil(days)
    if not 1 <= year <= _LAST_YEAR:
        raise ValueError(f"year {year} has no RFC 3339 spelling")
    hour, rest = divmod(rest, 3600)
    clock = f"{hour:02}:{rest // 60:02}:{rest % 60:02}.{micros // 1000:03}"
    return f"{year:04}-{month:02}-{day:02}T{clock}+00:00"


def utc(epoch_seconds: float) -> datetime:
    """An aware datetime."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(epoch_seconds, UTC)


def _civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of a day counted from 1970-01-01 (Hinnant, `chrono`-compatible algorithms)."""
    era, day_of_era = divmod(days + 719468, _ERA_DAYS)  # counted from 1 March of the year 0
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year_of_era + era * 400 + (month <= 2), month, day
