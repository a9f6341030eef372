"""``codesentinel dashboards push``."""

from __future__ import annotations

from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context
    from codesentinel.operations.dashboards_push import Pushed


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The options of ``dashboards push``."""
    parser.description = (
        "Write dashboards into a Grafana over its HTTP API. Doing so again changes nothing; what somebody "
        "else has changed there is kept, and told. The token comes from a file or from "
        "CODESENTINEL_GRAFANA_TOKEN, never from the command line."
    )
    parser.epilog = examples(
        "codesentinel dashboards push --url http://grafana:3000 --token-file ~/.grafana-token --dry-run",
        "codesentinel dashboards push --url https://grafana.example --folder platform",
        "codesentinel dashboards push ours/dashboards --overwrite    # also what others have changed",
    )
    parser.add_argument(
        "source",
        nargs="?",
        metavar="DIR",
        default="infrastructure/grafana/dashboards",
        help="folder with the JSON files, relative to the workspace root (default: %(default)s)",
    )
    parser.add_argument("--url", default="", help="of the Grafana (default: grafana.url)")
    parser.add_argument(
        "--folder",
        metavar="UID",
        default="codesentinel",
        help="Grafana's folder, created where it is missing (default: %(default)s)",
    )
    parser.add_argument(
        "--token-file",
        metavar="FILE",
        default="",
        help="a service account's token (default: grafana.token_file)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace what others have changed, too")
    parser.add_argument("--dry-run", action="store_true", help="ask and say what would be done")
    parser.set_defaults(run=_push)


def _push(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.dashboards_push import push

    pushed = push(
        context,
        url=args.url,
        source=args.source,
        folder=args.folder,
        token_file=args.token_file,
        overwrite=args.overwrite,
        dry_run=args.dry_run,
    )
    return Outcome("dashboards.push", pushed, lambda: _text(pushed), exit_status=0 if pushed.succeeded else 1)


def _text(pushed: Pushed) -> str:
    from codesentinel.render.ascii import escaped

    would = "would be " if pushed.dry_run else ""
    lines = [f"folder {escaped(pushed.folder)}: {would}created"] if pushed.folder_created else []
    for one in pushed.dashboards:
        does = would if one.outcome in ("created", "updated") else ""
        detail = f" ({escaped(one.detail)})" if one.detail else ""
        lines.append(f"{escaped(one.title)}: {does}{one.outcome}{detail}")
    last = (
        f"{len(pushed.dashboards)} dashboards, {len(pushed.conflicts)} in conflict, at {escaped(pushed.url)}"
    )
    if pushed.conflicts:
        last += "; --overwrite replaces what others have changed"
    return "\n".join([*lines, last])
