"""Checking values against the annotations of the settings. Imported only when something is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_type_hints

from codesentinel.config.settings import SECONDS, Between, OneOf, Secret, Settings
from codesentinel.model.duration import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterable

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off")


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
            problems.append(f"{where}: unknown setting {spelling}{_nearest(f'{section}.{key}', known)}")
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
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        raise ValueError(f"should be {_spoken(kind)}, not {value!r}")
    number: Any = value
    for note in notes:
        if isinstance(note, Between) and not note.low <= number <= note.high:
            raise ValueError(f"should lie between {note.low:g} and {note.high:g}, not {number:g}")
        if isinstance(note, OneOf) and value not in note.words:
            raise ValueError(f"should be one of {', '.join(note.words)}, not {value!r}")
    return value


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


def _nearest(word: str, known: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.8)
    return f" (did you mean {close[0]}?)" if close else ""
