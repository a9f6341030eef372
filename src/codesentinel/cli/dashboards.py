"""``codesentinel dashboards``."""

from __future__ import annotations

from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context
    from codesentinel.operations.dashboards import BuiltDashboards
    from codesentinel.operations.provision import Provisioned


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of one of the commands."""
    {"dashboards build": _build_options, "dashboards provision": _provision_options}[name](parser)


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
        help="names of HTTP metrics that are not OpenTelemetry's (default: mixin.http_names_file)",
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


def _provision_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Write what a deployment reads: Grafana's data sources, dashboard folder, contact points and "
        "policies, Prometheus' configuration, and a Compose file."
    )
    parser.epilog = examples(
        "codesentinel dashboards provision",
        "codesentinel dashboards provision --check    # in CI: exit 1 when a committed file differs",
    )
    parser.add_argument(
        "--output",
        metavar="DIR",
        default="infrastructure",
        help="folder, relative to the workspace root (default: %(default)s)",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs")
    parser.set_defaults(run=_provision)


def _provision(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.provision import provision

    done = provision(context, output=args.output, check=args.check)
    failed = args.check and not done.is_current
    return Outcome(
        "dashboards.provision", done, lambda: _text(done, check=args.check), exit_status=1 if failed else 0
    )


def _text(done: BuiltDashboards | Provisioned, *, check: bool) -> str:
    from codesentinel.render.ascii import escaped

    changed = "differs" if check else "written"
    lines = [f"{changed}: {escaped(name)}" for name in done.changed]
    last = f"{len(done.files)} files, {len(done.changed)} {changed}"
    if check and not done.is_current:
        last += "; the command without --check writes them"
    return "\n".join([*lines, last])
