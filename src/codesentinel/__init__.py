"""codesentinel measures what acts on a system and hands back findings.

The public names are few; everything else is reached as a command or through
``codesentinel.operations``.
"""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["SessionMemory", "__version__"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codesentinel.store.session_memory import SessionMemory


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: ``--help`` pays for none of them."""
    if name == "SessionMemory":
        from codesentinel.store.session_memory import SessionMemory

        return SessionMemory
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
