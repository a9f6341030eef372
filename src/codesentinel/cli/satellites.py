"""``codesentinel satellites``: the catalogue."""

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


def _add_nothing(_: argparse.ArgumentParser) -> None:
    return


def _add_procedure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("procedure", metavar="PROCEDURE", help="its id, such as github/PROC-1, or its title")


def _list(context: Context, _: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.catalogue import find
    from codesentinel.render.satellites_text import catalogue_text

    found = find(context)
    return Outcome("satellites.list", found, lambda: catalogue_text(found))


def _show(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.catalogue import procedure
    from codesentinel.render.satellites_text import procedure_text

    found = procedure(context, args.procedure)
    return Outcome("satellites.show", found, lambda: procedure_text(found))


def _add_pin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lock-only", action="store_true", help="write no comment into instruction files")


def _lint(context: Context, _: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.lint import lint
    from codesentinel.render.satellites_text import linted_text

    done = lint(context)
    return Outcome("satellites.lint", done, lambda: linted_text(done), exit_status=int(not done.succeeded))


def _pin(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.pin import pin
    from codesentinel.render.satellites_text import pinned_text

    done = pin(context, mark=not args.lock_only)
    return Outcome("satellites.pin", done, lambda: pinned_text(done))


_LEAVES = {
    "list": (_add_nothing, _list, ("list", "list --json")),
    "lint": (_add_nothing, _lint, ("lint", "lint --json")),
    "pin": (_add_pin, _pin, ("pin", "pin --lock-only")),
    "show": (_add_procedure, _show, ("show github/PROC-1", "show 'Create a release'")),
}
