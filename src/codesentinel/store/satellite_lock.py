"""``satellites.lock``: the committed file that keeps the ids of procedures.

JSON, a line for each procedure, so that two branches that add one each conflict where they must: both took
the same number. A retired id stays for ever, as ``"retired": true``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codesentinel.model.errors import ConfigurationError
from codesentinel.model.satellites import Locked, LockedFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "satellites.lock"
_VERSION = 1
_HEX = 8


def read_lock(path: Path) -> dict[str, LockedFile] | None:
    """Satellites by id; None where there is no lock.

    Raises:
        ConfigurationError: it is there, and is no lock.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as exc:
        raise _broken(str(exc)) from exc
    try:
        document = json.loads(text)
        if document["version"] != _VERSION:
            raise _broken(f"version {document['version']!r} is not {_VERSION}")
        return {str(name): _file(facts) for name, facts in document["satellites"].items()}
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as exc:
        what = "conflict markers" if "<<<<<<<" in text else f"{type(exc).__name__}: {exc}"
        raise _broken(what) from exc


def lock_text(locked: Mapping[str, LockedFile]) -> str:
    """The lock as it is written."""
    blocks = []
    for name, one in sorted(locked.items()):
        rows = [
            f"    {json.dumps(key)}: {json.dumps(_facts(procedure), ensure_ascii=False)}"
            for key, procedure in sorted(one.procedures.items(), key=_by_number)
        ]
        body = ",\n".join(rows)
        file = json.dumps(one.file, ensure_ascii=False)
        procedures = f"{{\n{body}\n   }}" if rows else "{}"
        blocks.append(f'  {json.dumps(name)}: {{"file": {file}, "procedures": {procedures}}}')
    joined = ",\n".join(blocks)
    return f'{{"version": {_VERSION}, "satellites": {{\n{joined}\n}}}}\n'


def _by_number(pair: tuple[str, Locked]) -> tuple[int, str]:
    digits = pair[0].rpartition("-")[2]
    return (int(digits) if digits.isdecimal() else 0), pair[0]


def _facts(one: Locked) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "title": one.title,
        "version": one.version,
        "steps_version": one.steps_version,
        "sketch": "".join(f"{value:08x}" for value in one.sketch),
    }
    return facts | ({"retired": True} if one.retired else {})


def _file(facts: Mapping[str, Any]) -> LockedFile:
    procedures = {str(name): _locked(one) for name, one in facts["procedures"].items()}
    return LockedFile(str(facts["file"]), procedures)


def _locked(facts: Mapping[str, Any]) -> Locked:
    text = str(facts["sketch"])
    numbers = tuple(int(text[at : at + _HEX], 16) for at in range(0, len(text), _HEX))
    retired = bool(facts.get("retired", False))
    return Locked(str(facts["title"]), str(facts["version"]), str(facts["steps_version"]), numbers, retired)


def _broken(what: str) -> ConfigurationError:
    return ConfigurationError(
        NAME, [what], hint="take it from version control, resolve conflicts by hand, then `satellites pin`"
    )
