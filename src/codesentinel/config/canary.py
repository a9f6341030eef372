"""Reading ``canary.yaml``, what a canary is judged by; all mistakes are told at once."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from codesentinel.model.canary import (
    DIRECTIONS,
    ERRORS,
    INCREASE,
    KINDS,
    LATENCY,
    QUANTILES,
    RESOURCE,
    CanaryConfig,
    CanaryMetric,
)
from codesentinel.model.duration import parse_duration
from codesentinel.model.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

OTHER_SECTIONS = ("rollout",)
"""What stands in the same file and is read elsewhere."""

_HINT = "docs/how-to/judge-a-canary.md shows such a file"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EVENTS = {LATENCY: "histogram", ERRORS: "errors", RESOURCE: "amount"}
_TOP = ("alpha", "block", "warm_up", "minimum_requests", "deadline", "instance", "metrics")
_METRIC = ("name", "kind", "requests", "direction", "margin", "critical", "weight", "quantiles")
_MARGIN = ("relative", "absolute")


class _Range(NamedTuple):
    """Both ends are left out where ``open_``."""

    low: float
    high: float
    open_: bool = False

    def __contains__(self, value: object) -> bool:
        number = float(value)  # type: ignore[arg-type]
        return self.low < number < self.high if self.open_ else self.low <= number <= self.high


def read_canary(path: Path, shown: str) -> CanaryConfig:
    """The configuration in the file, which messages call ``shown``.

    Raises:
        ConfigurationError: naming every mistake in it.
    """
    return canary_config(read_document(path, shown), shown)


def read_document(path: Path, shown: str) -> Mapping[str, Any]:
    """The top level of the YAML file.

    Raises:
        ConfigurationError: there is none.
    """
    try:
        document = yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506  both loaders are safe ones
    except OSError as exc:
        raise ConfigurationError(shown, [f"cannot be read: {exc.strerror}"], hint=_HINT) from exc
    except (yaml.YAMLError, ValueError, RecursionError) as exc:
        raise ConfigurationError(shown, [f"not valid YAML: {exc}"], hint=_HINT) from exc
    if not isinstance(document, dict):
        raise ConfigurationError(shown, ["should be a mapping with the key metrics"], hint=_HINT)
    return document


def canary_config(document: Mapping[str, Any], shown: str) -> CanaryConfig:
    """The configuration in such a document.

    Raises:
        ConfigurationError: naming every mistake in it.
    """
    problems: list[str] = []
    top = _Table("", document, problems, (*_TOP, *OTHER_SECTIONS))
    given = document.get("metrics")
    if not isinstance(given, list) or not given:
        problems.append("metrics: should be a list with at least one metric")
        given = []
    metrics = tuple(_metric(number, one, problems) for number, one in enumerate(given, 1))
    names = [one.name for one in metrics]
    problems += [
        f"metrics: {name!r} is there twice" for name in sorted({n for n in names if names.count(n) > 1})
    ]
    if metrics and not any(one.weight for one in metrics):
        problems.append("metrics: at least one needs a weight above 0")
    config = CanaryConfig(
        metrics=metrics,
        alpha=top.number("alpha", 0.05, _Range(0, 0.5, open_=True)),
        block_seconds=top.seconds("block", 60.0, _Range(1, 3600)),
        warm_up_seconds=top.seconds("warm_up", 0.0, _Range(0, 86400)),
        minimum_requests=top.number("minimum_requests", 100.0, _Range(1, 1e12)),
        deadline_seconds=top.seconds("deadline", 3600.0, _Range(1, 31 * 86400)),
        instance_label=top.text("instance", "instance"),
    )
    if config.deadline_seconds <= config.warm_up_seconds:
        problems.append("deadline: should be later than the end of warm_up")
    if problems:
        raise ConfigurationError(shown, problems, hint=_HINT)
    return config


def _metric(number: int, given: object, problems: list[str]) -> CanaryMetric:
    name = given.get("name") if isinstance(given, dict) else None
    where = f"metrics {name if isinstance(name, str) and name else number}: "
    if not isinstance(given, dict):
        problems.append(f"{where}should be a mapping")
        return CanaryMetric(name=str(number), kind=LATENCY)
    kind = given.get("kind")
    events = _EVENTS.get(kind, "") if isinstance(kind, str) else ""
    table = _Table(where, given, problems, (*_METRIC, *([events] if events else _EVENTS.values())))
    margin = _Table(f"{where}margin: ", table.mapping("margin"), problems, _MARGIN)
    largest = 1e12 if kind == RESOURCE else 1.0
    return CanaryMetric(
        name=table.text("name"),
        kind=table.word("kind", KINDS),
        events=table.text(events) if events else "",
        requests=table.text("requests", "" if kind == LATENCY else None),
        direction=table.word("direction", DIRECTIONS, INCREASE),
        relative_margin=margin.number("relative", 0.25, _Range(0, 1000)),
        absolute_margin=margin.number("absolute", 0.0, _Range(0, largest)),
        critical=table.flag("critical", default=True),
        weight=table.number("weight", 1.0, _Range(0, 1e6)),
        quantiles=_quantiles(table) if kind == LATENCY else (),
    )


def _quantiles(table: _Table) -> tuple[float, ...]:
    given = table.given.get("quantiles", list(QUANTILES))
    inside = _Range(0, 1, open_=True)
    if not isinstance(given, list) or not given or not all(_is_number(q) and q in inside for q in given):
        table.wrong("quantiles", f"should be a list of numbers between 0 and 1, not {given!r}")
        return QUANTILES
    return tuple(sorted({float(q) for q in given}))


class _Table:
    """A mapping, where it stands, and where its mistakes are put."""

    def __init__(
        self, where: str, given: Mapping[str, Any], problems: list[str], known: tuple[str, ...]
    ) -> None:
        self.given = given
        self._where = where
        self._problems = problems
        for key in given:
            if key not in known:
                close = difflib.get_close_matches(str(key), known, n=1)
                self._problems.append(
                    f"{where}unknown key {key!r}" + (f" (did you mean {close[0]}?)" if close else "")
                )

    def wrong(self, key: str, what: str) -> None:
        self._problems.append(f"{self._where}{key}: {what}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.given.get(key, default)
        if value is None:
            self.wrong(key, "is missing")
        elif not isinstance(value, str) or (key in self.given and not value.strip()):
            self.wrong(key, f"should be text, not {value!r}")
        else:
            return value
        return ""

    def word(self, key: str, words: tuple[str, ...], default: str | None = None) -> str:
        value = self.given.get(key, default)
        if isinstance(value, str) and value in words:
            return value
        told = "is missing" if value is None else f"should not be {value!r}"
        self.wrong(key, f"{told}; one of {', '.join(words)}")
        return words[0]

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.given.get(key, default)
        if not isinstance(value, bool):
            self.wrong(key, f"should be true or false, not {value!r}")
        return value is True

    def number(self, key: str, default: float, allowed: _Range) -> float:
        return self._checked(key, self.given.get(key, default), default, allowed, lambda value: value)

    def seconds(self, key: str, default: float, allowed: _Range) -> float:
        return self._checked(key, self.given.get(key, default), default, allowed, _seconds)

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self.given.get(key, {})
        if isinstance(value, dict):
            return value
        self.wrong(key, f"should be a mapping, not {value!r}")
        return {}

    def _checked(
        self, key: str, value: Any, default: float, allowed: _Range, read: Callable[[Any], Any]
    ) -> float:
        number = read(value)
        if _is_number(number) and number in allowed:
            return float(number)
        between = "lie strictly between" if allowed.open_ else "lie between"
        self.wrong(key, f"should {between} {allowed.low:g} and {allowed.high:g}, not {value!r}")
        return default


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _seconds(value: Any) -> Any:
    """A duration as text, or a number of seconds; what is neither is left as it is."""
    if not isinstance(value, str):
        return value
    try:
        return parse_duration(value)
    except ValueError:
        return value
