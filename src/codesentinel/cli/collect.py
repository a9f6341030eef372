"""``codesentinel collect``."""

from __future__ import annotations

from codesentinel.cli.options import duration, examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """Where to, of which workspaces, and for how long."""
    parser.add_argument(
        "--to",
        default="",
        metavar="URL",
        help="s3://BUCKET/PREFIX, a folder, or `elastic` (default: the setting collect.to)",
    )
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="DIR",
        help="the workspace below this folder, too; may be repeated",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="deliver what there is, and end")
    how.add_argument(
        "--check", action="store_true", help="only say whether the store can be used, and for what"
    )
    how.add_argument("--compact", action="store_true", help="join small objects of all hosts into large ones")
    parser.add_argument(
        "--older",
        type=duration,
        default=3600.0,
        metavar="DURATION",
        help="with --compact: only those that are older (default: 1h)",
    )
    parser.epilog = examples(
        "codesentinel collect --to s3://records/prod --check",
        "codesentinel collect --to /mnt/records",
        "codesentinel collect --compact --older 1d",
        "codesentinel collect --once --also /srv/other",
    )
    parser.set_defaults(run=_collect)


def _collect(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.render.collect_text import check_text, collection_text, compaction_text

    if args.check:
        from codesentinel.operations.collect.check import collect_check

        found = collect_check(context, to=args.to, workspaces=args.also)
        return Outcome(
            "collect.check", found, lambda: check_text(found), exit_status=0 if found.succeeded else 3
        )
    if args.compact:
        from codesentinel.operations.collect.compact import compact

        joined = compact(context, to=args.to, older_seconds=args.older, progress=context.tell)
        return Outcome("collect.compact", joined, lambda: compaction_text(joined))
    from codesentinel.operations.collect.run import collect

    done = collect(context, to=args.to, workspaces=args.also, once=args.once)
    return Outcome("collect", done, lambda: collection_text(done), exit_status=0 if done.succeeded else 1)
