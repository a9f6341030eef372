"""``codesentinel dashboards``."""

from __future__ import annotations

from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context
    from codesentinel.operations.dashboards import BuiltDashboards


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of ``dashboards build``."""
    {"dashboards build": _build_options}[name](parser)


def _build_options(parser: argparse.ArgumentParser) -> None:
    parser.description = "Write Grafana's dashboards from the code, and which of their panels may be empty."
    parser.epilog = examples(
        "codesentinel dashboards build",
        "codesentinel dashboards build --metrics fastapi.toml --output dashboards",
        "codesentinel dashboards build --check    # in CI: exit 1 when a committed file differs",
    )
    parser.add_argument(
        "--output",
        metavar="DIR",
        default="infrastructure/grafana/dashboards",
        help="folder, relative to the workspace root (default: %(default)s)",
    )
    parser.add_argument(
        "--metrics",
        metavar="FILE.toml",
        default="",
        help="names of HTTP metrics that are not OpenTelemetry's, relative to the workspace root",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs")
    parser.set_defaults(run=_build)


def _build(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.dashboards import build_dashboards

    built = build_dashboards(context, output=args.output, metrics=args.metrics, check=args.check)
    failed = args.check and not built.is_current
    return Outcome(
        "dashboards.build", built, lambda: _text(built, check=args.check), exit_status=1 if failed else 0
    )


def _text(built: BuiltDashboards, *, check: bool) -> str:
    from codesentinel.render.ascii import escaped

    changed = "differs" if check else "written"
    lines = [f"{changed}: {escaped(name)}" for name in built.changed]
    last = f"{len(built.files)} files, {built.panels} panels, {len(built.changed)} {changed}"
    if check and not built.is_current:
        last += "; `codesentinel dashboards build` writes them"
    return "\n".join([*lines, last])
