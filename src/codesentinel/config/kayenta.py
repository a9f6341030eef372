"""Reading Kayenta's canary configuration, as Spinnaker keeps it: JSON, of which the judge's part is taken."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from codesentinel.model.errors import ConfigurationError
from codesentinel.model.kayenta import CLES, MEAN_RATIO, KayentaConfig, KayentaMetric, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_HINT = "docs/how-to/judge-a-canary.md says what is understood"
_PROMQL = "PromQL:"
_SCOPE = "${scope}"
_OUTLIER_FACTOR = 3.0
_DIRECTIONS = ("increase", "decrease", "either")


def read_kayenta(path: Path, shown: str) -> KayentaConfig:
    """The configuration in the file, which messages call ``shown``.

    Raises:
        ConfigurationError: naming every mistake in it.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as exc:
        raise ConfigurationError(shown, [f"cannot be read: {exc.strerror}"], hint=_HINT) from exc
    except (ValueError, RecursionError) as exc:
        raise ConfigurationError(shown, [f"not valid JSON: {exc}"], hint=_HINT) from exc
    return kayenta_config(document, shown)


def kayenta_config(document: Any, shown: str) -> KayentaConfig:
    """The configuration in such a document.

    Raises:
        ConfigurationError: naming every mistake in it.
    """
    problems: list[str] = []
    top = _Part("", document, problems)
    given = top.given.get("metrics")
    if not isinstance(given, list) or not given:
        problems.append("metrics: should be a list with at least one metric")
        given = []
    metrics = tuple(_metric(number, one, problems) for number, one in enumerate(given, 1))
    classifier = top.part("classifier")
    weights = classifier.part("groupWeights")
    thresholds = classifier.part("scoreThresholds")
    config = KayentaConfig(
        name=top.text("name", "canary"),
        metrics=metrics,
        group_weights={name: weights.number(name, 0.0) for name in weights.given},
        pass_score=thresholds.number("pass", 75.0),
        marginal_score=thresholds.number("marginal", 50.0),
    )
    if problems:
        raise ConfigurationError(shown, problems, hint=_HINT)
    return config


def _metric(number: int, given: Any, problems: list[str]) -> KayentaMetric:
    metric = _Part(f"metrics {number}: ", given, problems)
    own = metric.part("analysisConfigurations").part("canary")
    effect, outliers = own.part("effectSize"), own.part("outliers")
    measure = effect.word("measure", MEAN_RATIO, (MEAN_RATIO, CLES))
    usual = 1.0 if measure == MEAN_RATIO else 0.5
    query, is_promql = _query(metric.part("query"))
    removes = outliers.word("strategy", "keep", ("keep", "remove")) == "remove"
    groups = metric.given.get("groups", [])
    if not isinstance(groups, list) or not all(isinstance(one, str) for one in groups):
        metric.wrong("groups", "should be a list of words")
        groups = []
    return KayentaMetric(
        name=metric.text("name"),
        query=query,
        is_promql=is_promql,
        groups=tuple(groups),
        direction=own.word("direction", "either", _DIRECTIONS),
        nan_strategy=own.word("nanStrategy", "remove", ("remove", "replace")),
        critical=own.flag("critical"),
        must_have_data=own.flag("mustHaveData"),
        outlier_factor=outliers.number("outlierFactor", _OUTLIER_FACTOR) if removes else None,
        measure=measure,
        allowed=Limits(effect.number("allowedDecrease", usual), effect.number("allowedIncrease", usual)),
        critical_limits=Limits(
            effect.number("criticalDecrease", usual), effect.number("criticalIncrease", usual)
        ),
    )


def _query(query: _Part) -> tuple[str, bool]:
    """A selector, or PromQL with the scope of the arm in it."""
    template = query.text("customInlineTemplate", "")
    if template:
        if not template.startswith(_PROMQL):
            query.wrong("customInlineTemplate", f"should begin with {_PROMQL}")
        others = [one for one in re.findall(r"\$\{[^}]*\}", template) if one != _SCOPE]
        if others:
            query.wrong("customInlineTemplate", f"{', '.join(others)} is not known here, only {_SCOPE}")
        return template.removeprefix(_PROMQL).strip(), True
    bindings = query.given.get("labelBindings", [])
    if not isinstance(bindings, list) or not all(isinstance(one, str) for one in bindings):
        query.wrong("labelBindings", "should be a list of matchers")
        bindings = []
    name = query.text("metricName")
    return f"{name}{{{','.join(bindings)}}}" if bindings else name, False


class _Part:
    """A JSON object, where it stands, and where its mistakes are put."""

    def __init__(self, where: str, given: Any, problems: list[str]) -> None:
        self.given: Mapping[str, Any] = given if isinstance(given, dict) else {}
        self._where = where
        self._problems = problems
        if not isinstance(given, dict):
            problems.append(f"{where or 'the file: '}should be an object")

    def wrong(self, key: str, what: str) -> None:
        self._problems.append(f"{self._where}{key}: {what}")

    def part(self, key: str) -> _Part:
        """What is missing is empty."""
        return _Part(f"{self._where}{key}: ", self.given.get(key) or {}, self._problems)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.given.get(key)
        value = default if value is None else value
        if isinstance(value, str):
            return value
        self.wrong(key, "is missing" if value is None else f"should be text, not {value!r}")
        return ""

    def word(self, key: str, default: str, words: tuple[str, ...]) -> str:
        value = self.text(key, default)
        if value not in words:
            self.wrong(key, f"should be one of {', '.join(words)}, not {value!r}")
        return value

    def flag(self, key: str) -> bool:
        value = self.given.get(key) or False
        if not isinstance(value, bool):
            self.wrong(key, f"should be true or false, not {value!r}")
        return value is True

    def number(self, key: str, default: float) -> float:
        value = self.given.get(key)
        value = default if value is None else value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        self.wrong(key, f"should be a number, not {value!r}")
        return default
