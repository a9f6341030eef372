"""``codesentinel trends seasonality``."""

from __future__ import annotations

from codesentinel.cli.engine_options import add_engine_options, where
from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome
from codesentinel.cli.progress import SampleBar
from codesentinel.cli.series_options import add_series_options, refuse_with_input
from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The series, the clock, and what a unit can do."""
    add_series_options(parser, since="28d", step="of 28d: 5m")
    parser.add_argument(
        "--timezone", default="UTC", metavar="ZONE", help="whose days and hours (default: %(default)s)"
    )
    parser.add_argument(
        "--headroom",
        "--head-room",
        type=float,
        default=0.2,
        metavar="R",
        help="above the 95th percentile (%(default)s)",
    )
    parser.add_argument(
        "--capacity-per-unit",
        "--target-per-replica",
        type=float,
        metavar="V",
        help="what one unit can do, in the series' unit",
    )
    _add_emit_options(parser)
    add_engine_options(parser)
    parser.epilog = examples(
        "codesentinel trends seasonality 'service:http_server_requests:rate'",
        "codesentinel trends seasonality --input load.csv --timezone Europe/Berlin --capacity-per-unit 150",
        "codesentinel trends seasonality 'sum(service:http_server_requests:rate{service=\"shop\"})'"
        " --emit keda --workload deployment/shop --target-per-replica 150 --head-room 0.3",
        "codesentinel trends seasonality 'instance:node_cpu_busy:ratio_rate' --since 90d --step 1h --json",
    )
    parser.set_defaults(run=_seasonality)


def _add_emit_options(parser: argparse.ArgumentParser) -> None:
    emit = parser.add_argument_group("scaling schedules")
    emit.add_argument("--emit", choices=("keda", "cron-hpa"), help="print a schedule for Kubernetes, as YAML")
    emit.add_argument("--workload", default="", metavar="KIND/NAME", help="what is scaled (of the labels)")
    emit.add_argument("--namespace", default="", metavar="NAME", help="of the workload")
    emit.add_argument("--min-replicas", type=int, metavar="N", help="never fewer (1)")
    emit.add_argument("--max-replicas", type=int, metavar="N", help="never more (twice the schedule's peak)")


def _seasonality(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.trends.seasonality import SINCE_SECONDS, seasonality

    refuse_with_input(args, "since", "url")
    if args.emit:
        return _emit(context, args)
    if args.workload or args.namespace or (args.min_replicas, args.max_replicas) != (None, None):
        raise UsageError("replicas are those of a schedule", hint="--emit keda")
    with SampleBar(args) as bar:
        found = seasonality(
            context,
            args.query,
            input_path=args.input,
            since_seconds=SINCE_SECONDS if args.since is None else args.since,
            step_seconds=args.step,
            timezone=args.timezone,
            headroom=args.headroom,
            capacity_per_unit=args.capacity_per_unit,
            counter=args.counter,
            **where(args),
            url=args.url,
            progress=bar,
        )

    def text() -> str:
        from codesentinel.render.trends_seasonality_text import seasonality_text

        return seasonality_text(found)

    return Outcome("trends.seasonality", found, text, exit_status=found.exit_status)


def _emit(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.trends.scaling import scaling
    from codesentinel.operations.trends.seasonality import SINCE_SECONDS

    if args.engine != "local":
        raise UsageError("a schedule is made of one series", hint="leave --engine out")
    with SampleBar(args) as bar:
        made = scaling(
            context,
            args.query,
            form=args.emit,
            target_per_replica=args.capacity_per_unit,
            workload=args.workload,
            namespace=args.namespace,
            least_replicas=1 if args.min_replicas is None else args.min_replicas,
            most_replicas=args.max_replicas,
            input_path=args.input,
            since_seconds=SINCE_SECONDS if args.since is None else args.since,
            step_seconds=args.step,
            timezone=args.timezone,
            headroom=args.headroom,
            counter=args.counter,
            url=args.url,
            progress=bar,
        )
    for note in made.notes:
        context.tell(f"note: {note}")
    return Outcome("trends.scaling", made, lambda: made.manifest.rstrip("\n"))
