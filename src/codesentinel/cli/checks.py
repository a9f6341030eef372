"""``codesentinel dashboards check`` and ``codesentinel alerts check``."""

from __future__ import annotations

from codesentinel.cli.options import duration, examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.model.problem import Checked
    from codesentinel.operations.base import Context
    from codesentinel.operations.checks.inputs import Choice


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of both commands."""
    is_alerts = name.startswith("alerts")
    what = "rules, and the routing of their alerts" if is_alerts else "Grafana dashboards"
    parser.description = (
        f"Check {what}: each problem with its file, its line and its mend. What only a server can\n"
        "tell is asked of one; docs/checks has a page for every check."
    )
    words = f"codesentinel {name}"
    parser.epilog = examples(
        words,
        f"{words} --offline {'monitoring/rules' if is_alerts else 'grafana/dashboards'}",
        f"{words} --url http://prometheus:9090 --skip {'alert/owner' if is_alerts else 'panel/description'}",
        f"{words} --format sarif > checks.sarif",
    )
    default = "infrastructure/{prometheus,alertmanager}" if is_alerts else "infrastructure/grafana/dashboards"
    parser.add_argument("paths", nargs="*", metavar="PATH", help=f"files or folders (default: {default})")
    parser.add_argument("--url", default="", metavar="URL", help="server to ask (default: the stack's)")
    parser.add_argument("--offline", action="store_true", help="leave out the checks that need a server")
    for option, text in (("--only", "make only this check"), ("--skip", "leave this check out")):
        parser.add_argument(
            option,
            action="append",
            default=[],
            metavar="CHECK",
            help=f"{text}; a pattern such as 'query/*', several times",
        )
    parser.add_argument(
        "--level", choices=("warning", "error"), default="warning", help="the least that is reported"
    )
    parser.add_argument(
        "--suppressions",
        default="",
        metavar="FILE",
        help="accepted problems and why (default: codesentinel-checks.yml in the folders checked)",
    )
    parser.add_argument(
        "--scrape-interval", type=duration, default=15.0, metavar="D", help="of the server (15s)"
    )
    if is_alerts:
        parser.add_argument(
            "--severities", default="P1,P2", metavar="A,B", help="those agreed on, most urgent first (P1,P2)"
        )
    else:
        parser.add_argument("--slow", type=duration, default=1.0, metavar="D", help="slower is told (1s)")
    parser.add_argument("--format", choices=("text", "sarif"), default="text", help="of what is printed")
    parser.set_defaults(run=_alerts if is_alerts else _dashboards)


def _dashboards(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.checks.dashboards import check_dashboards

    return _outcome("dashboards.check", check_dashboards(context, args.paths, _choice(args)), args)


def _alerts(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.checks.alerts import check_alerts

    return _outcome("alerts.check", check_alerts(context, args.paths, _choice(args)), args)


def _choice(args: argparse.Namespace) -> Choice:
    from codesentinel.operations.checks.inputs import Choice

    severities = getattr(args, "severities", "P1,P2").split(",")
    return Choice(
        only=tuple(args.only),
        skip=tuple(args.skip),
        level=args.level,
        suppressions=args.suppressions,
        url=args.url,
        offline=args.offline,
        severities=tuple(word.strip() for word in severities if word.strip()),
        scrape_interval_seconds=args.scrape_interval,
        slow_seconds=getattr(args, "slow", 1.0),
    )


def _outcome(operation: str, done: Checked, args: argparse.Namespace) -> Outcome:
    def text() -> str:
        if args.format == "sarif":
            from codesentinel import __version__
            from codesentinel.render.sarif import sarif

            return sarif(done, version=__version__)
        from codesentinel.render.checks_text import checks_text

        return checks_text(done)

    return Outcome(operation, done, text, exit_status=0 if done.succeeded else 1)
