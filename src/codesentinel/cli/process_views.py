"""``codesentinel memory process system|detail|tree|group``."""

from __future__ import annotations

import time

from codesentinel.cli.options import duration, examples, moment
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context

_WORDS = "codesentinel memory process"


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of one of the four commands."""
    {"system": _add_system, "detail": _add_detail, "tree": _add_tree, "group": _add_group}[
        name.rsplit(" ", 1)[-1]
    ](parser)


def add_pid(parser: argparse.ArgumentParser) -> None:
    """``--pid``, as every command on one process has it."""
    parser.add_argument(
        "--pid",
        required=True,
        metavar="PID[:HANDLE]",
        help="process id, or the handle that all commands print",
    )


def add_at(parser: argparse.ArgumentParser) -> None:
    """``--at``, for the commands that can look back."""
    parser.add_argument(
        "--at",
        type=moment,
        metavar="TIME",
        help="as recorded then: RFC 3339, or how long ago, such as 5m (see `process record`)",
    )


def _add_window(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--window",
        type=duration,
        default=0.0,
        metavar="DURATION",
        help="measure CPU use over this long (default: the mean of each lifetime)",
    )


def _add_system(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--limit", type=int, default=15, metavar="N", help="how many; 0 for all (default: 15)"
    )
    parser.add_argument(
        "--sort",
        default="memory",
        metavar="KEY",
        help="memory, cpu, time, threads, start or pid (default: memory)",
    )
    parser.add_argument(
        "--filter",
        default="",
        metavar="TERM",
        help="a term, or KEY:REGEXP with name, user, status, pid, ppid, argv",
    )
    _add_window(parser)
    add_at(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="show the shape of command lines")
    parser.add_argument("--full-argv", action="store_true", help="show command lines, with secrets taken out")
    parser.epilog = examples(
        f"{_WORDS} system --limit 5 -v",
        f"{_WORDS} system --sort cpu --window 1s",
        f"{_WORDS} system --at 10m",
    )
    parser.set_defaults(run=_system)


def _add_detail(parser: argparse.ArgumentParser) -> None:
    add_pid(parser)
    add_at(parser)
    parser.add_argument(
        "--window",
        type=duration,
        default=0.1,
        metavar="DURATION",
        help="measure CPU over this long (default: 0.1s)",
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="also I/O, threads, memory shares, command line"
    )
    parser.add_argument(
        "--full-argv", action="store_true", help="show the command line, with secrets taken out"
    )
    parser.epilog = examples(
        f"{_WORDS} detail --pid 4711 -v", f"{_WORDS} detail --pid 4711:58836-a3f1 --json"
    )
    parser.set_defaults(run=_detail)


def _add_tree(parser: argparse.ArgumentParser) -> None:
    add_pid(parser)
    parser.add_argument(
        "--depth", type=int, default=100, metavar="N", help="levels below it (default: 100, the most)"
    )
    add_at(parser)
    parser.epilog = examples(f"{_WORDS} tree --pid 4711", f"{_WORDS} tree --pid 1 --depth 2")
    parser.set_defaults(run=_tree)


def _add_group(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--by", default="command", metavar="KEY", help="command, user or cgroup (default: command)"
    )
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="how many groups (default: all)")
    _add_window(parser)
    add_at(parser)
    parser.epilog = examples(f"{_WORDS} group", f"{_WORDS} group --by cgroup --window 1s --limit 10")
    parser.set_defaults(run=_group)


def _system(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.process.views import system
    from codesentinel.render.process_text import table_text

    verbose = args.verbose or args.full_argv
    table = system(
        context,
        limit=args.limit,
        sort=args.sort,
        match=args.filter,
        window_seconds=args.window,
        at=args.at,
        full_argv=args.full_argv,
        verbose_mode=verbose,
    )
    return Outcome("process.system", table, lambda: table_text(table, verbose=verbose))


def _detail(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.process.detail import detail
    from codesentinel.render.process_detail_text import detail_text

    record = detail(
        context,
        pid=args.pid,
        window_seconds=args.window,
        at=args.at,
        verbose_mode=args.verbose,
        full_argv=args.full_argv,
    )
    return Outcome("process.detail", record, lambda: detail_text(record.as_document()))


def _tree(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.process.views import tree
    from codesentinel.render.process_text import tree_text

    found = tree(context, pid=args.pid, depth=args.depth, at=args.at)
    return Outcome("process.tree", found, lambda: tree_text(found))


def _group(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.process.views import group
    from codesentinel.render.process_text import groups_text

    groups = group(context, by=args.by, limit=args.limit, window_seconds=args.window, at=args.at)
    record = {"groups": groups, "by": args.by}
    return Outcome("process.group", record, lambda: groups_text(groups, args.at or time.time()))
