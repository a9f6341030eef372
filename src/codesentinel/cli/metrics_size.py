"""``codesentinel metrics size``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from codesentinel.cli.options import duration, examples
from codesentinel.cli.output import Outcome
from codesentinel.model.sizing import Fleet, Keeping, Machine

if TYPE_CHECKING:
    from codesentinel.operations.base import Context

_DAY_SECONDS = 86400.0
_UNITS = {"M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The hosts, what is on them, the machines that are to hold it, and for how long."""
    fleet, machine, keeping = Fleet(1), Machine(), Keeping()
    parser.add_argument("--hosts", type=_count, required=True, metavar="N", help="that are watched")
    parser.add_argument(
        "--interval", type=duration, default=fleet.interval_seconds, metavar="DURATION",
        help="between two scrapes (default: 15s)",
    )  # fmt: skip
    parser.add_argument(
        "--url", default="", metavar="URL", help="count the series of a host on this server, which has some"
    )
    of = parser.add_argument_group("of a host")
    for name, usual, words in (
        ("cpus", fleet.cpus, "processors"),
        ("disks", fleet.disks, "disks"),
        ("interfaces", fleet.interfaces, "network interfaces"),
        ("mounts", fleet.mounts, "file systems"),
        ("groups", fleet.groups, "process groups"),
    ):
        of.add_argument(
            f"--{name}", type=_count, default=usual, metavar="N", help=f"{words} (default: %(default)s)"
        )
    of.add_argument(
        "--new-groups-per-day", type=float, default=fleet.new_groups_per_day, metavar="N",
        help="process groups that were not there the day before (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--services", type=_count, default=0, metavar="N", help="instances of instrumented services"
    )
    one = parser.add_argument_group("of a machine that stores")
    one.add_argument("--memory", type=_amount, default=machine.memory_bytes, metavar="SIZE", help="(64G)")
    one.add_argument("--cores", type=float, default=machine.cores, metavar="N", help="(default: %(default)s)")
    one.add_argument("--disk", type=_amount, default=machine.disk_bytes, metavar="SIZE", help="(2T)")
    kept = parser.add_argument_group("for how long")
    for name, days, words in (
        ("raw", keeping.raw_days, "samples as they were scraped (30d)"),
        ("thinned", keeping.thinned_days, "one in five minutes, or five minutes and an hour (730d)"),
    ):
        kept.add_argument(
            f"--{name}", type=duration, default=days * _DAY_SECONDS, metavar="DURATION", help=words
        )
    parser.description = (
        "Say how much memory, CPU and disk the metrics of so many hosts take in each way to run them, what\n"
        "breaks first, and at about how many hosts; from what series and samples cost here. Exit status: 0."
    )
    parser.epilog = examples(
        "codesentinel metrics size --hosts 10000 --interval 15s",
        "codesentinel metrics size --hosts 300 --groups 60 --services 200 --memory 32G --cores 8",
        "codesentinel metrics size --hosts 2000 --url http://127.0.0.1:9090 --raw 90d --json",
    )
    parser.set_defaults(run=_size)


def _size(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.sizing import size
    from codesentinel.render.sizing_text import sizing_text

    fleet = Fleet(
        hosts=args.hosts,
        interval_seconds=args.interval,
        cpus=args.cpus,
        disks=args.disks,
        interfaces=args.interfaces,
        mounts=args.mounts,
        groups=args.groups,
        services=args.services,
        new_groups_per_day=args.new_groups_per_day,
    )
    machine = Machine(args.memory, args.cores, args.disk)
    keeping = Keeping(args.raw / _DAY_SECONDS, args.thinned / _DAY_SECONDS)
    found = size(context, fleet=fleet, machine=machine, keeping=keeping, url=args.url)
    return Outcome("metrics.size", found, lambda: sizing_text(found))


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no count")
    return int(text)


def _amount(text: str) -> float:
    """Bytes: ``64G``, ``2T``."""
    number, unit = (text[:-1], _UNITS.get(text[-1:].upper(), 0.0)) if text[-1:].isalpha() else (text, 1.0)
    try:
        amount = float(number) * unit
    except ValueError:
        amount = 0.0
    if amount <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no size, such as 64G")
    return amount
