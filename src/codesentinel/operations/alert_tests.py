"""Rules, their unit tests and the routes of their alerts, tried with the servers' own tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from codesentinel.act.provision import read_text
from codesentinel.analysis.alerts import promtool_answers, unit_cases
from codesentinel.model.errors import NoData, UsageError
from codesentinel.model.rule_test import Part, RuleTests, Tried
from codesentinel.operations.base import Context, operation
from codesentinel.operations.rule_tools import rule_tools

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codesentinel.capture.rule_tools import RuleTools

RULES = "infrastructure/prometheus/rules"
ROUTING = "infrastructure/alertmanager/alertmanager.yml"
_ENDINGS = (".yml", ".yaml", ".rules")


@operation("alerts.test", metadata=lambda found: {"failed": sum(not one.passed for one in found.tested)})
def prove(context: Context, *, rules: str = "", tests: str = "", routing: str = "") -> RuleTests:
    """Check rules and routing, run the unit tests of the rules, and try where alerts go.

    Paths are relative to the workspace root. Empty means :data:`RULES`, the folder ``tests`` beside the
    rules, and :data:`ROUTING`; what is named has to exist, and of those three the rules have to.

    Raises:
        UsageError: no such folder or file.
        NoData: the folder holds no rules.
        NotInstalled: promtool or amtool is missing.
    """
    folder = _there(context, rules or RULES, named=True)
    rule_files = list(_documents(folder))
    if not rule_files:
        raise NoData(f"no rules in {context.relative(folder)}", hint="name their folder with --rules")
    tools = rule_tools(context)
    cases_folder = _there(context, tests or str(folder.parent / "tests"), named=bool(tests))
    config = _there(context, routing or ROUTING, named=bool(routing))
    test_files = list(_documents(cases_folder)) if cases_folder.exists() else []
    context.tell(f"testing {len(rule_files)} files of rules and {len(test_files)} of tests")
    tested: list[Tried | None] = [_rules(context, tools, path, document) for path, document in rule_files]
    tested += [_cases(context, tools, path, document) for path, document in test_files]
    if config.exists():
        tested += _routing(context, tools, config, test_files)
    return RuleTests(
        tuple(one for one in tested if one),
        _untested(rule_files, test_files),
        tuple(_left_out(context, cases_folder, config, [document for _, document in test_files])),
    )


def _there(context: Context, name: str, *, named: bool) -> Path:
    path = context.root / name
    if named and not path.exists():
        raise UsageError(
            f"there is no {context.relative(path)} here", hint="`codesentinel alerts test --help`"
        )
    return path


def _documents(place: Path) -> Iterator[tuple[Path, Any]]:
    """Each file and what it holds; None for what is no YAML, of which its tool will complain."""
    paths = [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.suffix in _ENDINGS)
    for path in paths:
        try:
            yield path, yaml.safe_load(read_text(path) or "")
        except yaml.YAMLError:
            yield path, None


def _rules(context: Context, tools: RuleTools, path: Path, document: Any) -> Tried:
    answer = tools.check_rules(path)
    groups = document.get("groups") if isinstance(document, dict) else None
    count = sum(len(group.get("rules") or ()) for group in groups or () if isinstance(group, dict))
    problems = () if answer.is_good else promtool_answers.complaints(answer.text)
    return Tried(Part.RULES, context.relative(path), count, _shown(context, problems))


def _cases(context: Context, tools: RuleTools, path: Path, document: Any) -> Tried | None:
    name = context.relative(path)
    if unit_cases.is_route_test(document):
        return None
    if not unit_cases.is_unit_test(document):
        return Tried(Part.CASES, name, problems=("neither a unit test for promtool nor a list of routes",))
    answer = tools.test_rules(path)
    problems = promtool_answers.missing_files(answer.text)
    problems += unit_cases.unknown_alerts(_alerts_named(path, document), unit_cases.cases(document))
    if not answer.is_good:
        problems += promtool_answers.failed_cases(answer.text)
    return Tried(Part.CASES, name, unit_cases.count_of(document), _shown(context, problems))


def _shown(context: Context, problems: tuple[str, ...]) -> tuple[str, ...]:
    """With paths as they are shown, relative to the workspace root."""
    return tuple(problem.replace(f"{context.root}/", "") for problem in problems)


def _alerts_named(path: Path, document: Any) -> list[tuple[str, str]]:
    """The alerts in the rule files that a unit test names."""
    patterns = document.get("rule_files")
    files = [f for p in (patterns if isinstance(patterns, list) else ()) for f in path.parent.glob(str(p))]
    return [alert for file in files for _, found in _documents(file) for alert in unit_cases.alerts_of(found)]


def _routing(
    context: Context, tools: RuleTools, config: Path, test_files: list[tuple[Path, Any]]
) -> Iterator[Tried]:
    answer = tools.check_routing(config)
    problems = () if answer.is_good else promtool_answers.complaints(answer.text)
    yield Tried(Part.ROUTING, context.relative(config), 1, problems)
    if problems:
        return
    for path, document in test_files:
        if unit_cases.is_route_test(document):
            yield _routes(context, tools, config, path, document)


def _routes(context: Context, tools: RuleTools, config: Path, path: Path, document: Any) -> Tried:
    routes, mistakes = unit_cases.route_cases(document)
    problems = list(mistakes)
    for route in routes:
        answer = tools.route(config, route.labels)
        came = tuple(answer.text.splitlines()[0].split(",")) if answer.is_good and answer.text else ()
        if came != route.receivers:
            labels = ", ".join(f"{key}={value}" for key, value in route.labels.items())
            where = ", ".join(came) or f"nowhere ({'; '.join(promtool_answers.complaints(answer.text))})"
            problems.append(f"{labels}: goes to {where}, not to {', '.join(route.receivers)}")
    return Tried(Part.ROUTES, context.relative(path), len(routes), tuple(problems))


def _untested(rule_files: list[tuple[Path, Any]], test_files: list[tuple[Path, Any]]) -> tuple[Any, ...]:
    alerts = [alert for _, document in rule_files for alert in unit_cases.alerts_of(document)]
    tests = [document for _, document in test_files if unit_cases.is_unit_test(document)]
    return unit_cases.untested(alerts, [case for document in tests for case in unit_cases.cases(document)])


def _left_out(context: Context, cases: Path, config: Path, documents: list[Any]) -> Iterator[str]:
    if not any(unit_cases.is_unit_test(document) for document in documents):
        yield f"no unit test in {context.relative(cases)}"
    if not config.exists():
        yield f"no routing: there is no {context.relative(config)}"
    elif not any(unit_cases.is_route_test(document) for document in documents):
        yield f"no route was tried: no file with `routes` in {context.relative(cases)}"
