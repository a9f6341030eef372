"""``codesentinel memory log|search|verify|archive``."""

from __future__ import annotations

from codesentinel.cli.options import add_fleet, add_leaf, duration, moment
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of one of the four commands."""
    add_leaf(parser, name, _LEAVES)


def _add_domain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--domain", action="append", default=[], metavar="D", help="only this one; may be repeated"
    )


def _add_log(parser: argparse.ArgumentParser) -> None:
    _add_domain(parser)
    add_fleet(parser)
    parser.add_argument("--since", type=moment, metavar="TIME", help="RFC 3339, or how long ago, such as 24h")
    parser.add_argument("--until", type=moment, metavar="TIME", help="before this; same spelling")
    parser.add_argument("--action", default="", metavar="A", help="only this action")
    parser.add_argument("--failed", action="store_true", help="only what did not succeed")
    parser.add_argument(
        "--limit", type=int, default=100, metavar="N", help="the newest N; 0 for all (default: %(default)s)"
    )


def _add_search(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", metavar="TEXT", help="upper or lower case")
    _add_domain(parser)
    add_fleet(parser)
    parser.add_argument(
        "--limit", type=int, default=50, metavar="N", help="the newest N; 0 for all (default: %(default)s)"
    )


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--head",
        action="append",
        type=_head,
        default=[],
        metavar="DOMAIN=HEX",
        help="a head noted earlier, which must still be there; may be repeated",
    )


def _add_archive(parser: argparse.ArgumentParser) -> None:
    _add_domain(parser)
    parser.add_argument(
        "--keep",
        type=duration,
        default=90 * 86400.0,
        metavar="DURATION",
        help="what stays in the log (default: 90d)",
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be moved")


def _log(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.memory_log import log
    from codesentinel.render.memory_text import log_text

    answer = log(
        context,
        domains=args.domain,
        since=args.since,
        until=args.until,
        action=args.action,
        failed=args.failed,
        limit=max(args.limit, 0),
        fleet=args.fleet,
    )
    return Outcome("memory.log", answer, lambda: log_text(answer))


def _search(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.memory_log import search
    from codesentinel.render.memory_text import search_text

    answer = search(context, text=args.text, domains=args.domain, limit=max(args.limit, 0), fleet=args.fleet)
    return Outcome("memory.search", answer, lambda: search_text(answer))


def _verify(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.memory_log import verify
    from codesentinel.render.memory_text import chain_text

    verdict = verify(context, heads=dict(args.head))
    status = 1 if not verdict.succeeded else 0 if verdict.is_complete else 3
    return Outcome("memory.verify", verdict, lambda: chain_text(verdict), exit_status=status)


def _archive(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.memory_log import archive
    from codesentinel.render.memory_text import archive_text

    run = archive(context, domains=args.domain, keep_seconds=args.keep, dry_run=args.dry_run)
    return Outcome("memory.archive", run, lambda: archive_text(run))


def _head(text: str) -> tuple[str, str]:
    """``DOMAIN=HEX``."""
    import argparse
    import re

    found = re.fullmatch(r"([^=]+)=([0-9a-fA-F]{32})", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not DOMAIN= and 32 hexadecimal digits")
    return found[1], found[2].lower()


_LEAVES = {
    "log": (_add_log, _log, ("log --since 24h", "log --domain stack --failed --limit 20")),
    "search": (_add_search, _search, ("search 'holds the deploy lock'", "search shop --domain stack")),
    "verify": (_add_verify, _verify, ("verify", f"verify --head stack={'0' * 31}1")),
    "archive": (_add_archive, _archive, ("archive --dry-run", "archive --domain stack --keep 30d")),
}
