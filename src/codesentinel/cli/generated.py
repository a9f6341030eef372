"""What the commands share that write files from the code: their options, and what they say afterwards."""

from __future__ import annotations

from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Protocol

    class Generated(Protocol):
        """The generated files, and those of them that were not as generated."""

        @property
        def files(self) -> tuple[str, ...]:
            """All of them."""

        @property
        def changed(self) -> tuple[str, ...]:
            """Those that differed."""

        @property
        def is_current(self) -> bool:
            """Whether everything was as generated."""


def add_options(parser: argparse.ArgumentParser, output: str, *, metrics: bool = True) -> None:
    """Where the files go, whether they are only compared and, where it matters, what metrics are called."""
    parser.add_argument(
        "--output",
        metavar="DIR",
        default=output,
        help="folder, relative to the workspace root (default: %(default)s)",
    )
    if metrics:
        parser.add_argument(
            "--metrics",
            metavar="FILE.toml",
            default="",
            help="names of HTTP metrics that are not OpenTelemetry's (default: mixin.http_names_file)",
        )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs")


def outcome(operation: str, built: Generated, *, check: bool) -> Outcome:
    """What was written; with ``check`` what differs, which is exit status 1."""
    failed = check and not built.is_current
    return Outcome(operation, built, lambda: _text(operation, built, check=check), exit_status=int(failed))


def _text(operation: str, built: Generated, *, check: bool) -> str:
    from codesentinel.render.ascii import escaped

    changed, removed = ("differs", "stale") if check else ("written", "removed")
    stale = getattr(built, "stale", ())
    lines = [f"{changed}: {escaped(name)}" for name in built.changed]
    lines += [f"{removed}: {escaped(name)}" for name in stale]
    last = f"{len(built.files)} files, {len(built.changed)} {changed}, {len(stale)} {removed}"
    if check and not built.is_current:
        last += f"; `codesentinel {operation.replace('.', ' ')}` writes them"
    return "\n".join([*lines, last])
