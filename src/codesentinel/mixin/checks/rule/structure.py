"""Whether Prometheus takes the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.fields import mapping
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import Rule, RuleFile

_GROUP_KEYS = {"name", "interval", "query_offset", "limit", "rules", "labels", "partial_response_strategy"}
_RULE_KEYS = {"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"}
_LABEL = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@rules_check("rule/structure", Level.ERROR, mend="compare with Prometheus' documentation of rule files")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """A file is such that Prometheus loads it: known keys, unique groups, and rules that record or alert."""
    del world
    if not isinstance(file.raw.get("groups"), list):
        yield Fault("groups", "is no list of groups")
    names = set()
    for group in file.groups:
        if not group.name:
            yield Fault(f"{group.place}.name", "has a group without a name")
        elif group.name in names:
            yield Fault(f"{group.place}.name", f"has two groups of the name {group.name!r}")
        names.add(group.name)
        for key in sorted(str(key) for key in group.raw if key not in _GROUP_KEYS):
            yield Fault(f"{group.place}.{key}", f"has the unknown key {key!r}")
    for rule in file.rules:
        yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[Fault]:
    if rule.is_alert == rule.is_recording:
        yield Fault(rule.place, "is neither one alert nor one recording")
    if not rule.expr.strip():
        yield Fault(f"{rule.place}.expr", "has no expr")
    for key in sorted(str(key) for key in rule.raw if key not in _RULE_KEYS):
        yield Fault(f"{rule.place}.{key}", f"has the unknown key {key!r}")
    for kind in ("for", "keep_firing_for", "annotations") if rule.is_recording else ():
        if kind in rule.raw:
            yield Fault(f"{rule.place}.{kind}", f"has {kind!r}, which only alerts have")
    for kind in ("labels", "annotations"):
        for name in sorted(map(str, mapping(rule.raw, kind))):
            if not _LABEL.fullmatch(name):
                yield Fault(f"{rule.place}.{kind}", f"has the name {name!r} in its {kind}")
