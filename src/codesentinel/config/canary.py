"""Reading ``canary.yaml``, what a canary is judged by; all mistakes are told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from codesentinel.config.table import Range, Table, is_number
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
from codesentinel.model.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OTHER_SECTIONS = ("rollout",)
"""What stands in the same file and is read elsewhere."""

_HINT = "docs/how-to/judge-a-canary.md shows such a file"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EVENTS = {LATENCY: "histogram", ERRORS: "errors", RESOURCE: "amount"}
_TOP = ("alpha", "block", "warm_up", "minimum_requests", "deadline", "instance", "metrics")
_METRIC = (
    "name",
    "kind",
    "requests",
    "direction",
    "margin",
    "critical",
    "weight",
    "quantiles",
    "noise",
    "late",
)
_MARGIN = ("relative", "absolute")


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
    top = Table("", document, problems, (*_TOP, *OTHER_SECTIONS))
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
        alpha=top.number("alpha", 0.05, Range(0, 0.5, open_=True)),
        block_seconds=top.seconds("block", 60.0, Range(1, 3600)),
        warm_up_seconds=top.seconds("warm_up", 0.0, Range(0, 86400)),
        minimum_requests=top.number("minimum_requests", 100.0, Range(1, 1e12)),
        deadline_seconds=top.seconds("deadline", 3600.0, Range(1, 31 * 86400)),
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
    table = Table(where, given, problems, (*_METRIC, *([events] if events else _EVENTS.values())))
    margin = Table(f"{where}margin: ", table.mapping("margin"), problems, _MARGIN)
    largest = 1e12 if kind == RESOURCE else 1.0
    return CanaryMetric(
        name=table.text("name"),
        kind=table.word("kind", KINDS),
        events=table.text(events) if events else "",
        requests=table.text("requests", "" if kind == LATENCY else None),
        direction=table.word("direction", DIRECTIONS, INCREASE),
        relative_margin=margin.number("relative", 0.25, Range(0, 1000)),
        absolute_margin=margin.number("absolute", 0.0, Range(0, largest)),
        critical=table.flag("critical", default=True),
        weight=table.number("weight", 1.0, Range(0, 1e6)),
        quantiles=_quantiles(table) if kind == LATENCY else (),
        noise=table.number("noise", 0.0, Range(0, 10)) if "noise" in given else None,
        late=table.flag("late", default=False),
    )


def _quantiles(table: Table) -> tuple[float, ...]:
    given = table.given.get("quantiles", list(QUANTILES))
    inside = Range(0, 1, open_=True)
    if not isinstance(given, list) or not given or not all(is_number(q) and q in inside for q in given):
        table.wrong("quantiles", f"should be a list of numbers between 0 and 1, not {given!r}")
        return QUANTILES
    return tuple(sorted({float(q) for q in given}))
