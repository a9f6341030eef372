"""What every verb stands on: the context it runs in, its effect, and the record of its run."""

from __future__ import annotations

import functools
import os
import sys
import time
from enum import Enum

from codesentinel.config.presence import is_anything_set
from codesentinel.config.workspace import find_workspace
from codesentinel.model.errors import CodesentinelError
from codesentinel.model.timestamp import rfc3339
from codesentinel.store.session_memory import SessionMemory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any, Concatenate, ParamSpec, Protocol, Self, TypeVar

    from codesentinel.config.settings import Settings

    P = ParamSpec("P")
    R = TypeVar("R")
    R_co = TypeVar("R_co", covariant=True)

    class Verb(Protocol[P, R_co]):
        """A function marked with :func:`operation`."""

        operation: str
        effect: Effect
        __name__: str
        __doc__: str | None

        def __call__(self, context: Context, /, *args: P.args, **kwargs: P.kwargs) -> R_co:
            """Run the verb and record the run."""


class Effect(Enum):
    """What a verb may do to the world."""

    READ = "read"
    WRITE = "write"
    DESTRUCTIVE = "destructive"


class Context:
    """What a verb needs to know of the world it runs in.

    Every command makes one; what few of them look at is made when it is first asked for.

    Args:
        root: the workspace root, absolute.
        settings: None where nothing is set, which gives the defaults.
        memory: where runs are recorded.
        tell: takes progress, one line at a time; standard error unless quiet.
        config_file: the settings file that was named, or empty.
    """

    __slots__ = ("_folder", "_root", "_settings", "config_file", "memory", "tell")

    def __init__(
        self,
        root: str | Path,
        settings: Settings | None,
        memory: SessionMemory,
        tell: Callable[[str], None],
        config_file: str = "",
    ) -> None:
        self._root = os.fspath(root)
        self._folder: Path | None = None
        self._settings = settings
        self.memory = memory
        self.tell = tell
        self.config_file = config_file

    @property
    def root(self) -> Path:
        """The workspace root."""
        if self._folder is None:
            from pathlib import Path

            self._folder = Path(self._root)
        return self._folder

    @property
    def settings(self) -> Settings:
        """All settings, with their defaults."""
        if self._settings is None:
            from codesentinel.config.settings import Settings

            self._settings = Settings()
        return self._settings

    @property
    def state_dir(self) -> Path:
        """Where state and server data live, outside version control."""
        return self.root / ".codesentinel"

    def path(self, *parts: str) -> str:
        """A path below the root, as text: for verbs that cannot afford ``pathlib``."""
        return os.path.join(self._root, *parts)

    def command(self, *words: str) -> list[str]:
        """The command line that runs codesentinel itself with ``words``, in the same context."""
        config = ("--config", self.config_file) if self.config_file else ()
        return [sys.executable, "-m", "codesentinel", "--workspace", self._root, *config, *words]

    def relative(self, path: str | Path) -> str:
        """The path as it is shown: relative to the workspace root where it lies below it."""
        text, root = os.path.normpath(path), self._root.rstrip("/")
        return text.removeprefix(f"{root}/") if text != root else "."

    def but(self, **changes: Any) -> Self:
        """The same context with some of its parts replaced."""
        parts = {
            "root": self._root,
            "settings": self._settings,
            "memory": self.memory,
            "tell": self.tell,
            "config_file": self.config_file,
        }
        return type(self)(**{**parts, **changes})


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
    root = find_workspace(workspace or ".")
    file = os.path.abspath(config_file) if config_file else ""
    settings = _settings(root, config_file) if config_file or is_anything_set(root, os.environ) else None
    memory = SessionMemory(
        root,
        session_id=settings.session.id if settings else "",
        agent_id=settings.agent.id if settings else "",
        fsync=settings is not None and settings.log.fsync == "always",
    )
    return Context(root, settings, memory, tell or _to_stderr, file)


def _settings(root: str, config_file: str) -> Settings:
    from pathlib import Path

    from codesentinel.config.read import read_settings

    return read_settings(Path(root), os.environ, Path(config_file) if config_file else None)


def operation(
    name: str,
    effect: Effect = Effect.READ,
    *,
    action: str = "",
    named: tuple[str, ...] = (),
    unlogged: tuple[str, ...] = (),
    metadata: Callable[[Any], Mapping[str, Any]] | None = None,
) -> Callable[[Callable[Concatenate[Context, P], R]], Verb[P, R]]:
    """Mark a function as the verb ``<group>.<name>`` and log each run in the domain ``<group>``.

    The event holds when it began, how long it took, its plain parameters, how it ended and the type of an
    error. ``named`` are parameters that readers of the log look for by name: they are written beside these,
    also where the default was taken; ``unlogged`` are free text, and left out. ``metadata`` adds facts about
    the result, its ``outcome`` among them; a result that says it has not ``succeeded`` is no success.
    """
    domain = name.partition(".")[0]

    def mark(function: Callable[Concatenate[Context, P], R]) -> Verb[P, R]:
        code = function.__code__
        names = code.co_varnames[1 : code.co_argcount]  # what `inspect` would say, at no cost
        defaults = function.__kwdefaults__ or {}

        @functools.wraps(function)
        def run(context: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
            began_at, began = time.time(), time.perf_counter()
            given = dict(zip(names, args, strict=False)) | kwargs
            facts: dict[str, Any] = {
                "operation": name,
                "started_at": rfc3339(began_at),
                "parameters": _simple({k: v for k, v in given.items() if k not in unlogged}),
                **{key: given.get(key, defaults.get(key)) for key in named},
            }
            files: list[str] = []
            succeeded = False
            try:
                result = function(context, *args, **kwargs)
                facts |= metadata(result) if metadata else {}
                files = [context.relative(f) for f in getattr(result, "files_modified", ())]
            except BaseException as exc:
                facts |= {"outcome": _outcome(exc), "error_type": type(exc).__name__}
                raise
            else:
                facts.setdefault("outcome", "ok")
                succeeded = getattr(result, "succeeded", True)
                return result
            finally:
                context.memory.log_domain_activity(
                    domain,
                    {
                        "action": action or name,
                        "success": succeeded,
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
    kept = {k: os.fspath(v) if hasattr(v, "__fspath__") else v for k, v in parameters.items()}
    return {k: _shown(v) for k, v in kept.items() if isinstance(v, str | int | float | bool)}


def _shown(value: Any) -> Any:
    """The value; of a URL without the user and password that may stand in it."""
    if not isinstance(value, str) or "://" not in value or "@" not in value:
        return value
    scheme, _, rest = value.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def _outcome(exc: BaseException) -> str:
    if isinstance(exc, CodesentinelError):
        return exc.kind
    return "interrupted" if isinstance(exc, KeyboardInterrupt) else "error"


def _to_stderr(message: str) -> None:
    try:
        sys.stderr.write(message + "\n")
    except (AttributeError, OSError, ValueError):  # a closed terminal stops no work
        return
