"""What every dashboard keeps to, so that Grafana shows it and people can rely on it."""

import itertools
import json
import re
from pathlib import Path

import pytest
import yaml

from codesentinel.mixin.dashboards.catalog import dashboards, empty_panels
from codesentinel.mixin.dashboards.grafana import dashboard_json
from codesentinel.mixin.http_names import OTEL
from codesentinel.mixin.rule import Recording
from codesentinel.mixin.rules import groups
from codesentinel.mixin.timing import PRODUCTION
from codesentinel.operations.dashboards import dashboard_files
from codesentinel.operations.http_names import read_http_names

COMMITTED = Path(__file__).parents[2] / "infrastructure/grafana/dashboards"
FASTAPI = read_http_names(COMMITTED.parent / "metrics/fastapi-instrumentator.toml")
PAGES = {page.name: json.loads(dashboard_json(page)) for page in dashboards()}
THEIRS = {f"{page.name} of others": json.loads(dashboard_json(page)) for page in dashboards(FASTAPI)}
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
BUILT_IN = {"datasource", "__rate_interval", "__range", "__url_time_range", "__data", "__all"}
RECORDED = re.compile(r"\b\w+:\w+:\w+\b")
RATIOS = re.compile(r"ratio|share", re.IGNORECASE)

pages = pytest.mark.parametrize("page", (PAGES | THEIRS).values(), ids=PAGES | THEIRS)


def panels(page):
    """All panels, also those in collapsed rows, without the rows."""
    for panel in page["panels"]:
        if panel["type"] == "row":
            yield from panel["panels"]
        else:
            yield panel


def test_the_committed_files_are_as_the_code_makes_them():
    files = dashboard_files()
    assert {path.name for path in COMMITTED.iterdir()} == set(files)
    assert {name: (COMMITTED / name).read_text(encoding="utf-8") for name in files} == files


def test_the_names_that_others_rely_on():
    assert set(PAGES) == {
        "system-overview",
        "service-deep-dive",
        "infrastructure-health",
        "deployment-pipeline",
        "satellite-health",
    }
    for name, page in PAGES.items():
        assert page["uid"] == f"codesentinel-{name}"
        assert len(page["uid"]) <= 40


def test_uids_and_titles_are_unique():
    for key in ("uid", "title"):
        assert len({page[key] for page in PAGES.values()}) == len(PAGES)


@pages
def test_it_is_classic_provisionable_and_read_only(page):
    assert page["schemaVersion"] == 39
    assert page["id"] is None
    assert page["editable"] is False
    assert "codesentinel" in page["tags"]
    assert not {"__inputs", "__requires", "spec"} & set(page)
    (link,) = page["links"]
    assert (link["type"], link["tags"]) == ("dashboards", ["codesentinel"])
    assert link["keepTime"]
    assert link["includeVars"]
    assert {one["name"] for one in page["annotations"]["list"]} == {"Deployments", "Alerts"}


@pages
def test_nothing_is_left_that_the_sdk_adds_and_grafana_does_not_know(page):
    text = json.dumps(page)
    for noise in ("inControlsMenu", "repeatDirection", "auto_count", '"footer"', '"auto"'):
        assert noise not in text.replace('"showPoints": "auto"', "").replace(': "auto"', ""), noise


@pages
def test_there_is_one_data_source_and_everything_uses_it(page):
    found = [
        *(panel["datasource"] for panel in panels(page)),
        *(target["datasource"] for panel in panels(page) for target in panel["targets"]),
        *(one["datasource"] for one in page["annotations"]["list"]),
        *(one["datasource"] for one in page["templating"]["list"] if one["type"] == "query"),
    ]
    assert all(source == DATASOURCE for source in found)
    assert [one["name"] for one in page["templating"]["list"] if one["type"] == "datasource"] == [
        "datasource"
    ]


@pages
def test_ids_are_unique_and_positive_and_panels_do_not_overlap(page):
    ids = [panel["id"] for panel in (*page["panels"], *panels(page))]
    rows = {panel["id"] for panel in page["panels"]}
    assert min(ids) >= 1
    assert len(set(ids)) == len(rows | {panel["id"] for panel in panels(page)})
    shown = [panel["gridPos"] for panel in page["panels"]]
    for one, other in itertools.combinations(shown, 2):
        apart = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart or below, (one, other)
    assert all(place["x"] >= 0 and place["x"] + place["w"] <= 24 for place in shown)


@pages
def test_every_panel_says_what_it_shows_in_which_unit(page):
    found = list(panels(page))
    assert len([panel for panel in found if panel in page["panels"]]) <= 30, "too many at one look"
    assert {"stat", "gauge"} & {panel["type"] for panel in found[:6]}
    assert len({panel["title"] for panel in found}) == len(found)
    for panel in found:
        defaults = panel["fieldConfig"]["defaults"]
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert defaults["unit"]
        assert defaults["thresholds"]["steps"][0]["value"] is None
        if defaults["unit"] == "percentunit":
            assert defaults["min"] == 0, panel["title"]


@pages
def test_every_query_is_named_and_looks_back_over_grafana_s_windows(page):
    for panel in panels(page):
        refs = [target["refId"] for target in panel["targets"]]
        assert refs == [chr(ord("A") + index) for index in range(len(refs))]
        assert refs
        for target in panel["targets"]:
            windows = re.findall(r"\[([^\]]+)\]", target["expr"])
            assert set(windows) <= {"$__rate_interval", "$__range"}, target["expr"]
            assert target["legendFormat"]
            assert target["instant"] is not target["range"]


@pages
def test_every_variable_is_used_and_every_one_used_is_defined(page):
    defined = {one["name"] for one in page["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(page)))
    assert defined | {"datasource"} >= used - BUILT_IN
    assert defined <= used | {"datasource"}


@pages
def test_variables_follow_the_time_range_are_sorted_and_all_matches_what_has_no_label(page):
    for one in page["templating"]["list"]:
        if one["type"] == "query":
            assert (one["refresh"], one["sort"]) == (2, 1)
            assert one["includeAll"] is one["multi"]
            if one["includeAll"]:
                assert one["allValue"] == ".*"
                assert one["current"]["value"] == ["$__all"]


def test_every_recording_that_a_panel_reads_is_recorded():
    recorded = {
        rule.record for group in groups(PRODUCTION) for rule in group.rules if isinstance(rule, Recording)
    }
    for page in PAGES.values():
        assert set(RECORDED.findall(json.dumps(page))) <= recorded


def test_the_overview_reads_no_raw_requests():
    assert "http_server_request_duration_seconds_" not in json.dumps(PAGES["system-overview"])


def test_panels_that_may_be_empty_are_listed_with_their_reason():
    listed = yaml.safe_load(empty_panels(dashboards()))
    by_uid = {page["uid"]: page for page in PAGES.values()}
    titles = {uid: {panel["id"]: panel["title"] for panel in panels(page)} for uid, page in by_uid.items()}
    for uid, variables in listed.pop("variables").items():
        known = {one["name"] for one in by_uid[uid]["templating"]["list"]}
        assert {one["variable"] for one in variables} <= known
        assert all(len(one["reason"]) > 10 for one in variables)
    for uid, found in listed.items():
        for one in found:
            assert titles[uid][one["panel"]] == one["title"]
            assert len(one["reason"]) > 10


def test_services_of_others_are_shown_by_their_own_names():
    text = json.dumps(THEIRS["service-deep-dive of others"])
    assert "http_request_duration_seconds_bucket" in text
    for name in (OTEL.duration, OTEL.route, OTEL.method, OTEL.status, "environment=~"):
        assert name not in text
    assert 'label_values(http_request_duration_seconds_count{job=~\\"$service\\"}, instance)' in text
