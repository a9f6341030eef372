"""``codesentinel memory index get|scan|subtree|stats|rebuild|verify``."""

from __future__ import annotations

from codesentinel.cli.options import add_leaf, moment
from codesentinel.cli.output import Outcome
from codesentinel.cli.progress import draw, wants_bar

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of one of the six commands."""
    add_leaf(parser, name, _LEAVES)


def _add_get(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help="path of a record, as `scan` prints it")


def _add_scan(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("prefix", metavar="PREFIX", help="how the keys begin")
    parser.add_argument(
        "--limit", type=int, default=1000, metavar="N", help="0 for all (default: %(default)s)"
    )


def _add_subtree(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pid", type=int, metavar="PID", help="a process of the snapshot")
    parser.add_argument(
        "--at",
        type=moment,
        metavar="TIME",
        help="latest snapshot at or before this; RFC 3339, or how long ago",
    )


def _add_nothing(_: argparse.ArgumentParser) -> None:
    return


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--full", action="store_true", help="compare every line, not a sample")


def _get(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.memory_index import index_get
    from codesentinel.render.memory_text import record_text, state_text

    answer = index_get(context, key=args.key)
    found = answer.records[0]
    if state := state_text(answer.caught_up):
        context.tell(state.lstrip("; \n"))
    return Outcome("memory.index_get", answer, lambda: record_text(found))


def _scan(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.memory_index import index_scan
    from codesentinel.render.memory_text import scan_text

    answer = index_scan(context, prefix=args.prefix, limit=max(args.limit, 0))
    return Outcome("memory.index_scan", answer, lambda: scan_text(answer))


def _subtree(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.memory_index import index_subtree
    from codesentinel.render.memory_text import subtree_text

    answer = index_subtree(context, pid=args.pid, at=args.at)
    return Outcome("memory.index_subtree", answer, lambda: subtree_text(answer))


def _stats(context: Context, _: argparse.Namespace) -> Outcome:
    from codesentinel.operations.memory_index import index_stats
    from codesentinel.render.memory_text import stats_text

    stats = index_stats(context)
    return Outcome("memory.index_stats", stats, lambda: stats_text(stats))


def _rebuild(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.memory_index import index_rebuild
    from codesentinel.render.memory_text import stats_text

    stats = index_rebuild(context, progress=_progress(context, args))
    return Outcome("memory.index_rebuild", stats, lambda: stats_text(stats))


def _verify(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.memory_index import index_verify
    from codesentinel.render.memory_text import verdict_text

    verdict = index_verify(context, full=args.full, progress=_progress(context, args))
    return Outcome(
        "memory.index_verify",
        verdict,
        lambda: verdict_text(verdict),
        exit_status=0 if verdict.succeeded else 1,
    )


def _progress(context: Context, args: argparse.Namespace) -> Callable[[int, int], None]:
    """A bar in a terminal; elsewhere a line for every tenth."""
    is_bar = wants_bar(args)
    told = 0

    def show(done: int, total: int) -> None:
        nonlocal told
        share = done / total if total else 1.0
        if is_bar:
            draw(share, end="\n" if done >= total else "")
        elif share * 10 >= told + 1 and total > 1 << 26:
            told = int(share * 10)
            context.tell(f"{told * 10}%")

    return show


_LEAVES = {
    "get": (_add_get, _get, ("get stack/restarted/2026-11-23T20:17:14.123+00:00/01934f0e-...",)),
    "scan": (_add_scan, _scan, ("scan stack/", "scan process/snapshot/2026-11-24 --limit 20")),
    "subtree": (_add_subtree, _subtree, ("subtree 4711", "subtree 4711 --at 2h")),
    "stats": (_add_nothing, _stats, ("stats",)),
    "rebuild": (_add_nothing, _rebuild, ("rebuild",)),
    "verify": (_add_verify, _verify, ("verify", "verify --full")),
}
