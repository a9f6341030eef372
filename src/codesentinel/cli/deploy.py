"""``codesentinel deploy``."""

from __future__ import annotations

import sys

from codesentinel.cli.options import add_leaf, moment
from codesentinel.cli.output import Outcome, asked
from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of one of the four commands."""
    add_leaf(parser, name, _LEAVES)


def _add_target(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--service", default="", metavar="NAME", help="which (setting: deploy.service)")
    parser.add_argument(
        "--environment", default="", metavar="NAME", help="where (setting: deploy.environment, production)"
    )


def _add_record(parser: argparse.ArgumentParser) -> None:
    _add_target(parser)
    parser.add_argument(
        "--status", default="", metavar="S", help="started, success, failed, rolled-back or aborted"
    )
    parser.add_argument("--id", default="", metavar="ID", help="of the deployment (default: the CI run's)")
    parser.add_argument("--revision", default="", metavar="REV", help="default: what CI or git says")
    for word, what in (
        ("commit", "was committed"),
        ("started", "began"),
        ("finished", "ended"),
    ):
        parser.add_argument(f"--{word}-at", type=moment, metavar="TIME", help=f"when it {what} (RFC 3339)")
    parser.add_argument(
        "--push", default="", metavar="URL", help="tell this Pushgateway instead of the log; never fails"
    )
    parser.add_argument("command", nargs="*", metavar="-- COMMAND", help="run it, and record start and end")
    parser.description = (
        "Record that a deployment began or ended. With a command behind `--` it is run, its start and end\n"
        "are recorded, and its exit status is handed on."
    )


def _add_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--service", default="", metavar="NAME", help="only this one")
    parser.add_argument("--environment", default="", metavar="NAME", help="only this one")
    parser.add_argument(
        "--since", type=moment, metavar="TIME", help="RFC 3339, or how long ago (default: 30d)"
    )
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="the newest N; 0 for all (20)")


def _add_ingest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="url", default="", metavar="URL", help="Pushgateway (the stack's)")


def _add_retire(parser: argparse.ArgumentParser) -> None:
    _add_target(parser)
    parser.add_argument("--reason", default="", metavar="TEXT", help="kept in the log")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--push", dest="url", default="", metavar="URL", help="Pushgateway (the stack's)")
    parser.add_argument("--local-only", action="store_true", help="leave the Pushgateway alone")


def _record(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.deploy.record import record
    from codesentinel.render.deploy_text import recorded_text

    service, environment = _target(context, args)
    done = record(
        context,
        service=service,
        environment=environment,
        status=args.status,
        identity=args.id,
        revision=args.revision,
        commit_at=args.commit_at,
        started_at=args.started_at,
        finished_at=args.finished_at,
        push_url=args.push or context.settings.deploy.push_url,
        command=args.command,
        output_to_stderr=getattr(args, "json", False),
    )
    return Outcome("deploy.record", done, lambda: recorded_text(done), exit_status=done.exit_status)


def _list(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.deploy.listing import deployments
    from codesentinel.render.deploy_text import deployments_text

    found = deployments(
        context,
        service=args.service,
        environment=args.environment,
        since=args.since,
        limit=max(args.limit, 0),
    )
    return Outcome("deploy.list", found, lambda: deployments_text(found))


def _ingest(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.deploy.ingest import ingest
    from codesentinel.render.deploy_text import ingested_text

    done = ingest(context, url=args.url)
    return Outcome("deploy.ingest", done, lambda: ingested_text(done))


def _retire(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.deploy.retire import retire
    from codesentinel.render.deploy_text import retired_text

    service, environment = _target(context, args)
    can_ask = sys.stdin is not None and sys.stdin.isatty()
    done = retire(
        context,
        service=service,
        environment=environment,
        reason=args.reason,
        url=args.url,
        local_only=args.local_only,
        confirms=_yes if args.yes else _asked if can_ask else None,
    )
    return Outcome("deploy.retire", done, lambda: retired_text(done))


def _target(context: Context, args: argparse.Namespace) -> tuple[str, str]:
    settings = context.settings.deploy
    service = args.service or settings.service
    if not service:
        raise UsageError("no service given", hint="--service NAME, or deploy.service in codesentinel.toml")
    return service, args.environment or settings.environment


def _yes(_: str) -> bool:
    return True


def _asked(question: str) -> bool:
    return asked("", question)


_LEAVES = {
    "record": (
        _add_record,
        _record,
        (
            "record --service shop -- ./deploy.sh",
            "record --service shop --status started",
            "record --service shop --status failed --id 4711-shop-production",
            "record --service shop --status success --push http://pushgateway:9091",
        ),
    ),
    "list": (_add_list, _list, ("list", "list --service shop --since 90d --json")),
    "ingest": (_add_ingest, _ingest, ("ingest --from http://pushgateway:9091",)),
    "retire": (_add_retire, _retire, ("retire --service shop --environment staging --reason 'moved'",)),
}
