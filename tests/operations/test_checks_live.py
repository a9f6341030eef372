"""Checks against a real Prometheus that watches itself."""

from __future__ import annotations

import json
import urllib.parse

import pytest

from check_samples import dashboard, panel, rules, target, variable
from codesentinel.operations.checks.alerts import check_alerts
from codesentinel.operations.checks.dashboards import check_dashboards
from codesentinel.operations.checks.inputs import Choice
from servers import eventually, free_port, get, serving

STEPS = {"mode": "absolute", "steps": [{"color": "green", "value": None}]}
GOOD = 'sum by (job) (rate(prometheus_http_requests_total{job=~"$job"}[$__rate_interval]))'


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    """Its address, once it has scraped itself for some seconds and serves the metadata."""
    folder, port = tmp_path_factory.mktemp("prometheus"), free_port()
    (folder / "prometheus.yml").write_text(
        f"""
global: {{scrape_interval: 1s}}
scrape_configs:
  - {{job_name: self, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}
"""
    )
    url = f"http://127.0.0.1:{port}"
    options = [
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    query = urllib.parse.urlencode({"query": "count_over_time(up[1m]) >= 10"})
    with serving("prometheus", options, f"{url}/-/ready"):
        eventually(lambda: json.loads(get(f"{url}/api/v1/query?{query}"))["data"]["result"], within=60)
        eventually(
            lambda: b'"gauge"' in get(f"{url}/api/v1/metadata?metric=prometheus_tsdb_head_series"), within=60
        )
        yield url


def choice(url):
    return Choice(url=url, scrape_interval_seconds=1.0, slow_seconds=30.0)


def lay(context, panels, *more):
    """A dashboard of these panels in the workspace; the path."""
    document = dashboard() | {
        "time": {"from": "now-5m", "to": "now"},
        "annotations": {"list": []},
        "panels": [
            panel(n, "stat", title, 0, [target(expr, legend)], thresholds=STEPS)
            | {"gridPos": {"x": 0, "y": 8 * n, "w": 8, "h": 8}}
            for n, (title, expr, legend) in enumerate(panels, 1)
        ],
        "templating": {
            "list": [
                {"name": "datasource", "type": "datasource", "query": "prometheus"},
                variable("job", "label_values(up, job)"),
                *more,
            ]
        },
    }
    path = context.root / "live.json"
    path.write_text(json.dumps(document, indent=1))
    return str(path)


def test_what_only_a_server_can_tell_is_told_of_each_panel(context, prometheus):
    path = lay(
        context,
        [
            ("Good", GOOD, "{{job}}"),
            ("Refused", "up * on () prometheus_http_requests_total", ""),
            ("Empty", 'up{job=~"$job",instance="nowhere"}', "{{job}}"),
            ("Not a number", "0 * up / 0", "{{job}}"),
            ("Legend", "up", "{{pod}}"),
            ("Typo", "sum by (job) (prometheus_htp_requests_total)", "{{job}}"),
            ("Gauge", "rate(prometheus_tsdb_head_series[$__rate_interval])", "{{job}}"),
        ],
        variable("host", 'label_values(up{job=~"$job",instance="nowhere"}, host)'),
    )
    done = check_dashboards(context, [path], choice(prometheus))
    found = {(p.check, p.subject) for p in done.problems}
    assert found == {
        ("query/error", "panel 'Refused'"),
        ("query/empty", "panel 'Empty'"),
        ("query/nan", "panel 'Not a number'"),
        ("query/legend-missing", "panel 'Legend'"),
        ("query/empty", "panel 'Typo'"),
        ("query/metric", "panel 'Typo'"),
        ("query/counter", "panel 'Gauge'"),
        ("variable/resolved", "variable 'host'"),
        ("variable/used", "variable 'host'"),
    }
    assert (done.server, done.queries, done.left_out) == (prometheus, 7, ())
    [refused] = [p for p in done.problems if p.check == "query/error"]
    assert "many-to-many" in refused.message or "duplicate" in refused.message


def test_variables_are_resolved_one_after_the_other_and_filled_in(context, prometheus):
    chained = variable(
        "code",
        'label_values(prometheus_http_requests_total{job=~"$job"}, code)',
        includeAll=False,
        multi=False,
    )
    picked = variable("port", "label_values(up, instance)", regex="/.*:(\\d+)/", allValue=None)
    path = lay(
        context,
        [
            (
                "One code",
                'sum by (job) (prometheus_http_requests_total{job=~"$job",code="$code"})',
                "{{job}}",
            ),
            ("Any port", 'up{instance=~".*:$port"}', "{{job}}"),
            ("Sum", "sum by (${labels:csv}) (up)", "{{job}} {{instance}}"),
        ],
        chained,
        picked,
        {"name": "labels", "type": "custom", "query": "job,instance", "multi": True, "includeAll": True},
    )
    done = check_dashboards(context, [path], choice(prometheus))
    assert [(p.check, p.subject, p.message) for p in done.problems if p.check.startswith("query/")] == []


def test_rules_are_run_too(context, prometheus):
    document = rules()
    document["groups"][0]["rules"] = [
        {"record": "job:up:sum", "expr": "sum by (job) (up)"},
        {"record": "job:up:typo", "expr": "sum by (job) (upp)"},
        {"record": "job:up:refused", "expr": "up * on () prometheus_http_requests_total"},
        {"record": "job:head:rate5m", "expr": "sum by (job) (rate(prometheus_tsdb_head_series[5m]))"},
    ]
    path = context.root / "rules.yml"
    path.write_text(json.dumps(document))
    done = check_alerts(context, [str(path)], choice(prometheus))
    assert {(p.check, p.subject) for p in done.problems} == {
        ("rule/metric", "recording 'job:up:typo'"),
        ("rule/error", "recording 'job:up:refused'"),
        ("rule/counter", "recording 'job:head:rate5m'"),
    }


def test_a_query_that_takes_too_long_is_told_and_the_server_is_not_taken_for_gone(context, prometheus):
    path = lay(context, [("Good", GOOD, "{{job}}")])
    slow = choice(prometheus)._replace(slow_seconds=0.0)
    assert {p.check for p in check_dashboards(context, [path], slow).problems} == {"query/slow"}


def test_a_run_stands_in_the_log_with_what_it_found(context, prometheus):
    path = lay(context, [("Empty", 'up{job=~"$job",instance="nowhere"}', "{{job}}")])
    check_dashboards(context, [path], choice(prometheus))
    [line] = (context.root / "docs/domains/dashboards/history.jsonl").read_text().splitlines()
    event = json.loads(line)
    assert event["activity"]["action"] == "dashboards.check"
    assert event["success"] is False
    assert {k: event["activity"]["metadata"][k] for k in ("files", "error", "warning")} == {
        "files": 1,
        "error": 1,
        "warning": 0,
    }
