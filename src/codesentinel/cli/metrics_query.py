"""``codesentinel metrics query``."""

from __future__ import annotations

from codesentinel.cli.options import duration, examples, moment
from codesentinel.cli.output import Outcome
from codesentinel.cli.progress import SampleBar
from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The expression, the span of time, and the form of the answer."""
    parser.add_argument("expression", metavar="EXPR", help="PromQL, in quotes")
    parser.add_argument("--since", type=duration, metavar="DURATION", help="span: the last ... (1h, 30d)")
    parser.add_argument(
        "--from", dest="start", type=moment, metavar="TIME", help="span: RFC 3339, or how long ago"
    )
    parser.add_argument("--to", dest="end", type=moment, metavar="TIME", help="its end, or the moment (now)")
    parser.add_argument("--step", type=duration, metavar="DURATION", help="a value every ... (span / 250)")
    parser.add_argument("--stored", action="store_true", help="the samples of a selector as they are stored")
    parser.add_argument(
        "--url", default="", metavar="URL", help="server (Prometheus; of a span, the long history)"
    )
    parser.add_argument("--csv", action="store_true", help="print timestamp,value,series")
    parser.epilog = examples(
        "codesentinel metrics query 'up == 0'",
        "codesentinel metrics query 'sum by (mode) (rate(node_cpu_seconds_total[5m]))' --since 1h",
        "codesentinel metrics query node_load1 --stored --from 2026-11-01T00:00:00Z --to 7d --csv",
        "codesentinel metrics query node_load1 --since 30d --step 5m --url http://127.0.0.1:8428 --json",
    )
    parser.set_defaults(run=_query)


def _query(context: Context, args: argparse.Namespace) -> Outcome:
    import time

    from codesentinel.operations.query import query

    if args.since is not None and args.start is not None:
        raise UsageError("--since and --from say the same", hint="leave one of the two out")
    if args.csv and getattr(args, "json", False):
        raise UsageError("--csv and --json exclude each other", hint="leave one of the two out")
    until = time.time() if args.end is None else args.end
    start = until - args.since if args.since is not None else args.start
    with SampleBar(args) as bar:
        answer = query(
            context,
            args.expression,
            start=start,
            end=until,
            step_seconds=args.step,
            stored=args.stored,
            url=args.url,
            progress=bar,
        )

    def text() -> str:
        from codesentinel.render.query_text import query_csv, query_text

        return query_csv(answer) if args.csv else query_text(answer)

    return Outcome("metrics.query", answer, text)
