"""What agents' telemetry says of skills: logs, spans and counters of OTLP, as JSON or protobuf.

Known are ``claude_code.skill_activated``, ``codex.skill.injected``, ``gemini_cli.tool_call`` of
``activate_skill``, and any record or span with ``gen_ai.skill.name``. All else is passed over.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codesentinel.capture.satellites.hooks import named
from codesentinel.capture.satellites.otlp_request import SIGNALS
from codesentinel.model.loaded import Loaded
from codesentinel.model.timestamp import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONGEST = 200
_VENDORS = (("claude", "claude"), ("codex", "codex"), ("gemini", "gemini"))
_CUMULATIVE = (2, "AGGREGATION_TEMPORALITY_CUMULATIVE")
_MOST_AT_ONCE = 100
_MOST_SERIES = 10_000


def loaded(signal: str, document: Mapping[str, Any], counters: Counters) -> Iterator[Loaded]:
    """Each skill that the request says was loaded."""
    for resource in _dicts(document.get(SIGNALS[signal])):
        about = _attributes(resource.get("resource") or {})
        for scope in _dicts(resource.get(f"scope{SIGNALS[signal].removeprefix('resource')}")):
            if signal == "metrics":
                yield from _of_metrics(scope, about, counters)
                continue
            for record in _dicts(scope.get("logRecords" if signal == "logs" else "spans")):
                found = _of_record(record, about)
                if found:
                    yield found


class Counters:
    """What cumulative counters showed last. One that began before us shows the past first: that is no load.

    Args:
        began_at: when the receiver began, epoch seconds.
    """

    def __init__(self, began_at: float) -> None:
        self._began_nanos = round(began_at * 1e9)
        self._last: dict[tuple[str, str], int] = {}

    def increase(self, key: tuple[str, str], value: int, began_nanos: int) -> int:
        """By how much it rose since it was last seen."""
        if key not in self._last and len(self._last) >= _MOST_SERIES:
            self._last.clear()
        before = self._last.get(key)
        self._last[key] = value
        if before is None:
            return value if began_nanos >= self._began_nanos else 0
        return value - before if value >= before else value


def _of_record(record: Mapping[str, Any], about: Mapping[str, Any]) -> Loaded | None:
    facts = {**about, **_attributes(record)}
    body = record.get("body")
    names = [record.get("eventName"), facts.get("event.name"), record.get("name")]
    names.append(body.get("stringValue") if isinstance(body, dict) else None)
    known = {name for name in names if isinstance(name, str)}
    skill, vendor = named(facts.get("gen_ai.skill.name")), ""
    if known & {"claude_code.skill_activated", "skill_activated"}:
        skill, vendor = named(facts.get("skill.name")), "claude"
    elif "codex.skill.injected" in known:
        skill, vendor = named(facts.get("skill")), "codex"
        skill = "" if facts.get("status") == "error" else skill
    elif known & {"gemini_cli.tool_call", "tool_call"} and facts.get("function_name") == "activate_skill":
        skill, vendor = _gemini(facts), "gemini"
    if not skill:
        return None
    return Loaded(
        skill,
        vendor or _vendor(facts),
        agent_session=_first(facts, "session.id", "conversation.id", "gen_ai.conversation.id"),
        source="otlp",
        trigger=_first(facts, "invocation_trigger", "invoke_type") or "agent",
        model=_first(facts, "gen_ai.request.model", "model"),
        tool_use_id=_first(facts, "tool_use_id", "gen_ai.tool.call.id"),
        prompt_id=_first(facts, "prompt.id", "prompt_id"),
        at=_time(record),
    )


def _gemini(facts: Mapping[str, Any]) -> str:
    """The name within the arguments of the call; nothing for a call that failed."""
    given = facts.get("function_args")
    if str(facts.get("success", "true")).lower() == "false":
        return ""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            return ""
    return named(given.get("name") or given.get("skill")) if isinstance(given, dict) else ""


def _of_metrics(scope: Mapping[str, Any], about: Mapping[str, Any], counters: Counters) -> Iterator[Loaded]:
    for metric in _dicts(scope.get("metrics")):
        total = metric.get("sum")
        if metric.get("name") != "codex.skill.injected" or not isinstance(total, dict):
            continue
        cumulative = total.get("aggregationTemporality") in _CUMULATIVE
        for point in _dicts(total.get("dataPoints")):
            facts = {**about, **_attributes(point)}
            skill = named(facts.get("skill"))
            if not skill or facts.get("status") == "error":
                continue
            count = _whole(point.get("asInt", point.get("asDouble")))
            if cumulative:
                start = _whole(point.get("startTimeUnixNano"))
                key = (json.dumps(facts, sort_keys=True, default=str)[:2000], str(start))
                count = counters.increase(key, count, start)
            for _ in range(min(count, _MOST_AT_ONCE)):
                yield Loaded(
                    skill,
                    "codex",
                    agent_session=_first(facts, "conversation.id", "session.id", "service.instance.id"),
                    source="otlp",
                    trigger=_first(facts, "invoke_type") or "agent",
                    model=_first(facts, "model"),
                    at=_time(point),
                )


def _attributes(holder: Any) -> dict[str, Any]:
    if not isinstance(holder, dict):
        return {}
    found = {}
    for pair in _dicts(holder.get("attributes")):
        value = pair.get("value")
        if isinstance(pair.get("key"), str) and isinstance(value, dict) and value:
            found[pair["key"]] = _value(value)
    return found


def _value(value: Mapping[str, Any], depth: int = 0) -> Any:
    for kind in ("stringValue", "boolValue", "intValue", "doubleValue"):
        if kind in value:
            return value[kind]
    pairs = value.get("kvlistValue")
    if isinstance(pairs, dict) and depth < 5:
        return {
            str(pair.get("key")): _value(pair["value"], depth + 1)
            for pair in _dicts(pairs.get("values"))
            if isinstance(pair.get("value"), dict)
        }
    return None


def _vendor(facts: Mapping[str, Any]) -> str:
    told = _first(facts, "gen_ai.agent.name", "gen_ai.provider.name", "service.name").lower()
    return next((vendor for word, vendor in _VENDORS if word in told), told[:40] or "other")


def _first(facts: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = facts.get(name)
        if isinstance(value, str) and value:
            return value[:_LONGEST]
    return ""


def _time(record: Mapping[str, Any]) -> str:
    nanos = _whole(record.get("timeUnixNano") or record.get("startTimeUnixNano") or 0)
    try:
        return rfc3339(nanos / 1e9) if nanos > 0 else ""
    except (ValueError, OverflowError):
        return ""


def _whole(value: object) -> int:
    """A number as OTLP's JSON writes it, which has large ones as text; 0 for what is none."""
    try:
        return max(int(value), 0) if isinstance(value, int | float | str) else 0
    except (ValueError, OverflowError):
        return 0


def _dicts(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
