"""Loops over time as machine code: what one step makes of the last cannot be said in whole arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

    F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """The function in machine code, kept on disk where that is allowed, else made anew by each process.

    It may use numbers, arrays and other compiled functions, and nothing else.
    """
    made: Any
    try:
        made = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder can be written
        made = numba.njit(nogil=True)(function)
    return cast("F", made)
