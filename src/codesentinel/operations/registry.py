"""Every verb there is: what faces that serve them all, and the reference, are made from."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, NamedTuple

import codesentinel.operations
from codesentinel.model.errors import NotInstalled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from codesentinel.operations.base import Verb


class Registered(NamedTuple):
    """A verb, and the module that it is defined in."""

    module: str
    verb: Verb[..., Any]


def every_operation(absent: dict[str, str] | None = None) -> Iterator[Registered]:
    """All that is marked with :func:`~codesentinel.operations.base.operation`, by module.

    It imports them all, which takes about a quarter of a second: no command does so.

    Args:
        absent: takes the modules whose extra is not installed, and the library that each wants; without it,
            one such ends the walk.

    Raises:
        NotInstalled, ModuleNotFoundError: an extra is not installed, and ``absent`` is None.
    """
    for module in pkgutil.walk_packages(codesentinel.operations.__path__, "codesentinel.operations."):
        try:
            loaded = importlib.import_module(module.name)
        except (NotInstalled, ModuleNotFoundError) as exc:
            if absent is None:
                raise
            absent[module.name] = exc.message if isinstance(exc, NotInstalled) else str(exc)
            continue
        for found in vars(loaded).values():
            if hasattr(found, "operation") and getattr(found, "__module__", "") == module.name:
                yield Registered(module.name, found)
