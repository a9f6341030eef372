"""SARIF as its standard wants it (OASIS, version 2.1.0), as far as a test without the schema can tell."""

import json
import re

from codesentinel.mixin.checks.all import CHECKS
from codesentinel.model.problem import Checked, Level, Problem, Suppressed
from codesentinel.render.sarif import sarif


def _problem(**changes):
    fields = {
        "check": "panel/unit",
        "level": Level.WARNING,
        "file": "a b/shop.json",
        "line": 12,
        "place": "panels[3].unit",
        "subject": "panel 'Errors'",
        "message": "has no unit",
        "mend": "set it",
    }
    return Problem(**fields | changes)


def _log(problems=(), suppressed=()):
    demands = tuple(check.demand for check in CHECKS)
    done = Checked(("a b/shop.json",), demands, tuple(problems), tuple(suppressed), left_out=("query/empty",))
    return json.loads(sarif(done, version="1.2.3"))


def test_every_check_is_a_rule_and_a_result_points_to_its_own():
    [run] = _log([_problem()])["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("codesentinel", "1.2.3")
    assert [rule["id"] for rule in driver["rules"]] == [check.name for check in CHECKS]
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning")
    [result] = run["results"]
    assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "panel/unit"


def test_a_result_says_what_where_and_the_mend():
    [result] = _log([_problem()])["runs"][0]["results"]
    assert result["level"] == "warning"
    assert result["message"]["text"] == "panel 'Errors': has no unit. Mend: set it"
    [location] = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b/shop.json"},
        "region": {"startLine": 12},
    }
    assert location["logicalLocations"] == [{"fullyQualifiedName": "panels[3].unit"}]


def test_what_is_accepted_is_a_result_that_is_suppressed_with_its_reason():
    [result] = _log(suppressed=[Suppressed(_problem(), "a count")])["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "external", "justification": "a count"}]


def test_a_path_becomes_a_uri_whatever_stands_in_it():
    for path, uri in (
        ("/abs/a.json", "file:///abs/a.json"),
        ("a%20#?.json", "a%2520%23%3F.json"),
        ("\u00fcber/\udcff.json", "%C3%BCber/%ED%B3%BF.json"),
    ):
        [result] = _log([_problem(file=path)])["runs"][0]["results"]
        found = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert found == uri
        assert re.fullmatch(r"(?:[A-Za-z0-9._~:/-]|%[0-9A-F]{2})+", found)


def test_a_problem_of_no_check_and_no_line_is_a_result_all_the_same():
    [result] = _log([_problem(check="file/unreadable", line=0, place="")])["runs"][0]["results"]
    assert "ruleIndex" not in result
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
    assert result["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "panel 'Errors'"}]


def test_what_was_not_judged_is_told():
    assert _log()["runs"][0]["properties"] == {"notJudged": ["query/empty"]}


def test_text_that_is_no_unicode_is_still_json():
    text = json.dumps(_log([_problem(message="a\udc80b")]))
    assert "\\ud" not in text.lower().replace("\\\\udc80", "")
