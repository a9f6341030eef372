"""Reading a scenario strictly: all mistakes of a file are told together."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import yaml

from codesentinel.calamum import tools
from codesentinel.calamum.experiment import Activity, Experiment
from codesentinel.model.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_FIELDS: dict[str, Any] = {
    "title": str,
    "description": str,
    "tags": list,
    "needs": list,
    "uses": list,
    "steady-state-hypothesis": dict,
    "method": list,
    "rollbacks": list,
    "value": (int, float),
    "usual_seconds": (int, float),
    "budget_seconds": (int, float),
    "repeat": list,
}
_ACTIVITY = ("type", "name", "provider", "tolerance", "keep", "within_seconds")
_BUDGET_SECONDS = 60.0
_USUAL_SECONDS = 1.0
_VALUE = 1.0
_PROVIDER = ("type", "func", "arguments")
NEEDS = ("pid namespace", "mount namespace", "network namespace", "servers", *tools.NAMES)
"""What a scenario may say it cannot do without."""


def read_experiment(path: Path, target: str, calls: Mapping[str, Iterable[str]]) -> Experiment:
    """The scenario in a file. ``calls`` are the actions and probes there are, by the kind of activity.

    Raises:
        ConfigurationError: everything that is wrong with it.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        raise ConfigurationError(str(path), [f"cannot be read: {exc}"]) from exc
    reader = _Reader(calls)
    experiment = reader.experiment(document, path, target)
    if reader.problems:
        hint = "docs/how-to/attack-it.md says what a scenario holds"
        raise ConfigurationError(str(path), reader.problems, hint=hint)
    return experiment


class _Reader:
    """Collects problems while it reads."""

    def __init__(self, calls: Mapping[str, Iterable[str]]) -> None:
        self.problems: list[str] = []
        self._calls = {kind: sorted(names) for kind, names in calls.items()}

    def experiment(self, document: Any, path: Path, target: str) -> Experiment:
        """The experiment, as far as it can be read."""
        if not isinstance(document, dict):
            self.problems.append("is no mapping of fields")
            document = {}
        self._known("", document, _FIELDS)
        for name, kind in _FIELDS.items():
            if document.get(name) is not None and not isinstance(document[name], kind):
                self.problems.append(f"{name}: is no {_spoken(kind)}")
        found = {name: document.get(name) for name in _FIELDS}
        for name in ("title", "description", "method"):
            if not found[name]:
                self.problems.append(f"{name} is missing")
        hypothesis = (
            found["steady-state-hypothesis"]
            if isinstance(document.get("steady-state-hypothesis"), dict)
            else {}
        )
        self._known("steady-state-hypothesis.", hypothesis, ("title", "probes"))
        needs = tuple(_texts(found["needs"]))
        uses = tuple(_texts(found["uses"]))
        for name, wanted, known in (("needs", needs, NEEDS), ("uses", uses, tools.NAMES)):
            self.problems += [
                f"{name}: {one!r} is none of {', '.join(known)}" for one in wanted if one not in known
            ]
        return Experiment(
            target=target,
            case=path.stem,
            title=str(found["title"]),
            description=str(found["description"]),
            tags=tuple(_texts(found["tags"])),
            needs=needs,
            uses=uses,
            steady_state_title=str(hypothesis.get("title", "")),
            steady_state=self._activities(
                "steady-state-hypothesis.probes", hypothesis.get("probes"), "probe"
            ),
            method=self._activities("method", found["method"]),
            rollbacks=self._activities("rollbacks", found["rollbacks"]),
            value=_number(found["value"], _VALUE),
            usual_seconds=_number(found["usual_seconds"], _USUAL_SECONDS),
            budget_seconds=_number(found["budget_seconds"], _BUDGET_SECONDS),
            repeat=tuple(found["repeat"]) if isinstance(found["repeat"], list) and found["repeat"] else ({},),
            source=str(path),
        )

    def _activities(self, where: str, found: Any, only: str = "") -> tuple[Activity, ...]:
        if found is None:
            return ()
        if not isinstance(found, list):
            self.problems.append(f"{where}: is no list")
            return ()
        read = (self._activity(f"{where}[{index}]", one, only) for index, one in enumerate(found))
        return tuple(one for one in read if one)

    def _activity(self, where: str, found: Any, only: str) -> Activity | None:
        if not isinstance(found, dict):
            self.problems.append(f"{where}: is no mapping")
            return None
        self._known(f"{where}.", found, _ACTIVITY)
        kind = found.get("type", only)
        if kind not in ("action", "probe") or (only and kind != only):
            self.problems.append(f"{where}.type: {kind!r} is no {only or 'action or probe'}")
            return None
        provider = found.get("provider")
        if not isinstance(provider, dict) or provider.get("type") not in ("calamum", "program"):
            self.problems.append(f"{where}.provider: needs a type, calamum or program")
            return None
        self._known(f"{where}.provider.", provider, _PROVIDER)
        call, arguments = str(provider.get("func", "")), provider.get("arguments")
        if provider["type"] == "calamum":
            if call not in self._calls[kind]:
                near = get_close_matches(call, self._calls[kind], 1)
                more = f", did you mean {near[0]}?" if near else ""
                self.problems.append(f"{where}.provider.func: there is no {kind} {call!r}{more}")
            if not isinstance(arguments, dict | None):
                self.problems.append(f"{where}.provider.arguments: is no mapping")
                arguments = {}
        elif not isinstance(arguments, list) or not arguments:
            self.problems.append(f"{where}.provider.arguments: is no list of words")
            arguments = []
        if kind == "probe" and "tolerance" not in found:
            self.problems.append(f"{where}: a probe needs a tolerance")
        return Activity(
            name=str(found.get("name") or call or "codesentinel"),
            kind=kind,
            provider=provider["type"],
            call=call,
            arguments=arguments or {},
            tolerance=found.get("tolerance"),
            checked="tolerance" in found,
            keep=str(found.get("keep", "")),
            within_seconds=float(found.get("within_seconds", 0.0)),
        )

    def _known(self, where: str, found: Mapping[str, Any], known: Iterable[str]) -> None:
        names = list(known)
        for name in found:
            if name not in names:
                near = get_close_matches(str(name), names, 1)
                self.problems.append(
                    f"{where}{name} is unknown" + (f", did you mean {near[0]}?" if near else "")
                )


def _texts(found: Any) -> list[str]:
    return [str(one) for one in found] if isinstance(found, list) else []


def _number(found: Any, default: float) -> float:
    return float(found) if isinstance(found, int | float) and found else default


def _spoken(kind: Any) -> str:
    return {str: "text", list: "list", dict: "mapping"}.get(kind, "number")
