"""Grafana's own code agrees: its types by ``tsc``, its units, reducers and transformations by running them."""

import copy
import json

import pytest

from codesentinel.mixin.dashboards.catalog import dashboards
from codesentinel.mixin.dashboards.grafana import dashboard_json
from grafana_code import engine_says, types_say

pytestmark = [pytest.mark.xdist_group("grafana"), pytest.mark.timeout(400)]

PAGES = {page.name: json.loads(dashboard_json(page)) for page in dashboards()}
OVERVIEW = PAGES["system-overview"]


def panel(page, kind):
    """The first panel of a kind."""
    return next(one for one in page["panels"] if one["type"] == kind)


def override(page, column, key):
    """The property of a table's column."""
    (one,) = (
        one for one in panel(page, "table")["fieldConfig"]["overrides"] if one["matcher"]["options"] == column
    )
    return next(p for p in one["properties"] if p["id"] == key)


def renames(page):
    """The new names of a table's columns."""
    return panel(page, "table")["transformations"][1]["options"]["renameByName"]


WRONG_TYPES = {
    "a version as text": lambda page: page.update(schemaVersion="39"),
    "the newest version": lambda page: page.update(schemaVersion=42),
    "editable": lambda page: page.update(editable=True),
    "an id": lambda page: page.update(id=7),
    "a cursor of no kind": lambda page: page.update(graphTooltip=9),
    "a word nobody knows": lambda page: page.update(refreshInterval="5s"),
    "no title": lambda page: page.pop("title"),
    "a kind of link": lambda page: page["links"][0].update(type="dashboard"),
    "a link without tags": lambda page: page["links"][0].pop("tags"),
    "a link in a menu of no kind": lambda page: page["links"][0].update(placement="menu"),
    "a refresh of no kind": lambda page: page["templating"]["list"][1].update(refresh=5),
    "a sort of no kind": lambda page: page["templating"]["list"][1].update(sort=11),
    "a variable of no kind": lambda page: page["templating"]["list"][1].update(type="label"),
    "the noise of the SDK": lambda page: page["templating"]["list"][1].update(auto_min="10s"),
    "a data source by name": lambda page: panel(page, "stat").update(datasource="Prometheus"),
    "another data source": lambda page: panel(page, "stat")["datasource"].update(uid="${DS_PROMETHEUS}"),
    "a panel of no kind": lambda page: panel(page, "timeseries").update(type="graph"),
    "a panel without description": lambda page: panel(page, "stat").pop("description"),
    "a place as text": lambda page: panel(page, "stat")["gridPos"].update(w="4"),
    "an option that is none": lambda page: panel(page, "stat")["options"].update(sparkline=True),
    "an option of another panel": lambda page: panel(page, "stat")["options"].update(showHeader=True),
    "a mode that is none": lambda page: panel(page, "stat")["options"].update(textMode="values"),
    "a legend of no kind": lambda page: panel(page, "timeseries")["options"]["legend"].update(
        displayMode="lists"
    ),
    "lines of no kind": lambda page: panel(page, "timeseries")["fieldConfig"]["defaults"]["custom"].update(
        drawStyle="lines"
    ),
    "a threshold as text": lambda page: panel(page, "stat")["fieldConfig"]["defaults"]["thresholds"]["steps"][
        1
    ].update(value="1"),
    "a colour mode that is none": lambda page: panel(page, "stat")["fieldConfig"]["defaults"]["color"].update(
        mode="threshold"
    ),
    "no unit": lambda page: panel(page, "stat")["fieldConfig"]["defaults"].pop("unit"),
    "a query of a former age": lambda page: panel(page, "stat")["targets"][0].update(intervalFactor=2),
    "a format that is none": lambda page: panel(page, "table")["targets"][0].update(format="tables"),
    "cells of no kind": lambda page: panel(page, "table")["fieldConfig"]["defaults"]["custom"].update(
        cellOptions={"type": "colour"}
    ),
    "an annotation without colour": lambda page: page["annotations"]["list"][0].pop("iconColor"),
}
WRONG_DATA = {
    "a unit that is none": lambda page: panel(page, "stat")["fieldConfig"]["defaults"].update(
        unit="percents"
    ),
    "a unit that is none in a column": lambda page: override(page, "p95", "unit").update(value="sec"),
    "a reducer that is none": lambda page: panel(page, "stat")["options"]["reduceOptions"].update(
        calcs=["lastNotnull"]
    ),
    "a property that is none": lambda page: override(page, "p95", "unit").update(id="units"),
    "a matcher that is none": lambda page: panel(page, "table")["fieldConfig"]["overrides"][0][
        "matcher"
    ].update(id="byTitle"),
    "an override of no column": lambda page: panel(page, "table")["fieldConfig"]["overrides"][2][
        "matcher"
    ].update(options="Errors"),
    "a transformation that is none": lambda page: panel(page, "table")["transformations"][0].update(
        id="merges"
    ),
    "no merge": lambda page: panel(page, "table")["transformations"].pop(0),
    "a value that no query gives": lambda page: renames(page).update(
        {"Value #F": renames(page).pop("Value #A")}
    ),
    "sorted by no column": lambda page: panel(page, "table")["options"]["sortBy"][0].update(
        displayName="Errors"
    ),
}


def changed(mutants):
    """Mutants by a name that is a file's; each differs from the good page."""
    found = {}
    for name, change in mutants.items():
        page = copy.deepcopy(OVERVIEW)
        change(page)
        assert page != OVERVIEW
        found[name.replace(" ", "-")] = page
    return found


def test_grafana_s_types_take_every_dashboard_and_refuse_every_mistake(tmp_path):
    wrong = changed(WRONG_TYPES)
    said = types_say(PAGES | wrong, tmp_path)
    assert {name: said[name] for name in PAGES if name in said} == {}
    assert set(wrong) - set(said) == set()


def test_grafana_s_engine_takes_every_dashboard_and_refuses_every_mistake(tmp_path):
    wrong = changed(WRONG_DATA)
    said = engine_says(PAGES | wrong, tmp_path)
    assert {name: said[name] for name in PAGES if name in said} == {}
    assert set(wrong) - set(said) == set()
