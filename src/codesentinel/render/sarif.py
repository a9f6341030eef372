"""Problems as SARIF 2.1.0, the form in which code hosts and editors take the findings of linters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codesentinel.render.document import plain

if TYPE_CHECKING:
    from codesentinel.model.problem import Checked, Demand, Problem

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def sarif(done: Checked, *, version: str) -> str:
    """The whole log: every check as a rule, every problem as a result, the accepted ones marked as such."""
    rules = {check.name: check for check in done.checks}
    indexes = {name: number for number, name in enumerate(rules)}
    results = [_result(problem, indexes) for problem in done.problems]
    for problem, reason in done.suppressed:
        accepted = [{"kind": "external", "justification": reason}]
        results.append(_result(problem, indexes) | {"suppressions": accepted})
    driver = {"name": "codesentinel", "version": version, "rules": [_rule(c) for c in rules.values()]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "invocations": [{"executionSuccessful": True}],
        "properties": {"notJudged": done.left_out},
    }
    return json.dumps(plain({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}), indent=1)


def _rule(check: Demand) -> dict[str, Any]:
    return {
        "id": check.name,
        "shortDescription": {"text": check.about},
        "help": {"text": check.mend},
        "defaultConfiguration": {"level": check.level.value},
    }


def _result(problem: Problem, indexes: dict[str, int]) -> dict[str, Any]:
    index = {"ruleIndex": indexes[problem.check]} if problem.check in indexes else {}
    location = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(problem.file)},
            "region": {"startLine": max(problem.line, 1)},
        },
        "logicalLocations": [{"fullyQualifiedName": problem.place or problem.subject}],
    }
    return {
        "ruleId": problem.check,
        **index,
        "level": problem.level.value,
        "message": {"text": f"{problem.subject}: {problem.message}. Mend: {problem.mend}"},
        "locations": [location],
        "partialFingerprints": {"subject/v1": f"{problem.check}|{problem.file}|{problem.subject}"},
    }


def _uri(path: str) -> str:
    """A path as a URI; relative ones stay relative."""
    encoded = "".join(
        c if c in _UNRESERVED else "".join(f"%{byte:02X}" for byte in c.encode("utf-8", "surrogatepass"))
        for c in path
    )
    return f"file://{encoded}" if encoded.startswith("/") else encoded
