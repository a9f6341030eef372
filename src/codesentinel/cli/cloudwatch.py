"""``codesentinel metrics cloudwatch``."""

from __future__ import annotations

from codesentinel.cli.options import add_leaf, moment
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context

_ABOUT = (
    "Which regions and metrics are read is set in [cloudwatch] of codesentinel.toml; credentials are found\n"
    "by boto3 as for any program of AWS."
)


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of one of the four commands."""
    add_leaf(parser, name, _LEAVES)
    parser.description = f"{parser.description or ''}\n\n{_ABOUT}".lstrip()


def _add_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--all", action="store_true", help="those without data in the last three hours, too (two weeks)"
    )


def _add_read(_: argparse.ArgumentParser) -> None:
    """It has no options of its own."""


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="loopback address (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8702, help="port (default: %(default)s)")


def _add_backfill(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--since",
        type=moment,
        required=True,
        metavar="TIME",
        help="RFC 3339, or how long ago; beyond 455d there is nothing",
    )
    parser.add_argument("--until", type=moment, metavar="TIME", help="the same (default: now)")
    parser.add_argument("--to", dest="url", default="", metavar="URL", help="VictoriaMetrics (the stack's)")
    parser.add_argument("--dry-run", action="store_true", help="say what it would ask and cost, and stop")


def _list(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.cloudwatch.listing import list_series
    from codesentinel.render.cloudwatch_text import listing_text

    found = list_series(context, recently_active=not args.all)
    return Outcome("metrics.cloudwatch_list", found, lambda: listing_text(found))


def _read(context: Context, _: argparse.Namespace) -> Outcome:
    from codesentinel.operations.cloudwatch.newest import read_newest
    from codesentinel.render.cloudwatch_text import newest_text

    found = read_newest(context)
    return Outcome("metrics.cloudwatch_read", found, lambda: newest_text(found))


def _serve(context: Context, args: argparse.Namespace) -> None:
    from codesentinel.web.serve import cloudwatch_app, serve

    serve(context, host=args.host, port=args.port, create_app=cloudwatch_app)


def _backfill(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.cli.metrics_backfill import shown_progress
    from codesentinel.operations.cloudwatch.backfill import backfill
    from codesentinel.render.cloudwatch_text import backfill_text

    done = backfill(
        context,
        start=args.since,
        end=args.until,
        url=args.url,
        dry_run=args.dry_run,
        progress=shown_progress(context),
    )
    return Outcome(
        "metrics.cloudwatch_backfill",
        done,
        lambda: backfill_text(done),
        exit_status=done.exit_status,
    )


_LEAVES = {
    "list": (_add_list, _list, ("list", "list --all --json")),
    "read": (_add_read, _read, ("read", "read --json")),
    "serve": (_add_serve, _serve, ("serve", "serve --port 9702")),
    "backfill": (
        _add_backfill,
        _backfill,
        (
            "backfill --since 30d --dry-run",
            "backfill --since 2026-09-01T00:00:00+00:00 --until 30d",
            "backfill --since 455d --to http://victoria-metrics:8428",
        ),
    ),
}
