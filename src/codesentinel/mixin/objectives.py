"""``slo.yml``: what share of requests has to be good, by service and environment. Read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from codesentinel.model.duration import parse_duration
from codesentinel.model.errors import ConfigurationError

AVAILABILITY = "availability"
LATENCY = "latency"
ANY = "*"

_NAME = re.compile(r"[A-Za-z0-9_.:/-]+")
_SHORTEST_PERIOD_SECONDS = 7 * 86400.0
_LONGEST_PERIOD_SECONDS = 90 * 86400.0
_KEYS = ("service", "environment", AVAILABILITY, LATENCY)
_LATENCY_KEYS = ("objective", "within")


@dataclass(frozen=True, slots=True)
class Objective:
    """The share of good requests that is promised.

    Attributes:
        slo: ``availability`` (not answered with a 5xx status) or ``latency`` (answered in time).
        service: a name, or ``*`` for every service that no other entry names.
        environment: a name, or ``*`` for every environment that no other entry of the service names.
        objective: the share, as a ratio.
        within_seconds: for latency; has to be a bound of the histogram's buckets.
    """

    slo: str
    service: str
    environment: str
    objective: float
    within_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Objectives:
    """All objectives, and the period over which they hold."""

    period_seconds: float
    entries: tuple[Objective, ...]

    def matchers(self, entry: Objective, service: str, environment: str) -> str:
        """What selects the series that ``entry`` judges: each series belongs to one entry of a kind.

        ``service`` and ``environment`` are the names of the labels. A service that is named anywhere is
        judged by its own entries alone; ``*`` takes the others, and environments go alike.
        """
        same = [other for other in self.entries if other.slo == entry.slo]
        services = sorted({other.service for other in same} - {ANY})
        environments = sorted({o.environment for o in same if o.service == entry.service} - {ANY})
        parts = (
            _matcher(service, entry.service, services),
            _matcher(environment, entry.environment, environments),
        )
        return ", ".join(part for part in parts if part)


def objectives(document: Any, source: str = "slo.yml") -> Objectives:
    """The objectives that a file holds.

    Raises:
        ConfigurationError: with every mistake.
    """
    problems: list[str] = []
    table = document if isinstance(document, dict) else {}
    if not table:
        problems.append("should be a mapping with `window` and `objectives`")
    problems += [f"{key}: unknown" for key in table if key not in ("window", "objectives")]
    period = _period(table.get("window", "30d"), problems)
    rows = table.get("objectives")
    if table and (not isinstance(rows, list) or not rows):
        problems.append("objectives: should be a list with at least one entry")
    entries: list[Objective] = []
    for number, row in enumerate(rows if isinstance(rows, list) else (), 1):
        entries += _entries(row, f"objectives, entry {number}", problems)
    keys = [(entry.slo, entry.service, entry.environment) for entry in entries]
    twice = [key for key in dict.fromkeys(keys) if keys.count(key) > 1]
    problems += [f"{slo} of {service} in {environment}: given twice" for slo, service, environment in twice]
    if problems:
        raise ConfigurationError(source, problems, hint="docs/how-to/slo.md shows a whole file")
    return Objectives(period, tuple(entries))


def _entries(row: Any, where: str, problems: list[str]) -> list[Objective]:
    if not isinstance(row, dict):
        problems.append(f"{where}: should be a mapping with `service` and an objective")
        return []
    problems += [f"{where}: {key}: unknown" for key in row if key not in _KEYS]
    service, environment = (_name(row, key, where, problems) for key in ("service", "environment"))
    if AVAILABILITY not in row and LATENCY not in row:
        problems.append(f"{where}: names neither {AVAILABILITY} nor {LATENCY}")
    found = []
    if AVAILABILITY in row:
        ratio = _ratio(row[AVAILABILITY], f"{where}: {AVAILABILITY}", problems)
        found.append(Objective(AVAILABILITY, service, environment, ratio))
    if LATENCY in row:
        ratio, within = _latency(row[LATENCY], f"{where}: {LATENCY}", problems)
        found.append(Objective(LATENCY, service, environment, ratio, within))
    return found


def _latency(value: Any, where: str, problems: list[str]) -> tuple[float, float]:
    if not isinstance(value, dict) or set(value) != set(_LATENCY_KEYS):
        problems.append(f"{where}: should be a mapping with `objective` and `within`, and nothing else")
        return 0.5, 1.0
    try:
        within = parse_duration(str(value["within"]))
    except ValueError as exc:
        problems.append(f"{where}: within: {exc}")
        within = 1.0
    if within <= 0:
        problems.append(f"{where}: within: should be more than 0")
    return _ratio(value["objective"], f"{where}: objective", problems), within


def _name(row: dict[Any, Any], key: str, where: str, problems: list[str]) -> str:
    value = row.get(key, ANY)
    if not isinstance(value, str) or not (value == ANY or _NAME.fullmatch(value)):
        problems.append(f"{where}: {key}: {value!r} is neither a name nor {ANY!r}")
        return ANY
    return value


def _ratio(value: Any, where: str, problems: list[str]) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        problems.append(f"{where}: should be a ratio between 0 and 1 such as 0.999, not {value!r}")
        return 0.5
    return float(value)


def _period(value: Any, problems: list[str]) -> float:
    try:
        seconds = parse_duration(str(value))
    except ValueError as exc:
        problems.append(f"window: {exc}")
        return _SHORTEST_PERIOD_SECONDS
    if not _SHORTEST_PERIOD_SECONDS <= seconds <= _LONGEST_PERIOD_SECONDS:
        problems.append(f"window: should lie between 7d and 90d, not {value}")
    return seconds


def _matcher(label: str, value: str, named: list[str]) -> str:
    if value != ANY:
        return f'{label}="{value}"'
    return f'{label}!~"{"|".join(name.replace(".", "[.]") for name in named)}"' if named else ""


DEFAULT = Objectives(
    30 * 86400.0,
    (
        Objective(AVAILABILITY, "shop", "demo", 0.99),
        Objective(LATENCY, "shop", "demo", 0.95, 0.25),
        Objective(AVAILABILITY, ANY, ANY, 0.995),
        Objective(LATENCY, ANY, ANY, 0.95, 0.5),
    ),
)
"""What ``infrastructure/slo.yml`` says, for those who have none."""
