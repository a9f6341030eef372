"""``alerts test`` over a user's own folder, with the real promtool and amtool."""

import json

import pytest

from codesentinel.config.settings import Settings, Stack
from codesentinel.model.errors import NoData, NotInstalled, UsageError
from codesentinel.model.rule_test import Part, RuleTests, Tried, Untested
from codesentinel.operations.alert_tests import prove
from codesentinel.operations.base import open_context
from codesentinel.render.rule_test_text import rule_tests_text
from servers import CACHE, tool

RULES = """
groups:
  - name: a
    rules:
      - record: "job:up:count"
        expr: count by (job) (up)
      - alert: Down
        expr: up == 0
        for: 1m
        labels: {severity: P1}
        annotations: {description: "{{ $labels.job }} is down"}
"""
CASES = """
rule_files: [../rules/a.yml]
tests:
  - name: a job that does not answer
    interval: 1m
    input_series: [{series: 'up{job="shop"}', values: '0x10'}]
    alert_rule_test:
      - {eval_time: 0m, alertname: Down, exp_alerts: []}
      - eval_time: 5m
        alertname: Down
        exp_alerts: [{exp_labels: {severity: P1, job: shop}, exp_annotations: {description: shop is down}}]
    promql_expr_test:
      - {expr: job:up:count, eval_time: 1m, exp_samples: [{labels: 'job:up:count{job="shop"}', value: 1}]}
"""
ROUTING = """
route: {receiver: log, routes: [{receiver: page, matchers: ['severity="P1"']}]}
receivers: [{name: log}, {name: page}]
"""
ROUTES = """
routes:
  - {labels: {severity: P1, job: 'a "quoted" name'}, receivers: [page]}
  - {labels: {severity: P2}, receivers: [log]}
"""


@pytest.fixture
def place(tmp_path):
    """A workspace with good rules, tests and routing, and what writes into it."""
    tool("prometheus", "promtool")
    tool("alertmanager", "amtool")
    (tmp_path / ".git").mkdir()

    def write(**files):
        for name, text in files.items():
            path = tmp_path / (name.replace("__", "/") + ".yml")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)

    write(rules__a=RULES, tests__a=CASES, tests__routes=ROUTES, alertmanager=ROUTING)
    context = open_context(str(tmp_path), tell=lambda _: None).but(
        settings=Settings(stack=Stack(components_dir=str(CACHE)))
    )
    return context, write


def _prove(context):
    return prove(context, rules="rules", tests="tests", routing="alertmanager.yml")


def _said(found):
    return "\n".join(problem for one in found.tested for problem in one.problems)


def test_good_rules_hold_and_everything_is_counted(place):
    found = _prove(place[0])
    assert found.succeeded
    assert _said(found) == ""
    assert [found.count(part) for part in Part] == [2, 3, 1, 2]
    assert (found.untested, found.left_out) == ((), ())
    assert found.exit_status(strict=True) == 0
    assert [line.split(":")[0] for line in rule_tests_text(found).splitlines()] == [
        "OK rules",
        "OK unit tests",
        "OK routing",
        "OK routes",
    ]


@pytest.mark.parametrize(
    ("file", "change", "words"),
    [
        ("rules__a", ("up == 0", "up =="), "could not parse expression"),
        ("rules__a", ("$labels.job", "$label.job"), "undefined variable"),
        ("rules__a", ("for: 1m", "for: soon"), "not a valid duration"),
        ("rules__a", ("for: 1m", "for: 9m"), 'at 5m Down should fire with {alertname="Down", job="shop", severity="P1"}, and does not'),
        ("rules__a", ("for: 1m", "for: 0s"), "a job that does not answer: at 0s Down should not fire with"),
        ("rules__a", ("is down", "was down"), 'says {description="shop was down"}, not {description="shop is down"}'),
        ("tests__a", ("value: 1", "value: 2"), 'at 1m job:up:count gives {__name__="job:up:count", job="shop"} 1E+00, not'),
        ("tests__a", ("../rules/a.yml", "../rules/b.yml"), "names rules that do not exist: rules/b.yml"),
        ("tests__a", ("alertname: Down, exp", "alertname: Dwon, exp"), "looks at Dwon, which no rule defines"),
        ("tests__a", ("tests:", "text:"), "field text not found"),
        ("tests__routes", ("[log]", "[page]"), "severity=P2: goes to log, not to page"),
        ("tests__routes", ("receivers: [log]", "receiver: log"), "route 2: should have `labels`"),
        ("alertmanager", ("receiver: page", "receiver: pager"), 'undefined receiver "pager"'),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_told_in_words_and_exits_1(place, file, change, words):
    context, write = place
    texts = {"rules__a": RULES, "tests__a": CASES, "tests__routes": ROUTES, "alertmanager": ROUTING}
    assert change[0] in texts[file]
    write(**{file: texts[file].replace(*change, 1)})
    found = _prove(context)
    assert words in _said(found)
    assert str(context.root) not in _said(found)
    assert not found.succeeded
    assert found.exit_status(strict=False) == 1
    assert "FAIL" in rule_tests_text(found)


def test_a_file_that_is_no_test_at_all_fails(place):
    context, write = place
    write(tests__other="hello: world\n")
    assert "neither a unit test for promtool nor a list of routes" in _said(_prove(context))


def test_an_alert_without_both_cases_is_named_and_fails_where_that_is_asked_for(place):
    context, write = place
    write(
        rules__b=RULES.replace("Down", "Gone")
        .replace("name: a", "name: b")
        .replace("job:up:count", "job:up:sum")
    )
    found = _prove(context)
    assert found.untested == (Untested("Gone", "P1", fires=False, is_silent=False),)
    assert (found.exit_status(strict=False), found.exit_status(strict=True)) == (0, 1)
    assert "WARN Gone P1: no case in which it fires and none in which it is silent" in rule_tests_text(found)


def test_rules_without_a_single_case_are_not_shown_to_work(place):
    context, _ = place
    for name in ("a", "routes"):
        (context.root / "tests" / f"{name}.yml").unlink()
    found = _prove(context)
    assert found.succeeded
    assert found.exit_status(strict=False) == 3
    assert found.left_out == ("no unit test in tests", "no route was tried: no file with `routes` in tests")


def test_a_folder_that_is_not_there_is_misuse_and_one_without_rules_is_no_data(place):
    context, _ = place
    for names in (
        {"rules": "nowhere"},
        {"rules": "rules", "tests": "no"},
        {"rules": "rules", "routing": "no.yml"},
    ):
        with pytest.raises(UsageError, match="there is no "):
            prove(context, **names)
    (context.root / "empty").mkdir()
    with pytest.raises(NoData, match="no rules in empty"):
        prove(context, rules="empty")


def test_missing_programs_are_named_and_nothing_is_judged(place, monkeypatch, tmp_path):
    context = place[0].but(settings=Settings(stack=Stack(components_dir=str(tmp_path / "none"))))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotInstalled, match="not found: promtool and amtool") as caught:
        _prove(context)
    assert caught.value.exit_status == 3


def test_the_document_says_what_was_tested(place):
    document = _prove(place[0]).as_document()
    assert document["counts"] == {"rules": 2, "unit tests": 3, "routing": 1, "routes": 2}
    assert document["tested"][0] == {
        "part": "rules",
        "name": "rules/a.yml",
        "count": 2,
        "passed": True,
        "problems": (),
    }


def test_the_run_is_logged_with_its_verdict(place):
    context, write = place
    write(rules__a=RULES.replace("for: 1m", "for: 9m"))
    _prove(context)
    last = (context.root / "docs/domains/alerts/history.jsonl").read_text().splitlines()[-1]
    activity = json.loads(last)["activity"]
    assert (activity["action"], activity["success"], activity["metadata"]["failed"]) == (
        "alerts.test",
        False,
        1,
    )


def test_foreign_text_cannot_write_on_the_terminal():
    found = RuleTests((Tried(Part.RULES, "a\x1b[2J.yml", problems=("\x1b[31mred",)),), (), ())
    assert "\x1b" not in rule_tests_text(found)
