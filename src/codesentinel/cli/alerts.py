"""``codesentinel alerts``."""

from __future__ import annotations

from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.alerts import Built
    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The options of ``alerts build``."""
    parser.description = "Write Prometheus' rules and Alertmanager's routing, ready to deploy, from the code."
    parser.epilog = examples(
        "codesentinel alerts build",
        "codesentinel alerts build --output /etc/monitoring",
        "codesentinel alerts build --check    # in CI: exit 1 when a committed file differs",
    )
    parser.add_argument(
        "--output",
        metavar="DIR",
        default="infrastructure",
        help="folder, relative to the workspace root (default: %(default)s)",
    )
    parser.add_argument(
        "--metrics",
        metavar="FILE.toml",
        default="",
        help="names of HTTP metrics that are not OpenTelemetry's (default: mixin.http_names_file)",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs")
    parser.set_defaults(run=_build)


def _build(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.alerts import build

    built = build(context, output=args.output, metrics=args.metrics, check=args.check)
    failed = args.check and not built.is_current
    return Outcome(
        "alerts.build", built, lambda: _text(built, check=args.check), exit_status=1 if failed else 0
    )


def _text(built: Built, *, check: bool) -> str:
    from codesentinel.render.ascii import escaped

    changed, stale = ("differs", "stale") if check else ("written", "removed")
    lines = [f"{changed}: {escaped(name)}" for name in built.changed]
    lines += [f"{stale}: {escaped(name)}" for name in built.stale]
    last = f"{len(built.files)} files, {len(built.changed)} {changed}, {len(built.stale)} {stale}"
    if check and not built.is_current:
        last += "; `codesentinel alerts build` writes them"
    return "\n".join([*lines, last])
