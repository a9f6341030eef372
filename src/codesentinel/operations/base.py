"""What every verb stands on: the context it runs in, its effect, and the record of its run."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import time
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar

from codesentinel.config import Settings, find_workspace, read_settings
from codesentinel.model.errors import CodesentinelError
from codesentinel.model.timestamp import rfc3339
from codesentinel.store.session_memory import SessionMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Effect(Enum):
    """What a verb may do to the world."""

    READ = "read"
    WRITE = "write"
    DESTRUCTIVE = "destructive"


class Context(NamedTuple):
    """What a verb needs to know of the world it runs in."""

    root: Path
    settings: Settings
    memory: SessionMemory
    tell: Callable[[str], None]
    """Progress, one line at a time; to standard error unless quiet."""
    config_file: str = ""
    """The settings file that was named, or empty."""

    @property
    def state_dir(self) -> Path:
        """Where state and server data live, outside version control."""
        return self.root / ".codesentinel"

    def command(self, *words: str) -> list[str]:
        """The command line that runs codesentinel itself with ``words``, in the same context."""
        config = ("--config", self.config_file) if self.config_file else ()
        return [sys.executable, "-m", "codesentinel", "--workspace", str(self.root), *config, *words]

    def relative(self, path: Path) -> str:
        """The path as it is shown: relative to the workspace root where it lies below it."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


class Verb(Protocol[P, R_co]):
    """A function marked with :func:`operation`."""

    operation: str
    effect: Effect
    __name__: str
    __doc__: str | None

    def __call__(self, context: Context, /, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Run the verb and record the run."""


def open_context(
    workspace: str = "",
    config_file: str = "",
    *,
    tell: Callable[[str], None] | None = None,
) -> Context:
    """The context of a command typed here.

    Raises:
        UsageError: no such workspace.
        ConfigurationError: all mistakes in the settings.
    """
    root = find_workspace(Path(workspace or "."))
    file = Path(config_file) if config_file else None
    settings = read_settings(root, os.environ, file)
    memory = SessionMemory(
        root,
        session_id=settings.session.id,
        agent_id=settings.agent.id,
        fsync=settings.log.fsync == "always",
    )
    return Context(root, settings, memory, tell or _to_stderr, str(file.absolute()) if file else "")


def operation(
    name: str,
    effect: Effect = Effect.READ,
    *,
    action: str = "",
    metadata: Callable[[Any], Mapping[str, Any]] | None = None,
) -> Callable[[Callable[Concatenate[Context, P], R]], Verb[P, R]]:
    """Mark a function as the verb ``<group>.<name>`` and log each run in the domain ``<group>``.

    The event holds when it began, how long it took, its plain parameters, how it ended and, for a
    failure, the type of the error. ``metadata`` adds facts about the result.
    """
    domain = name.partition(".")[0]

    def mark(function: Callable[Concatenate[Context, P], R]) -> Verb[P, R]:
        code = function.__code__
        names = code.co_varnames[1 : code.co_argcount]  # what `inspect` would say, at no cost

        @functools.wraps(function)
        def run(context: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
            began_at, began = time.time(), time.perf_counter()
            facts: dict[str, Any] = {
                "operation": name,
                "started_at": rfc3339(began_at),
                "parameters": _simple(dict(zip(names, args, strict=False)) | kwargs),
            }
            files: list[str] = []
            try:
                result = function(context, *args, **kwargs)
                facts |= metadata(result) if metadata else {}
                files = [context.relative(Path(f)) for f in getattr(result, "files_modified", ())]
            except BaseException as exc:
                facts |= {"outcome": _outcome(exc), "error_type": type(exc).__name__}
                raise
            else:
                facts["outcome"] = "ok"
                return result
            finally:
                context.memory.log_domain_activity(
                    domain,
                    {
                        "action": action or name,
                        "success": facts["outcome"] == "ok",
                        "duration_ms": round((time.perf_counter() - began) * 1000, 3),
                        "files_modified": files,
                        "metadata": facts,
                    },
                )

        run.operation = name  # type: ignore[attr-defined]
        run.effect = effect  # type: ignore[attr-defined]
        return run  # type: ignore[return-value]

    return mark


def _simple(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those that a person could have typed; callbacks, payloads and records are left out."""
    kept = {k: str(v) if isinstance(v, Path) else v for k, v in parameters.items()}
    return {k: v for k, v in kept.items() if isinstance(v, str | int | float | bool)}


def _outcome(exc: BaseException) -> str:
    if isinstance(exc, CodesentinelError):
        return exc.kind
    return "interrupted" if isinstance(exc, KeyboardInterrupt) else "error"


def _to_stderr(message: str) -> None:
    with contextlib.suppress(AttributeError, OSError, ValueError):  # a closed terminal stops no work
        sys.stderr.write(message + "\n")
