"""``codesentinel profile report``, ``diff`` and ``list``."""

from __future__ import annotations

from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context

_MEANT = "an id, a file, latest, revision:REV, before:DEPLOYMENT or after:DEPLOYMENT"


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """Which profiles, and how much of them."""
    parser.add_argument("--service", default="", metavar="NAME", help="only of this service")
    {"profile report": _report_options, "profile diff": _diff_options, "profile list": _list_options}[name](
        parser
    )


def _report_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("profile", nargs="?", default="latest", metavar="PROFILE", help=f"{_MEANT} (latest)")
    _shared_options(parser)
    parser.add_argument("--tree", action="store_true", help="the calls as a tree instead of tables")
    parser.add_argument("--least", type=float, default=0.01, metavar="RATIO", help="of a branch (0.01)")
    parser.description = (
        "Say which functions, modules and threads take the time. Each share has a 95% interval from as many\n"
        "independent samples as those of the profile are worth."
    )
    parser.epilog = examples(
        "codesentinel profile report",
        "codesentinel profile report --service shop --tree",
        "codesentinel profile report stacks.txt --html flame.html",
    )
    parser.set_defaults(run=_report)


def _diff_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", metavar="BEFORE", help=_MEANT)
    parser.add_argument("after", metavar="AFTER", help="likewise")
    _shared_options(parser)
    parser.add_argument(
        "--work", nargs=2, type=float, metavar=("BEFORE", "AFTER"), help="what was done: requests served, say"
    )
    parser.add_argument(
        "--level", type=float, default=0.04, metavar="RATIO", help="of false ones among the changes (0.04)"
    )
    parser.add_argument(
        "--smallest", type=float, default=0.05, metavar="RATIO", help="a change below it is none (0.05)"
    )
    parser.description = (
        "Say which functions got slower or faster, per unit of work where --work tells it, else relative to\n"
        "the functions that did not change. Exit status 1 where one got slower."
    )
    parser.epilog = examples(
        "codesentinel profile diff 3f2a 90bc",
        "codesentinel profile diff before:latest after:latest --service shop",
        "codesentinel profile diff old.pprof new.pprof --work 12000 11800 --html diff.html",
    )
    parser.set_defaults(run=_diff)


def _list_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="", metavar="NAME", help="only of this host")
    parser.add_argument("--revision", default="", metavar="REV", help="only of this revision")
    parser.description = "List the profiles on record, the oldest first."
    parser.epilog = examples("codesentinel profile list", "codesentinel profile list --service shop --json")
    parser.set_defaults(run=_list)


def _shared_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="rows (20)")
    parser.add_argument("--html", default="", metavar="FILE", help="write a flame graph, a page of its own")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")


def _report(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.profile.judge import report

    found = report(context, profile=args.profile, service=args.service)
    if args.html:
        from codesentinel.operations.profile.picture import write_flame_graph

        write_flame_graph(args.html, found, overwrite=args.overwrite)

    def text() -> str:
        from codesentinel.render.profile_text import report_text
        from codesentinel.render.profiles.tree import tree_text

        if args.tree:
            return tree_text(found.profile, least_ratio=args.least)
        return report_text(found, limit=args.limit)

    return Outcome("profile.report", found, text)


def _diff(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.profile.judge import diff

    work = args.work or (None, None)
    found = diff(
        context,
        before=args.before,
        after=args.after,
        service=args.service,
        work_before=work[0],
        work_after=work[1],
        level=args.level,
        smallest=args.smallest,
    )
    if args.html:
        from codesentinel.operations.profile.picture import write_flame_graph

        write_flame_graph(args.html, found, overwrite=args.overwrite)

    def text() -> str:
        from codesentinel.render.profile_text import diff_text

        return diff_text(found, limit=args.limit)

    return Outcome("profile.diff", found, text, exit_status=found.exit_status)


def _list(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.profile.judge import profiles

    found = profiles(context, service=args.service, host=args.host, revision=args.revision)

    def text() -> str:
        from codesentinel.render.profile_text import list_text

        return list_text(found)

    return Outcome("profile.list", {"profiles": found}, text)
