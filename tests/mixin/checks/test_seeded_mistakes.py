"""Mistakes sown one at a time into the dashboards, rules and routing that we ship: each is caught by its check."""

import copy
import functools
import json
import re
from pathlib import Path

import pytest
import yaml

from check_samples import blame
from codesentinel.cli.main import main
from codesentinel.mixin.checks.base import Wishes
from codesentinel.mixin.checks.promql import metric_names, parse
from codesentinel.mixin.checks.questions import fixed_values
from codesentinel.mixin.checks.reading import Source
from codesentinel.mixin.checks.shapes import label_names
from codesentinel.mixin.checks.suppressions import read_suppressions, sorted_out
from codesentinel.model.facts import Answer

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "infrastructure"
DASHBOARDS = sorted((SHIPPED / "grafana/dashboards").glob("*.json"))
RULES = sorted((SHIPPED / "prometheus/rules").glob("*.yml"))
ACCEPTED = SHIPPED / "codesentinel-checks.yml"
ROUTING = SHIPPED / "alertmanager/alertmanager.yml"
DEEP_DIVE, SERVICES = "service-deep-dive.json", "services.yml"


@functools.cache
def shipped():
    """File name to document."""
    documents = {path.name: json.loads(path.read_text()) for path in DASHBOARDS}
    return documents | {path.name: yaml.safe_load(path.read_text()) for path in (*RULES, ROUTING)}


@functools.cache
def server():
    """What a server says that has all metrics, and all labels that a legend names."""
    source = Source()
    for path in DASHBOARDS:
        source.add_json(path.name, path.read_text())
    for path in RULES:
        source.add_yaml(path.name, path.read_text())
    metrics, labels, values, known = set(), set(), {}, set()
    for dashboard in source.dashboards:
        for _, target, parsed in dashboard.trees:
            metrics.update(metric_names(parsed.tree))
            known.update(label_names(parsed.tree))
            labels.update(re.findall(r"\{\{\s*(\w+)", target.raw.get("legendFormat", "")))
        values |= {v.name: fixed_values(v) or ("one", "two") for v in dashboard.variables}
    for file in source.rule_files:
        for rule in file.rules:
            metrics.update([rule.name, *metric_names(parse(rule.expr).tree)])
            known.update(label_names(parse(rule.expr).tree))
    return {"metrics": " ".join(metrics), "values": values, "labels": frozenset(labels), "known": known}


def judged(documents, **more):
    """The problems of documents by file name."""
    facts = server()
    files = {rule["annotations"]["runbook_url"] for rule in alerts_of(shipped())}
    assert all((ROOT / file).is_file() for file in files)
    answer = more.pop("answer", Answer("", 1, 10, 10, facts["labels"], 0.01))
    found = blame(
        dashboards={k: v for k, v in documents.items() if k.endswith(".json")},
        rule_files={k: v for k, v in documents.items() if k.endswith(".yml")},
        answer=answer,
        files=frozenset(files),
        wishes=Wishes(),
        **{"metrics": facts["metrics"], "values": facts["values"], "types": {}, **more},
        known_labels=" ".join(facts["known"]),
    )
    accepted, wrong = read_suppressions(ACCEPTED.read_text(), ACCEPTED.name)
    assert wrong == []
    return sorted_out(found, accepted)[0]


def alerts_of(documents):
    return [
        rule
        for name, document in documents.items()
        if name.endswith(".yml")
        for group in document.get("groups", [])
        for rule in group["rules"]
        if "alert" in rule
    ]


def test_nobody_blames_what_we_ship():
    assert judged(shipped()) == []


@pytest.mark.parametrize("group", ["dashboards", "alerts"])
def test_the_commands_find_nothing_in_this_repository(capsys, tmp_path, group):
    (tmp_path / ".git").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "infrastructure").symlink_to(SHIPPED)
    (tmp_path / "docs/runbooks").symlink_to(ROOT / "docs/runbooks")
    status = main([group, "check", "--offline", "--workspace", str(tmp_path)])
    assert status == 0, capsys.readouterr().out


# --- mistakes: (name, check, function that makes it in a dashboard) -------------------------------------------


def panel(d, kind, number=0):
    """A panel of a kind."""
    return [p for p in d["panels"] if p["type"] == kind][number]


def defaults(d, kind):
    return panel(d, kind)["fieldConfig"]["defaults"]


def target(d, kind):
    return panel(d, kind)["targets"][0]


def variables(d):
    return [v for v in d["templating"]["list"] if v["type"] == "query"]


def ask(d, expr):
    target(d, "timeseries")["expr"] = expr


def override(d, matcher, properties):
    panel(d, "timeseries")["fieldConfig"]["overrides"] = [{"matcher": matcher, "properties": properties}]


def rewritten(d, pattern, text):
    """The first query in which the pattern occurs, with the text in its place."""
    for one in d["panels"]:
        for query in one.get("targets", []):
            if re.search(pattern, query["expr"]):
                query["expr"] = re.sub(pattern, text, query["expr"], count=1)
                return
    raise AssertionError(pattern)


IN_DASHBOARDS = [
    ("no uid", "dashboard/uid", lambda d: d.pop("uid")),
    ("a uid with a slash", "dashboard/uid", lambda d: d.update(uid="code/sentinel")),
    ("no title", "dashboard/title", lambda d: d.update(title="")),
    ("the id of a database", "dashboard/database-id", lambda d: d.update(id=42)),
    ("inputs", "dashboard/inputs", lambda d: d.update(__inputs=[{"name": "DS_PROMETHEUS"}])),
    (
        "an input as data source",
        "dashboard/inputs",
        lambda d: panel(d, "stat").update(datasource={"type": "prometheus", "uid": "${DS_PROMETHEUS}"}),
    ),
    ("an old schema", "dashboard/schema-version", lambda d: d.update(schemaVersion=16)),
    ("a schema of the future", "dashboard/schema-version", lambda d: d.update(schemaVersion=99)),
    ("editable", "dashboard/editable", lambda d: d.update(editable=True)),
    ("no tags", "dashboard/tags", lambda d: d.update(tags=[])),
    ("a link that loses the time", "dashboard/links", lambda d: d["links"][0].update(keepTime=False)),
    ("a time that is none", "dashboard/time", lambda d: d["time"].update({"from": "now-6hours"})),
    (
        "a hard-coded data source",
        "dashboard/datasource",
        lambda d: target(d, "stat").update(datasource={"type": "prometheus", "uid": "P1809F7CD0C75ACF3"}),
    ),
    (
        "another data source variable",
        "dashboard/datasource",
        lambda d: target(d, "stat").update(datasource={"type": "prometheus", "uid": "${source}"}),
    ),
    (
        "an annotation that does not parse",
        "dashboard/annotation",
        lambda d: d["annotations"]["list"][0]["target"].update(expr="changes("),
    ),
    (
        "too many panels",
        "dashboard/size",
        lambda d: d["panels"].extend([copy.deepcopy(panel(d, "stat")) for _ in range(31)]),
    ),
    ("the API's envelope", "dashboard/model", lambda d: d.update(dashboard={k: d.pop(k) for k in list(d)})),
    ("an id twice", "panel/number", lambda d: panel(d, "stat").update(id=panel(d, "timeseries")["id"])),
    ("the id 0", "panel/number", lambda d: panel(d, "row").update(id=0)),
    (
        "overlapping panels",
        "panel/overlap",
        lambda d: panel(d, "timeseries")["gridPos"].update(panel(d, "stat")["gridPos"]),
    ),
    ("a panel that reaches out", "panel/grid", lambda d: panel(d, "stat")["gridPos"].update(x=22)),
    ("no title of a panel", "panel/title", lambda d: panel(d, "stat").pop("title")),
    ("no description", "panel/description", lambda d: panel(d, "stat").pop("description")),
    ("a removed kind of panel", "panel/kind", lambda d: panel(d, "timeseries").update(type="graph")),
    ("a misspelt kind of panel", "panel/kind", lambda d: panel(d, "timeseries").update(type="time-series")),
    ("no unit", "panel/unit", lambda d: defaults(d, "timeseries").pop("unit")),
    ("a wrong unit", "panel/unit-known", lambda d: defaults(d, "stat").update(unit="millisecs")),
    (
        "a wrong unit in an override",
        "panel/unit-known",
        lambda d: override(d, {"id": "byName", "options": "a"}, [{"id": "unit", "value": "sec"}]),
    ),
    (
        "seconds as milliseconds",
        "panel/unit-fits",
        lambda d: (
            ask(
                d,
                "histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket[$__rate_interval])))",
            ),
            defaults(d, "timeseries").update(unit="ms"),
        ),
    ),
    (
        "no thresholds",
        "panel/thresholds",
        lambda d: defaults(d, "stat").update(
            thresholds={"mode": "absolute", "steps": []}, color={"mode": "thresholds"}, mappings=[]
        ),
    ),
    (
        "falling thresholds",
        "panel/threshold-order",
        lambda d: defaults(d, "stat").update(
            thresholds={
                "mode": "absolute",
                "steps": [
                    {"color": "green", "value": None},
                    {"color": "red", "value": 9},
                    {"color": "blue", "value": 1},
                ],
            }
        ),
    ),
    (
        "a ratio without a floor",
        "panel/ratio-range",
        lambda d: (
            defaults(d, "timeseries").update(unit="percentunit"),
            defaults(d, "timeseries").pop("min", None),
        ),
    ),
    (
        "a calculation of old",
        "panel/reducer",
        lambda d: panel(d, "stat")["options"]["reduceOptions"].update(calcs=["current"]),
    ),
    (
        "a bad regex in an override",
        "panel/matcher",
        lambda d: override(d, {"id": "byRegexp", "options": "5.*"}, [{"id": "unit", "value": "s"}]),
    ),
    (
        "a misspelt property",
        "panel/override",
        lambda d: override(d, {"id": "byName", "options": "a"}, [{"id": "colour", "value": "red"}]),
    ),
    (
        "a misspelt transformation",
        "panel/transformation",
        lambda d: panel(d, "timeseries").update(transformations=[{"id": "sort", "options": {}}]),
    ),
    ("no query", "panel/targets", lambda d: panel(d, "timeseries").update(targets=[])),
    ("an empty query", "panel/targets", lambda d: ask(d, "")),
    ("repeating over nothing", "panel/repeat", lambda d: panel(d, "row").update(repeat="shard")),
    (
        "an undefined variable",
        "variable/defined",
        lambda d: ask(d, 'sum by (instance) (up{instance=~"$node"})'),
    ),
    (
        "a variable that nobody uses",
        "variable/used",
        lambda d: d["templating"]["list"].append(variables(d)[0] | {"name": "unused"}),
    ),
    (
        "a variable defined twice",
        "variable/name",
        lambda d: variables(d)[1].update(name=variables(d)[0]["name"]),
    ),
    (
        "a misspelt function",
        "variable/query",
        lambda d: variables(d)[0].update(query="labels_values(up, job)", definition=""),
    ),
    ("a variable read once", "variable/refresh", lambda d: variables(d)[0].update(refresh=1)),
    ("unsorted values", "variable/sort", lambda d: variables(d)[0].update(sort=0)),
    (
        "all but those without",
        "variable/all-value",
        lambda d: variables(d)[0].update(includeAll=True, allValue=".+"),
    ),
    ("variables in the wrong order", "variable/chain", lambda d: d["templating"]["list"].reverse()),
    (
        "several values matched exactly",
        "variable/multi-matcher",
        lambda d: rewritten(d, r'=~"\$(instance|route|method)"', r'="$\1"'),
    ),
    (
        "a refId twice",
        "query/ref-id",
        lambda d: panel(d, "timeseries")["targets"].append(target(d, "timeseries")),
    ),
    ("an open parenthesis", "query/parse", lambda d: ask(d, "sum(rate(up[$__rate_interval])")),
    ("a bad regex in a query", "query/parse", lambda d: ask(d, 'sum(up{job=~"(a"})')),
    ("a rate of an instant", "query/parse", lambda d: ask(d, "rate(up)")),
    (
        "rate over a fixed window",
        "query/rate-window",
        lambda d: rewritten(d, r"\[\$__rate_interval\]", "[5m]"),
    ),
    ("no legend", "query/legend", lambda d: target(d, "timeseries").update(legendFormat="")),
    (
        "a legend of a dropped label",
        "query/legend-label",
        lambda d: (ask(d, "sum by (service) (up)"), target(d, "timeseries").update(legendFormat="{{pod}}")),
    ),
    ("a quantile without le", "query/quantile-le", lambda d: rewritten(d, r"\ble\b,? ?", "job, ")),
    (
        "a quantile of totals",
        "query/quantile-window",
        lambda d: ask(
            d, "histogram_quantile(0.9, sum by (le) (http_server_request_duration_seconds_bucket))"
        ),
    ),
    ("the rate of a sum", "query/rate-of-sum", lambda d: ask(d, "rate(sum(up)[$__rate_interval:])")),
    ("a label typo", "query/label", lambda d: rewritten(d, r"\bhttp_route\b", "http_rout")),
    ("a metric typo", "query/metric", lambda d: rewritten(d, "_seconds_", "_secnds_")),
]

IN_ALERTS = [
    ("no severity", "alert/severity", lambda a: a["labels"].pop("severity")),
    ("an unroutable severity", "alert/routed", lambda a: a["labels"].update(severity="P4")),
    ("nobody's alert", "alert/owner", lambda a: a["labels"].pop("team")),
    ("no summary", "alert/summary", lambda a: a["annotations"].pop("summary")),
    (
        "a summary of one instance",
        "alert/summary",
        lambda a: a["annotations"].update(summary="{{ $labels.service }} fails"),
    ),
    ("no description", "alert/description", lambda a: a["annotations"].pop("description")),
    ("a missing runbook", "alert/runbook", lambda a: a["annotations"].pop("runbook_url")),
    (
        "a runbook that is not there",
        "alert/runbook-exists",
        lambda a: a["annotations"].update(runbook_url="docs/runbooks/Nowhere.md"),
    ),
    ("no for", "alert/wait", lambda a: a.pop("for")),
    ("a short for", "alert/wait", lambda a: a.update({"for": "10s"})),
    ("$value in a label", "alert/value-label", lambda a: a["labels"].update(value="{{ $value }}")),
    (
        "a misspelt $labels",
        "alert/template",
        lambda a: a["annotations"].update(description="{{ $label.service }}"),
    ),
    ("open braces", "alert/template", lambda a: a["annotations"].update(description="{{ $labels.service }")),
    ("a label that is not kept", "alert/template-label", lambda a: a.update(expr="sum by (job) (up) < 1")),
    ("no condition", "alert/condition", lambda a: a.update(expr="up")),
    ("a name in lower case", "alert/name", lambda a: a.update(alert="service_error_rate")),
    ("an unknown key", "rule/structure", lambda a: a.update(severity="P1")),
    ("an expression that does not parse", "rule/parse", lambda a: a.update(expr="sum(up > 1")),
    ("a window of two scrapes", "rule/rate-window", lambda a: a.update(expr="rate(up[30s]) > 1")),
    (
        "a quantile without le",
        "rule/quantile-le",
        lambda a: a.update(
            expr="histogram_quantile(0.9, sum by (service) (rate(http_server_request_duration_seconds_bucket[5m]))) > 1"
        ),
    ),
    (
        "a quantile of totals",
        "rule/quantile-window",
        lambda a: a.update(expr="histogram_quantile(0.9, http_server_request_duration_seconds_bucket) > 1"),
    ),
    ("the rate of a sum", "rule/rate-of-sum", lambda a: a.update(expr="rate(sum(up)[5m:]) > 1")),
    (
        "a recording that nobody records",
        "rule/recorded",
        lambda a: a.update(expr="service:http_server_errors:ratio > 1"),
    ),
    ("a label typo", "rule/label", lambda a: a.update(expr="sum by (sevice) (up) < 1")),
    ("a metric typo", "rule/metric", lambda a: a.update(expr="upp == 0")),
    ("a pair by other labels", "alert/pair", lambda a: a.update(expr="sum by (service, version) (up) < 1")),
]

IN_RECORDINGS = [
    ("a name without levels", "recording/name", lambda r: r.update(record="http_requests_per_second")),
    ("a recording with gaps", "recording/condition", lambda r: r.update(expr="sum by (service) (up) > 0")),
    ("a recording that waits", "rule/structure", lambda r: r.update({"for": "5m"})),
]

IN_ROUTING = [
    ("a receiver that does not exist", "routes/receiver", lambda d: d["route"].update(receiver="nobody")),
    (
        "a receiver that nothing reaches",
        "routes/unused-receiver",
        lambda d: d["receivers"].append({"name": "old"}),
    ),
    ("an inhibition everywhere", "routes/inhibition", lambda d: d["inhibit_rules"][0].update(equal=[])),
    (
        "an alert of old",
        "routes/alert-name",
        lambda d: d["inhibit_rules"][0]["source_matchers"].append('alertname="ServiceErrors"'),
    ),
    ("a bad regex", "routes/matcher", lambda d: d["route"]["routes"][0].update(matchers=['severity=~"P(1"'])),
]

ALL = (*IN_DASHBOARDS, *IN_ALERTS, *IN_RECORDINGS, *IN_ROUTING)


def mistakes(table):
    return pytest.mark.parametrize(
        ("mistake", "check", "make"), table, ids=[f"{c}: {m}" for m, c, _ in table]
    )


def test_there_are_more_than_forty_of_them_and_no_two_alike():
    assert len(ALL) >= 90
    assert len({(mistake, check) for mistake, check, _ in ALL}) == len(ALL)


@mistakes(IN_DASHBOARDS)
def test_a_mistake_in_a_dashboard_is_caught(mistake, check, make):
    document = copy.deepcopy(shipped()[DEEP_DIVE])
    make(document)
    assert check in {problem.check for problem in judged({DEEP_DIVE: document})}


def first_rule(documents, kind):
    return next(r for r in documents[SERVICES]["groups"][0]["rules"] if kind in r)


@mistakes(IN_ALERTS)
def test_a_mistake_in_an_alert_is_caught(mistake, check, make):
    documents = {k: copy.deepcopy(v) for k, v in shipped().items() if not k.endswith(".json")}
    # of a pair, the ticket: its page is what it is compared with
    alerts = [r for r in alerts_of({SERVICES: documents[SERVICES]}) if r["labels"]["severity"] == "P2"]
    if check == "alert/pair":
        page = next(r for r in alerts_of({SERVICES: documents[SERVICES]}) if r["alert"] == alerts[0]["alert"])
        page["expr"] = "sum by (service) (up) < 1"
    make(alerts[0])
    found = judged(documents)
    assert check in {problem.check for problem in found if problem.file == SERVICES}


@mistakes(IN_RECORDINGS)
def test_a_mistake_in_a_recording_is_caught(mistake, check, make):
    documents = {k: copy.deepcopy(v) for k, v in shipped().items() if not k.endswith(".json")}
    make(first_rule(documents, "record"))
    assert check in {problem.check for problem in judged(documents) if problem.file == SERVICES}


@mistakes(IN_ROUTING)
def test_a_mistake_in_the_routing_is_caught(mistake, check, make):
    documents = {k: copy.deepcopy(v) for k, v in shipped().items() if not k.endswith(".json")}
    make(documents[ROUTING.name])
    assert check in {problem.check for problem in judged(documents) if problem.file == ROUTING.name}


def test_two_dashboards_of_one_uid_and_title_are_caught():
    documents = dict(shipped()) | {"copy.json": shipped()[DEEP_DIVE]}
    assert {"dashboard/uid-unique", "dashboard/title"} == {p.check for p in judged(documents)}


def test_a_rule_that_stands_twice_is_caught():
    documents = {SERVICES: copy.deepcopy(shipped()[SERVICES])}
    documents[SERVICES]["groups"][0]["rules"].append(first_rule(documents, "record"))
    assert "rule/duplicate" in {p.check for p in judged(documents)}


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        ("query/error", Answer(error="execution: found duplicate series")),
        ("query/empty", Answer()),
        ("query/nan", Answer("", 1, 10, 0, frozenset("ab"))),
        ("query/legend-missing", Answer("", 1, 10, 10)),
        ("query/slow", Answer("", 1, 10, 10, frozenset(), 3.0)),
    ],
)
def test_what_a_server_answers_is_judged(check, answer):
    found = judged({DEEP_DIVE: shipped()[DEEP_DIVE]}, answer=answer)
    assert check in {p.check for p in found}


def test_a_server_that_knows_no_value_of_a_variable_is_judged():
    assert "variable/resolved" in {p.check for p in judged({DEEP_DIVE: shipped()[DEEP_DIVE]}, values={})}


def test_what_a_server_says_of_types_is_judged():
    types = dict.fromkeys(server()["metrics"].split(), "gauge")
    found = judged(shipped(), types=types)
    assert {"query/counter", "rule/counter"} <= {p.check for p in found}
