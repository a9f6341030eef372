"""Reading ``cloudwatch.toml``, the list of metrics to take; all mistakes are told at once."""

from __future__ import annotations

import difflib
import tomllib
from typing import TYPE_CHECKING, Any

from codesentinel.model.cloudwatch.metric import Wanted
from codesentinel.model.cloudwatch.periods import is_period
from codesentinel.model.cloudwatch.statistics import is_amount, is_statistic
from codesentinel.model.cloudwatch.units import UNITS, is_rate
from codesentinel.model.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_KEYS = ("namespace", "names", "statistics", "dimensions", "where", "unit", "period_seconds")
_HINT = "docs/how-to/read-cloudwatch.md shows such a file"


def read_wanted(path: Path, shown: str) -> tuple[Wanted, ...]:
    """The rules of the file, which messages call ``shown``.

    Raises:
        ConfigurationError: naming every mistake in it.
    """
    try:
        document = tomllib.loads(path.read_bytes().decode())
    except FileNotFoundError:
        raise ConfigurationError("cloudwatch.file", [f"{shown}: no such file"], hint=_HINT) from None
    except OSError as exc:
        raise ConfigurationError("cloudwatch.file", [f"{shown}: cannot be read: {exc.strerror}"]) from exc
    except (ValueError, RecursionError) as exc:
        raise ConfigurationError(shown, [f"not valid TOML: {exc}"], hint=_HINT) from exc
    problems = [f"unknown word {key!r}: only [[metrics]] stands here" for key in document if key != "metrics"]
    tables = document.get("metrics", [])
    if not isinstance(tables, list) or not tables:
        problems.append("there is no [[metrics]]")
        tables = []
    wanted = [
        rule for number, table in enumerate(tables, 1) if (rule := _Table(number, table, problems).rule())
    ]
    if problems:
        raise ConfigurationError(shown, problems, hint=_HINT)
    return tuple(wanted)


class _Table:
    """One ``[[metrics]]``, the how-maniest it is, and where its mistakes are put."""

    def __init__(self, number: int, table: object, problems: list[str]) -> None:
        self._name = f"metrics {number}"
        self._table: Mapping[str, Any] = table if isinstance(table, dict) else {}
        self._problems = problems
        self._found_before = len(problems)
        if not isinstance(table, dict):
            self._wrong("should be a table, [[metrics]]")

    def rule(self) -> Wanted | None:
        """What it says; None, with the mistakes told, where it says nothing sound."""
        for key in self._table:
            if key not in _KEYS:
                close = difflib.get_close_matches(key, _KEYS, n=1)
                self._wrong(f"unknown key {key!r}" + (f" (did you mean {close[0]}?)" if close else ""))
        namespace, unit = self._text("namespace", needed=True), self._text("unit")
        names = self._texts("names")
        statistics = self._texts("statistics", needed=True)
        dimensions = self._texts("dimensions") if "dimensions" in self._table else None
        where, period = self._where(), self._period()
        for statistic in statistics:
            if not is_statistic(statistic):
                self._wrong(f"no statistic of CloudWatch: {statistic!r} (such as Average, Sum, p99, tm90)")
            elif is_amount(statistic) and is_rate(unit):
                self._wrong(f"{statistic} of {unit} means nothing: a rate is not added up")
        if unit and unit not in UNITS:
            self._wrong(f"no unit of CloudWatch: {unit!r} (one of {', '.join(UNITS)})")
        if namespace.startswith(":"):
            self._wrong("a namespace does not begin with a colon")
        if len(self._problems) != self._found_before:
            return None
        exact = None if dimensions is None else frozenset(dimensions)
        return Wanted(namespace, names, statistics, exact, where, unit, period)

    def _wrong(self, what: str) -> None:
        self._problems.append(f"{self._name}: {what}")

    def _text(self, key: str, *, needed: bool = False) -> str:
        value: object = self._table.get(key, "")
        if not isinstance(value, str):
            self._wrong(f"{key} should be text, not {value!r}")
            return ""
        if needed and not value and self._table:
            self._wrong(f"{key} is missing")
        return value

    def _texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
            self._wrong(f"{key} should be a list of words, not {value!r}")
            return ()
        if needed and not value and self._table:
            self._wrong(f"{key} is missing")
        if len(set(value)) != len(value):
            self._wrong(f"{key} names something twice")
        return tuple(value)

    def _where(self) -> dict[str, str]:
        value = self._table.get("where", {})
        if not isinstance(value, dict) or not all(isinstance(word, str) and word for word in value.values()):
            self._wrong(f"where should be a table of dimensions and their values, not {value!r}")
            return {}
        return dict(value)

    def _period(self) -> int:
        value = self._table.get("period_seconds", 0)
        if type(value) is not int or ("period_seconds" in self._table and not is_period(value)):
            self._wrong(
                f"period_seconds should be 1, 5, 10, 20, 30, or minutes that divide a day, not {value!r}"
            )
            return 0
        return value
