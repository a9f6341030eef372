"""A good dashboard, good rules and a good routing, to be made wrong in one place; and who blames them."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import yaml

from codesentinel.mixin.checks.all import CHECKS
from codesentinel.mixin.checks.base import Wishes, World
from codesentinel.mixin.checks.judge import problems
from codesentinel.mixin.checks.questions import Values, question_of
from codesentinel.mixin.checks.reading import Source
from codesentinel.model.facts import Answer, Facts, Question

if TYPE_CHECKING:
    from codesentinel.model.problem import Problem

_DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
RATE = 'rate(http_requests_total{service=~"$service"}[$__rate_interval])'


def target(expr: str, legend: str = "{{service}}", ref_id: str = "A", **more: Any) -> dict[str, Any]:
    """One query."""
    return {"datasource": _DATASOURCE, "expr": expr, "legendFormat": legend, "refId": ref_id, **more}


def panel(
    number: int, kind: str, title: str, x: int, targets: list[dict[str, Any]], **defaults: Any
) -> dict[str, Any]:
    """One panel of the width 8."""
    return {
        "id": number,
        "type": kind,
        "title": title,
        "description": f"What {title} means.",
        "datasource": _DATASOURCE,
        "gridPos": {"x": x, "y": 0, "w": 8, "h": 8},
        "targets": targets,
        "fieldConfig": {"defaults": {"unit": "short", **defaults}, "overrides": []},
        "options": {"reduceOptions": {"calcs": ["lastNotNull"]}},
    }


def variable(name: str, query: str, **more: Any) -> dict[str, Any]:
    """One query variable."""
    base = {
        "name": name,
        "type": "query",
        "datasource": _DATASOURCE,
        "query": {"query": query, "refId": name},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
    }
    return base | more


_STEPS = {"mode": "absolute", "steps": [{"color": "green", "value": None}, {"color": "red", "value": 5}]}
_P95 = (
    "histogram_quantile(0.95, sum by (service, le) "
    '(rate(http_request_duration_seconds_bucket{service=~"$service"}[$__rate_interval])))'
)
_DASHBOARD = {
    "uid": "shop",
    "title": "Shop",
    "schemaVersion": 39,
    "editable": False,
    "tags": ["shop"],
    "time": {"from": "now-6h", "to": "now"},
    "refresh": "30s",
    "links": [{"type": "dashboards", "tags": ["shop"], "keepTime": True, "includeVars": True}],
    "templating": {
        "list": [
            {"name": "datasource", "type": "datasource", "query": "prometheus"},
            variable("environment", "label_values(http_requests_total, environment)"),
            variable("service", 'label_values(http_requests_total{environment=~"$environment"}, service)'),
        ]
    },
    "annotations": {
        "list": [
            {"builtIn": 1, "name": "Annotations & Alerts", "datasource": "-- Grafana --"},
            {
                "name": "Restarts",
                "datasource": _DATASOURCE,
                "expr": "changes(process_start_time_seconds[5m]) > 0",
            },
        ]
    },
    "panels": [
        panel(
            1, "stat", "Requests", 0, [target(f"sum by (service) ({RATE})")], thresholds=_STEPS, unit="reqps"
        ),
        panel(2, "timeseries", "Latency", 8, [target(_P95)], unit="s"),
        panel(
            3,
            "timeseries",
            "Errors",
            16,
            [target(f"sum by (service) ({RATE}) / 2")],
            unit="percentunit",
            min=0,
        ),
        {
            "id": 4,
            "type": "row",
            "title": "Memory of $service",
            "collapsed": True,
            "repeat": "service",
            "gridPos": {"x": 0, "y": 8, "w": 24, "h": 1},
            "panels": [
                panel(5, "timeseries", "Resident", 0, [target("process_resident_memory_bytes")], unit="bytes")
            ],
        },
    ],
}

_RULES = """\
groups:
  - name: shop
    interval: 30s
    rules:
      - record: service:http_requests:rate5m
        expr: sum by (service) (rate(http_requests_total[5m]))
      - alert: ShopErrorsHigh
        expr: service:http_requests:rate5m > 10
        for: 2m
        labels: {severity: P1, team: shop}
        annotations:
          summary: The shop fails
          description: 'Service {{ $labels.service }} fails {{ $value | humanize }} requests a second.'
          runbook_url: docs/runbooks/ShopErrorsHigh.md
      - alert: ShopErrorsHigh
        expr: service:http_requests:rate5m > 1
        for: 10m
        labels: {severity: P2, team: shop}
        annotations:
          summary: The shop fails a little
          description: '{{ with $labels.service }}Service {{ . }}{{ end }} fails.'
          runbook_url: https://wiki.example/ShopErrorsHigh
      - alert: ShopGone
        expr: absent(up{job="shop"})
        for: 5m
        labels: {severity: P2, team: shop}
        annotations:
          summary: The shop is not scraped
          description: 'Nothing scrapes {{ $labels.job }}.'
          runbook_url: docs/runbooks/ShopErrorsHigh.md
"""

_ROUTING = """\
route:
  receiver: log
  routes:
    - receiver: pager
      matchers: [severity="P1"]
    - receiver: chat
      matchers: [severity="P2"]
inhibit_rules:
  - source_matchers: [severity="P1", alertname="ShopErrorsHigh"]
    target_matchers: [severity="P2"]
    equal: [alertname, service]
receivers:
  - name: log
  - name: pager
  - name: chat
"""

_METRICS = (
    "http_requests_total http_request_duration_seconds_bucket process_resident_memory_bytes up "
    "process_start_time_seconds service:http_requests:rate5m"
)
_TYPES = {"http_requests_total": "counter", "process_resident_memory_bytes": "gauge"}
VALUES: Values = {"datasource": ("prometheus",), "environment": ("prod",), "service": ("cart", "pay")}


def dashboard() -> dict[str, Any]:
    """A dashboard that nobody blames."""
    return copy.deepcopy(_DASHBOARD)


def rules() -> dict[str, Any]:
    """Rules that nobody blames."""
    return yaml.safe_load(_RULES)


def routing() -> dict[str, Any]:
    """A routing that nobody blames."""
    return yaml.safe_load(_ROUTING)


def blame(
    *,
    dashboards: dict[str, Any] | None = None,
    rule_files: dict[str, Any] | None = None,
    routings: dict[str, Any] | None = None,
    answer: Answer | None = None,
    metrics: str = _METRICS,
    types: dict[str, str] = _TYPES,
    values: Values = VALUES,
    wishes: Wishes = Wishes(),  # noqa: B008
    known_labels: str = "",
    files: frozenset[str] = frozenset(("docs/runbooks/ShopErrorsHigh.md",)),
) -> list[Problem]:
    """All problems of documents by file name. The server of the facts answers every query with ``answer``."""
    source = Source()
    for name, document in (dashboards or {}).items():
        source.add_json(name, json.dumps(document, indent=1))
    for name, document in ((rule_files or {}) | (routings or {})).items():
        source.add_yaml(name, json.dumps(document, ensure_ascii=False, indent=1))  # which is YAML too
    good = Answer("", 1, 10, 10, frozenset(("service", "instance", "job", "environment")), 0.01)
    questions = [
        question_of(d, t, values, wishes.scrape_interval_seconds)
        for d in source.dashboards
        for _, t in d.queries
    ]
    questions += [Question(rule.expr) for file in source.rule_files for rule in file.rules]
    facts = Facts(
        server="http://server",
        metrics=frozenset(metrics.split()),
        types=types,
        answers=dict.fromkeys(questions, answer or good),
        variables={d.file: values for d in source.dashboards},
        labels=frozenset(known_labels.split()),
    )
    world = World(
        dashboards=tuple(source.dashboards),
        rule_files=tuple(source.rule_files),
        routings=tuple(source.routings),
        wishes=wishes,
        files=files,
        facts=facts,
    )
    return problems(world, source, CHECKS)


def blame_dashboard(document: dict[str, Any], **more: Any) -> list[Problem]:
    """The problems of one dashboard."""
    return blame(dashboards={"shop.json": document}, **more)


def blame_rules(document: dict[str, Any], **more: Any) -> list[Problem]:
    """The problems of one file of rules, with the good routing."""
    return blame(rule_files={"shop.yml": document}, routings={"alertmanager.yml": routing()}, **more)


def blame_routing(document: dict[str, Any], **more: Any) -> list[Problem]:
    """The problems of one routing, with the good rules."""
    return blame(rule_files={"shop.yml": rules()}, routings={"alertmanager.yml": document}, **more)


def said(problems_: list[Problem], check: str) -> list[str]:
    """What one check says, each with its place; whatever else is said does not matter."""
    return [f"{p.place}: {p.message}" for p in problems_ if p.check == check]
