"""``codesentinel canary judge``."""

from __future__ import annotations

from codesentinel.cli.canary_options import add_canary_config
from codesentinel.cli.options import examples, moment
from codesentinel.cli.output import Outcome
from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.model.canary import CanaryVerdict
    from codesentinel.model.canary_judgement import CanaryJudgement
    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The two arms, what they are judged by, and when."""
    for arm, version in (("baseline", "old"), ("canary", "new")):
        parser.add_argument(
            f"--{arm}", required=True, metavar="MATCHERS", help=f"labels of the {version} version's series"
        )
    add_canary_config(parser)
    parser.add_argument("--from", dest="start", type=moment, metavar="TIME", help="default: a deadline ago")
    parser.add_argument("--to", dest="end", type=moment, metavar="TIME", help="default: now")
    parser.add_argument("--live", action="store_true", help="judge every block until known")
    parser.add_argument(
        "--started-at", type=moment, metavar="TIME", help="when the canary began, for its warm-up (--from)"
    )
    parser.add_argument(
        "--canary-share", type=float, metavar="RATIO", help="of the traffic, to check that it gets it"
    )
    parser.add_argument(
        "--judge",
        choices=("codesentinel", "kayenta"),
        default="codesentinel",
        help="kayenta: Spinnaker's algorithm, with its JSON as --config",
    )
    parser.add_argument("--html", default="", metavar="FILE", help="write a page with the evidence over time")
    parser.add_argument("--svg", default="", metavar="FILE", help="write a picture of the evidence over time")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    parser.add_argument("--url", default="", metavar="URL", help="Prometheus (default: the stack's)")
    parser.description = (
        "Say whether a canary is worse than its baseline. The answer may be asked for as often as one\n"
        "likes: PASS and FAIL rest on evidence, and what is not known yet is INCONCLUSIVE (exit status 3)."
    )
    parser.epilog = examples(
        "codesentinel canary judge --baseline 'version=\"1\"' --canary 'version=\"2\"' --live",
        "codesentinel canary judge --baseline 'pod=~\"shop-.*\"' --canary 'pod=~\"shop-new-.*\"' --from 30m",
        "codesentinel canary judge --baseline 'version=\"1\"' --canary 'version=\"2\"' --html why.html",
    )
    parser.set_defaults(run=_judge)


def _unseen(_: CanaryVerdict) -> None:
    """One look needs no telling."""


def _judge(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.canary.picture import check_pictures, write_pictures

    if args.live and args.end is not None:
        raise UsageError("--live has no end but the deadline", hint="leave --to out")
    check_pictures(args.html, args.svg, overwrite=args.overwrite)
    done = _by_kayenta(context, args) if args.judge == "kayenta" else _by_evidence(context, args)
    write_pictures(done, args.html, args.svg, overwrite=args.overwrite)

    def text() -> str:
        from codesentinel.render.canary_text import judgement_text

        return judgement_text(done)

    return Outcome("canary.judge", done, text, exit_status=done.exit_status)


def _by_kayenta(context: Context, args: argparse.Namespace) -> CanaryJudgement:
    from codesentinel.operations.canary.kayenta import judge_kayenta

    if args.live or args.started_at is not None or args.canary_share is not None or args.html or args.svg:
        raise UsageError(
            "Kayenta's algorithm is made for one look, and knows neither shares nor evidence",
            hint="leave out --live, --started-at, --canary-share, --html and --svg",
        )
    return judge_kayenta(
        context,
        baseline=args.baseline,
        canary=args.canary,
        config_path=args.canary_config,
        start=args.start,
        end=args.end,
        url=args.url,
    )


def _by_evidence(context: Context, args: argparse.Namespace) -> CanaryJudgement:
    from codesentinel.operations.canary.judge import judge

    def look(verdict: CanaryVerdict) -> None:
        from codesentinel.render.canary_text import look_text

        context.tell(look_text(verdict))

    return judge(
        context,
        baseline=args.baseline,
        canary=args.canary,
        config_path=args.canary_config,
        start=args.start,
        end=args.end,
        started_at=args.started_at,
        canary_share=args.canary_share,
        url=args.url,
        live=args.live,
        on_look=look if args.live else _unseen,
    )
