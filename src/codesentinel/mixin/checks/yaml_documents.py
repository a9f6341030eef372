"""YAML that anybody may have written: each document with its nodes, which know their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 100
_SHOWN_CHARACTERS = 200


class Mistake(NamedTuple):
    """Why a text is no YAML, and on which line."""

    line: int
    message: str


class Document(NamedTuple):
    """One document: its content, and the node it was made of."""

    content: Any
    node: yaml.Node


def documents(text: str) -> list[Document] | Mistake:
    """The documents of a text that are not empty, or what is wrong with it."""
    try:
        if _is_too_deep(text):
            return Mistake(1, f"nested deeper than {_DEEPEST} levels")
        found = []
        loader = _Loader(text)
        try:
            while loader.check_node():
                node: Any = loader.get_node()
                twice = _repeated(node)
                if twice:
                    return twice
                found.append(Document(loader.construct_document(node), node))
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 1
        return Mistake(line, f"not YAML: {exc.problem or exc.context}"[:_SHOWN_CHARACTERS])
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError) as exc:
        return Mistake(1, f"not YAML: {exc}"[:_SHOWN_CHARACTERS])
    return found


def _is_too_deep(text: str) -> bool:
    """Whether composing it would overflow the stack of the library below."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            return True
    return False


def _repeated(root: yaml.Node) -> Mistake | None:
    """The first key that stands twice in one mapping: Prometheus refuses the file, Python takes the last."""
    for node in _nodes(root):
        if isinstance(node, yaml.MappingNode):
            seen = set()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                    if key.value in seen:
                        return Mistake(key.start_mark.line + 1, f"the key {key.value!r} stands here twice")
                    seen.add(key.value)
    return None


def _nodes(root: yaml.Node) -> Iterator[yaml.Node]:
    """Every node once, however many aliases lead to it."""
    left, seen = [root], set()
    while left:
        node = left.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, yaml.SequenceNode):
            left.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            left.extend(part for pair in node.value for part in pair)
