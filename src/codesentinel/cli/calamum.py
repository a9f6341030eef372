"""``calamum``: the harness that attacks the installed program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from codesentinel import __version__
from codesentinel.cli.main import guarded, run_parsed
from codesentinel.cli.options import Parser, add_global_options, duration, examples
from codesentinel.cli.output import Outcome
from codesentinel.model.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context

COMMANDS = {
    "test": "play scenarios against the installed program",
    "list": "show the targets and their cases",
    "clean": "end what a run left behind that was itself killed",
}
_LINES = "\n".join(f"  {name:8}{summary}" for name, summary in COMMANDS.items())
_HELP = f"""\
usage: calamum test|list|clean [options]

Attack codesentinel on this machine, and prove which of its guards hold.

commands:
{_LINES}

examples:
  calamum test --target kill-safety
  calamum test --target all --budget 300s --report report.md
  calamum test --target event-log/tampering --seed 7 --json
"""


def main(argv: list[str] | None = None) -> int:
    """Run one command line; the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    if "--version" in words:
        sys.stdout.write(f"calamum {__version__}\n")
        return 0
    if not words or words[0] in ("-h", "--help"):
        sys.stdout.write(_HELP)
        return 0 if words else 2
    return guarded(lambda: _run(words), words)


def _run(words: list[str]) -> int:
    name = words[0]
    if name not in COMMANDS:
        raise UsageError(f"no such command: {name}", hint="see `calamum --help`")
    parser = Parser(prog=f"calamum {name}")
    add_to(parser, name)
    add_global_options(parser)
    return run_parsed(parser.parse_args(words[1:]))


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """Add the options of one command, and what runs it."""
    if name == "test":
        _add_test(parser)
    parser.set_defaults(run={"test": _test, "list": _list, "clean": _clean}[name])


def _add_test(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--target",
        action="append",
        required=True,
        metavar="TARGET[/CASE]",
        help="may be given again; all",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="what chances are drawn from (made up)")
    parser.add_argument("--budget", type=duration, default=300.0, metavar="DURATION", help="in all (5m)")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="play each case so often")
    parser.add_argument(
        "--jobs",
        type=int,
        default=0,
        metavar="N",
        help="cases at once, each enclosed (one for each processor)",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be played")
    parser.add_argument(
        "--report", action="append", default=[], metavar="PATH", help=".md, .json, .xml, .sarif or .html"
    )
    parser.add_argument("--compare", default="", metavar="RUN", help="say what came out otherwise then; last")
    parser.add_argument(
        "--sources", default="", metavar="DIR", help="attack the package in DIR, not the one installed"
    )
    parser.epilog = examples(
        "calamum test --target kill-safety", "calamum test --target all --budget 60s --seed 7 --json"
    )


def _test(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.calamum import attack, compare, save_report
    from codesentinel.render.attack_text import attack_text

    done = attack(
        context,
        target=tuple(args.target),
        seed=args.seed,
        budget_seconds=args.budget,
        repeat=args.repeat,
        jobs=args.jobs,
        dry_run=args.dry_run,
        sources=args.sources,
    )
    changes = compare(context, run=args.compare, now=done) if args.compare else ()
    for path in args.report:
        save_report(context, done=done, path=path, changes=changes)
    return Outcome("calamum.test", done, lambda: attack_text(done, changes), exit_status=done.exit_status)


def _list(context: Context, _: argparse.Namespace) -> Outcome:
    from codesentinel.operations.calamum import targets

    found = targets(context)
    return Outcome(
        "calamum.list", found, lambda: "\n".join(f"{one.target}/{one.case}  {one.title}" for one in found)
    )


def _clean(context: Context, _: argparse.Namespace) -> Outcome:
    from codesentinel.operations.calamum import clean

    done = clean(context)
    return Outcome("calamum.clean", done, lambda: "\n".join(done.found) or "nothing was left behind")


if __name__ == "__main__":
    sys.exit(main())
