"""Checking values against the annotations of the settings. Imported only when something is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_type_hints

from codesentinel.config.kinds import SECONDS, Between, OneOf, Secret
from codesentinel.config.settings import Settings
from codesentinel.model.duration import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterable

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off")
_LONGEST_SHOWN = 60


def check(
    rows: Iterable[tuple[str, str, str, Any]],
    values: dict[str, dict[str, Any]],
    problems: list[str],
    *,
    where: str,
) -> None:
    """Put each good value into ``values`` and a line for each bad one into ``problems``."""
    from_text = where == "environment"
    known = declared()
    for spelling, section, key, value in rows:
        annotation = known.get(f"{section}.{key}")
        if annotation is None:
            problem = _unknown(section, key, known, from_text=from_text)
            problems.append(f"{where}: {problem.replace('{}', _shown(spelling))}")
            continue
        try:
            values[section][key] = _value(value, annotation, from_text=from_text)
        except ValueError as exc:
            problems.append(f"{where}: {spelling}: {exc}")


def declared() -> dict[str, Any]:
    """``section.key`` to its ``Annotated`` type, for every setting."""
    found = {}
    for section, kind in get_type_hints(Settings).items():
        for key, annotation in get_type_hints(kind, include_extras=True).items():
            found[f"{section}.{key}"] = annotation
    return found


def _value(value: Any, annotation: Any, *, from_text: bool) -> Any:
    kind: type = annotation.__origin__
    notes: tuple[Any, ...] = annotation.__metadata__
    if any(isinstance(note, Secret) for note in notes) and not from_text:
        raise ValueError("a secret does not belong in a file that may be committed; use the environment")
    if SECONDS in notes and isinstance(value, str):
        value = parse_duration(value)
    elif from_text:
        value = _parsed(value, kind)
    numeric = isinstance(value, int) and not isinstance(value, bool)
    if type(value) is not kind and not (kind is float and numeric):
        raise ValueError(f"should be {_spoken(kind)}, not {_cut(repr(value))}")
    number: Any = value
    shown = _cut(repr(value))
    for note in notes:
        if isinstance(note, Between) and not note.low <= number <= note.high:
            raise ValueError(f"should lie between {note.low:.15g} and {note.high:.15g}, not {shown}")
        if isinstance(note, OneOf) and value not in note.words:
            raise ValueError(f"should be one of {', '.join(note.words)}, not {shown}")
    return float(number) if kind is float else value


def _parsed(text: str, kind: type) -> Any:
    if kind is bool:
        if text.lower() in _TRUE:
            return True
        return False if text.lower() in _FALSE else text
    try:
        return kind(text)
    except ValueError:
        return text


def _spoken(kind: type) -> str:
    return {bool: "true or false", int: "a whole number", float: "a number", str: "text"}[kind]


def _unknown(section: str, key: str, known: Iterable[str], *, from_text: bool) -> str:
    """What is wrong with a setting that does not exist; ``{}`` stands for how it was spelled."""
    if section in Settings._fields and not key and not from_text:
        return f"{{}}: should be a table, [{section}]"
    names = list(known)
    misplaced = [name for name in names if name.endswith(f".{key or section}")]
    if len(misplaced) != 1:
        import difflib

        misplaced = difflib.get_close_matches(f"{section}.{key}", names, n=1, cutoff=0.8)
    if not misplaced:
        return "unknown setting {}"
    meant = f"CODESENTINEL_{misplaced[0].replace('.', '_').upper()}" if from_text else misplaced[0]
    return f"unknown setting {{}} (did you mean {meant}?)"


def _shown(spelling: str) -> str:
    """A key may hold anything when it is quoted; it must not write lines of its own."""
    return _cut(spelling if spelling.isprintable() else repr(spelling))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
