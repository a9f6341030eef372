"""``codesentinel satellites ship``."""

from __future__ import annotations

from codesentinel.cli.options import duration, examples
from codesentinel.cli.output import Outcome
from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.model.shipment import Shipment
    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """Where to, and once or again and again."""
    to = parser.add_mutually_exclusive_group()
    to.add_argument("--url", default="", metavar="URL", help="cluster (default: the setting elastic.url)")
    to.add_argument(
        "--segments", action="store_true", help="into daily files instead, for Filebeat or rsyslog"
    )
    to.add_argument(
        "--configuration",
        action="store_true",
        help="write template, lifecycle, dashboard and what shippers read into infrastructure/elastic",
    )
    parser.add_argument(
        "--set-up", action="store_true", help="write template and lifecycle policy to the cluster first"
    )
    parser.add_argument("--folder", default="", metavar="DIR", help="of the files that are written")
    parser.add_argument(
        "--every", type=duration, metavar="DURATION", help="again and again, until Ctrl-C or SIGTERM"
    )
    parser.epilog = examples(
        "codesentinel satellites ship --url https://elastic.example:9200 --set-up",
        "codesentinel satellites ship --every 1m",
        "codesentinel satellites ship --segments --folder /var/log/codesentinel",
    )
    parser.set_defaults(run=_ship)


def _ship(context: Context, args: argparse.Namespace) -> Outcome:
    if args.set_up and (args.segments or args.configuration):
        raise UsageError("--set-up writes to a cluster", hint="leave it out, or give --url")
    if args.folder and not (args.segments or args.configuration):
        raise UsageError("--folder is for files", hint="--segments --folder DIR")
    if args.configuration:
        from codesentinel.operations.satellites.ship import CONFIGURATION, ship_configuration

        changed = ship_configuration(context, output=args.folder or CONFIGURATION)
        return Outcome("satellites.ship_configuration", changed, lambda: _written(changed))
    done = _once(context, args)
    if args.every:
        from codesentinel.cli.output import show

        while True:
            show(_outcome(done, args), as_json=getattr(args, "json", False), colour=False)
            _wait(args.every)
            done = _once(context, args)
    return _outcome(done, args)


def _once(context: Context, args: argparse.Namespace) -> Shipment:
    from codesentinel.operations.satellites.ship import segments, ship

    if args.segments:
        return segments(context, folder=args.folder)
    return ship(context, url=args.url, set_up=args.set_up, progress=context.tell)


def _outcome(done: Shipment, args: argparse.Namespace) -> Outcome:
    from codesentinel.render.shipment_text import shipment_text

    name = "satellites.segments" if args.segments else "satellites.ship"
    return Outcome(name, done, lambda: shipment_text(done), exit_status=0 if done.succeeded else 1)


def _wait(seconds: float) -> None:
    import time

    time.sleep(seconds)


def _written(changed: tuple[str, ...]) -> str:
    return "\n".join(f"wrote {name}" for name in changed) or "nothing changed"
