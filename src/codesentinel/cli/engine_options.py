"""The options that say where the work on many series is done."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import TypedDict

    class Where(TypedDict):
        """As verbs take it."""

        engine: str
        workers: int
        engine_address: str


ENGINES = ("local", "dask", "ray", "spark")


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """The engine, its size, and a cluster that runs already."""
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="local",
        help="local: the cores of this host; or a cluster's (extras)",
    )
    parser.add_argument(
        "--workers", type=int, default=0, metavar="N", help="to start here (one for each core)"
    )
    parser.add_argument(
        "--engine-address", default="", metavar="URL", help="of a cluster that runs, such as tcp://host:8786"
    )


def where(args: argparse.Namespace) -> Where:
    """What was asked for."""
    return {"engine": args.engine, "workers": args.workers, "engine_address": args.engine_address}
