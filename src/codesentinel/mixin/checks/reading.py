"""Texts to what can be checked, or to the reason why they cannot."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from codesentinel.mixin.checks.dashboards import Dashboard, dashboard_of, looks_like_dashboard
from codesentinel.mixin.checks.lines import json_lines, line_of, yaml_line
from codesentinel.mixin.checks.routing import Routing, looks_like_routing
from codesentinel.mixin.checks.rulefiles import RuleFile, looks_like_rules, rule_file_of
from codesentinel.mixin.checks.yaml_documents import Mistake, documents

if TYPE_CHECKING:
    import yaml


@dataclass
class Source:
    """What files hold: each kind of document, the files that hold none, and what cannot be read."""

    dashboards: list[Dashboard] = field(default_factory=list)
    rule_files: list[RuleFile] = field(default_factory=list)
    routings: list[Routing] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    unreadable: dict[str, Mistake] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    nodes: dict[tuple[str, int], yaml.Node] = field(default_factory=dict)

    @property
    def files(self) -> list[str]:
        """The files that hold something to check."""
        return [
            *(dashboard.file for dashboard in self.dashboards),
            *(file.file for file in self.rule_files),
            *(routing.file for routing in self.routings),
        ]

    def line(self, file: str, document: int, place: str) -> int:
        """The line of a place in a file."""
        if file in self.texts:
            if not isinstance(self._lines.get(file), dict):
                self._lines[file] = dict(json_lines(self.texts[file]))
            return line_of(place, self._lines[file])
        return yaml_line(self.nodes.get((file, document)), place)

    _lines: dict[str, dict[str, int]] = field(default_factory=dict, repr=False)

    def add_json(self, file: str, text: str) -> None:
        """Take in a file of JSON, if it is a dashboard."""
        try:
            document = json.loads(text, parse_constant=_no_number)
        except (ValueError, RecursionError) as exc:
            line = exc.lineno if isinstance(exc, json.JSONDecodeError) else 1
            reason = exc.msg if isinstance(exc, json.JSONDecodeError) else str(exc)
            self.unreadable[file] = Mistake(line, f"not JSON: {reason}")
            return
        if looks_like_dashboard(document):
            self.texts[file] = text
            self.dashboards.append(dashboard_of(file, document))
        else:
            self.others.append(file)

    def add_yaml(self, file: str, text: str) -> None:
        """Take in a file of YAML, if it holds rules or a routing."""
        found = documents(text)
        if isinstance(found, Mistake):
            self.unreadable[file] = found
            return
        before = len(self.rule_files) + len(self.routings)
        for number, document in enumerate(found):
            self.nodes[file, number] = document.node
            if looks_like_rules(document.content):
                try:
                    self.rule_files.append(rule_file_of(file, document.content, number))
                except ValueError as exc:
                    self.unreadable[file] = Mistake(1, str(exc))
                    return
            elif looks_like_routing(document.content):
                self.routings.append(Routing(file, document.content, document=number))
        if len(self.rule_files) + len(self.routings) == before:
            self.others.append(file)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number in JSON")
