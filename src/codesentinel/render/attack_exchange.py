"""A run of calamum in the forms that other tools read: JUnit's XML, and SARIF 2.1.0."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from codesentinel.model.attack import BROKEN, FAILED, HELD, SKIPPED
from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.attack import AttackRun, CaseResult

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ELEMENTS = {FAILED: "failure", BROKEN: "error", SKIPPED: "skipped"}


def attack_junit(done: AttackRun) -> str:
    """A suite for each target, a test for each case; the sentence is in the body, which all readers show."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="calamum" time="{done.seconds:.3f}">',
    ]
    for target in dict.fromkeys(case.target for case in done.cases):
        parts += _suite(target, [case for case in done.cases if case.target == target])
    return "\n".join([*parts, "</testsuites>"]) + "\n"


def attack_sarif(done: AttackRun) -> str:
    """A result for each guard that did not hold, under the rule of its scenario, with its CWE ids."""
    rules = {f"{case.target}/{_bare(case)}": case for case in done.cases}
    results = [_result(case) for case in done.cases if case.outcome == FAILED]
    driver = {
        "name": "calamum",
        "version": done.version,
        "rules": [_rule(name, case) for name, case in rules.items()],
    }
    run = {
        "tool": {"driver": driver},
        "results": results,
        "automationDetails": {"id": f"calamum/{done.run}"},
        "properties": {"seed": done.seed, "verdict": done.verdict},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _suite(target: str, cases: Sequence[CaseResult]) -> list[str]:
    count = {name: sum(case.outcome == name for case in cases) for name in (HELD, FAILED, BROKEN, SKIPPED)}
    seconds = sum(case.seconds for case in cases)
    lines = [
        (
            f'  <testsuite name={quoteattr(escaped(target))} tests="{len(cases)}" failures="{count[FAILED]}"'
            f' errors="{count[BROKEN]}" skipped="{count[SKIPPED]}" time="{seconds:.3f}">'
        )
    ]
    for case in cases:
        head = (
            f"    <testcase classname={quoteattr(f'calamum.{escaped(target)}')}"
            f' name={quoteattr(escaped(case.case))} time="{case.seconds:.3f}"'
        )
        element = _ELEMENTS.get(case.outcome)
        if element is None:
            lines.append(f"{head}/>")
        else:
            body = escape(escaped(f"{case.title}: {case.detail}"))
            lines.append(
                f"{head}><{element} message={quoteattr(escaped(case.detail))}>{body}</{element}></testcase>"
            )
    return [*lines, "  </testsuite>"]


def _rule(name: str, case: CaseResult) -> dict[str, Any]:
    return {
        "id": name,
        "shortDescription": {"text": escaped(case.title)},
        "properties": {
            "tags": ["security", *(f"external/cwe/{tag.lower()}" for tag in case.tags if "CWE" in tag)]
        },
    }


def _result(case: CaseResult) -> dict[str, Any]:
    location = {"artifactLocation": {"uri": f"calamum/scenarios/{case.target}/{_bare(case)}.yaml"}}
    return {
        "ruleId": f"{case.target}/{_bare(case)}",
        "level": "error",
        "message": {"text": escaped(f"{case.title}: {case.detail}")},
        "locations": [{"physicalLocation": {**location, "region": {"startLine": 1}}}],
        "partialFingerprints": {"calamum/v1": f"{case.target}/{case.case}"},
    }


def _bare(case: CaseResult) -> str:
    """The name of the scenario, without what is different in this repetition."""
    return case.case.partition(" ")[0]
