"""``codesentinel satellites install-hooks``, ``receive``, ``backfill`` and ``export-skills``."""

from __future__ import annotations

from codesentinel.cli.options import add_leaf
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of one of the commands."""
    add_leaf(parser, name, _LEAVES)


def _add_install(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--agent", required=True, metavar="NAME", help="claude, codex or gemini")
    parser.add_argument("--user", action="store_true", help="in the user's settings, not the workspace's")
    parser.add_argument("--undo", action="store_true", help="take the hooks out again")
    parser.add_argument("--command", default="", metavar="CMD", help="how a hook calls codesentinel")


def _add_receive(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="loopback address (default: %(default)s)")
    parser.add_argument("--port", type=int, default=4318, help="port (default: %(default)s)")


def _add_backfill(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="folder", default="", metavar="DIR", help="transcripts (default: ~/.claude/projects)"
    )


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output", default=".claude/skills", metavar="DIR", help="folder (default: %(default)s)"
    )


def _install(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.install import install_hooks
    from codesentinel.render.satellites_text import hooked_text

    done = install_hooks(context, agent=args.agent, user=args.user, undo=args.undo, command=args.command)
    return Outcome("satellites.install_hooks", done, lambda: hooked_text(done))


def _receive(context: Context, args: argparse.Namespace) -> None:
    from codesentinel.web.serve import otlp_app, serve

    serve(context, host=args.host, port=args.port, create_app=otlp_app)


def _backfill(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.backfill import backfill

    done = backfill(context, folder=args.folder)
    text = f"{done.added} loads added, {done.known} known already, from {done.transcripts} transcripts"
    return Outcome("satellites.backfill", done, lambda: text)


def _export(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.export import export_skills
    from codesentinel.render.satellites_text import exported_text

    done = export_skills(context, output=args.output)
    return Outcome("satellites.export_skills", done, lambda: exported_text(done))


_LEAVES = {
    "install-hooks": (
        _add_install,
        _install,
        ("install-hooks --agent claude", "install-hooks --agent codex --user --undo"),
    ),
    "receive": (_add_receive, _receive, ("receive", "receive --port 14318")),
    "backfill": (_add_backfill, _backfill, ("backfill", "backfill --from /backup/claude/projects")),
    "export-skills": (_add_export, _export, ("export-skills", "export-skills --output .agents/skills")),
}
