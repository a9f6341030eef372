"""Fields of documents that anybody may have written: what is not of the kind expected counts as absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def text(document: Any, *names: str) -> str:
    """The text at ``names``, one below the other; empty where there is none."""
    value = _at(document, names)
    return value if isinstance(value, str) else ""


def mapping(document: Any, *names: str) -> dict[str, Any]:
    """The object there; empty where there is none."""
    value = _at(document, names)
    return value if isinstance(value, dict) else {}


def items(document: Any, *names: str) -> list[Any]:
    """The list there; empty where there is none."""
    value = _at(document, names)
    return value if isinstance(value, list) else []


def whole(document: Any, *names: str) -> int | None:
    """The whole number there; ``true`` is none."""
    value = _at(document, names)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def objects(document: Any, *names: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of the list there, with their numbers."""
    for number, item in enumerate(items(document, *names)):
        if isinstance(item, dict):
            yield number, item


def strings(document: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text below ``document``, with its place; not of deeper nesting than any dashboard has."""
    left = [(document, place, 0)]
    while left:
        value, where, depth = left.pop()
        if isinstance(value, str):
            yield where, value
        elif depth < 40 and isinstance(value, dict):
            left.extend((v, f"{where}.{k}" if where else str(k), depth + 1) for k, v in value.items())
        elif depth < 40 and isinstance(value, list):
            left.extend((v, f"{where}[{n}]", depth + 1) for n, v in enumerate(value))


def _at(document: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        if not isinstance(document, dict):
            return None
        document = document.get(name)
    return document
