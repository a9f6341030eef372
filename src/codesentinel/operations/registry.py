"""Every verb there is: what faces that serve them all, and the reference, are made from."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, NamedTuple

import codesentinel.operations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from codesentinel.operations.base import Verb


class Registered(NamedTuple):
    """A verb, and the module that it is defined in."""

    module: str
    verb: Verb[..., Any]


def every_operation() -> Iterator[Registered]:
    """All that is marked with :func:`~codesentinel.operations.base.operation`, by module.

    It imports them all, which takes about a quarter of a second: no command does so.
    """
    for module in pkgutil.walk_packages(codesentinel.operations.__path__, "codesentinel.operations."):
        loaded = importlib.import_module(module.name)
        for found in vars(loaded).values():
            if hasattr(found, "operation") and getattr(found, "__module__", "") == module.name:
                yield Registered(module.name, found)
