"""``codesentinel satellites start``, ``finish`` and ``run``: what agents report."""

from __future__ import annotations

import shlex

from codesentinel.cli.options import add_leaf
from codesentinel.cli.output import Outcome
from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.model.satellites_views import Reported
    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of one of the commands."""
    add_leaf(parser, name, _LEAVES)
    if not name.endswith("close"):
        parser.add_argument("--session", default="", metavar="ID", help="of the agent (default: session.id)")


def _add_who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("procedure", metavar="PROCEDURE", help="its id, such as github/PROC-1")
    parser.add_argument("--agent", default="", metavar="NAME", help="who follows it (default: agent.id)")
    parser.add_argument("--model", default="", metavar="NAME", help="its language model")


def _add_how(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", default="", metavar="COMMAND", help="run this; its exit status says how the run ended"
    )
    parser.add_argument("--note", default="", metavar="TEXT", help="kept without secrets, 2 kB at most")


def _add_start(parser: argparse.ArgumentParser) -> None:
    _add_who(parser)
    parser.add_argument("--id-only", action="store_true", help="print the id of the run and nothing else")


def _add_finish(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("of", metavar="RUN", help="id of the run, or the procedure whose run is open")
    parser.add_argument(
        "--status", default="", metavar="S", help="Success, Failure or Agent-Aborted, as the agent sees it"
    )
    _add_how(parser)


def _add_run(parser: argparse.ArgumentParser) -> None:
    _add_who(parser)
    _add_how(parser)
    parser.takes_command = True  # type: ignore[attr-defined]
    parser.usage = "%(prog)s PROCEDURE [options] -- COMMAND"
    parser.description = "Run the command behind `--`, record both, and hand on its exit status."


def _start(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.usage import start

    done = start(
        context,
        procedure=args.procedure,
        agent_name=args.agent,
        model=args.model,
        agent_session=args.session,
    )
    if args.id_only:
        return Outcome("satellites.start", done, lambda: done.run.run_id)
    return _outcome("satellites.start", done)


def _finish(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.usage import finish

    done = finish(
        context,
        run=args.of,
        status=args.status,
        check=_words(args.check),
        note=args.note,
        agent_session=args.session,
        output_to_stderr=True,
    )
    return _outcome("satellites.finish", done)


def _run(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.usage import run

    done = run(
        context,
        procedure=args.procedure,
        command=args.command,
        check=_words(args.check),
        note=args.note,
        agent_name=args.agent,
        model=args.model,
        agent_session=args.session,
        output_to_stderr=getattr(args, "json", False),
    )
    return _outcome("satellites.run", done)


def _add_close(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Runs whose agent's session ended, or that are open for longer than satellites.run_limit_seconds,\n"
        "become Agent-Aborted (inferred). `codesentinel up` does so by itself; a late `finish` still counts."
    )


def _close(context: Context, _: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.close import close
    from codesentinel.render.satellites_text import closed_text

    done = close(context)
    return Outcome("satellites.close", done, lambda: closed_text(done))


def _outcome(name: str, done: Reported) -> Outcome:
    from codesentinel.render.satellites_text import reported_text

    return Outcome(name, done, lambda: reported_text(done), exit_status=done.exit_status)


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as exc:
        raise UsageError(f"--check: {exc}", hint="quote it as for a shell; none runs it") from exc


_LEAVES = {
    "close": (_add_close, _close, ("close",)),
    "start": (_add_start, _start, ("start github/PROC-1", "start github/PROC-1 --model opus --id-only")),
    "finish": (
        _add_finish,
        _finish,
        (
            "finish github/PROC-1 --status Success",
            "finish 01936c1e-... --check 'make test'",
            "finish 01936c1e-... --status Failure --note 'step 3 names a file that is gone'",
        ),
    ),
    "run": (
        _add_run,
        _run,
        ("run github/PROC-1 -- make release", "run github/PROC-1 --check 'make test' -- ./apply.sh"),
    ),
}
