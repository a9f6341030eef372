"""``codesentinel up``, ``down`` and ``status``."""

from __future__ import annotations

import time

from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.model.service import StackState
    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of one of the three commands."""
    if name == "up":
        parser.add_argument("--detach", action="store_true", help="run in the background, return when ready")
        parser.add_argument("--no-demo", action="store_true", help="without the demo shop and its load")
        parser.add_argument("--port-offset", type=int, metavar="N", help="add N to every port")
        parser.epilog = examples("codesentinel up", "codesentinel up --detach --port-offset 1000")
    else:
        parser.epilog = examples(f"codesentinel {name}", f"codesentinel {name} --json")
    parser.set_defaults(run={"up": _up, "down": _down, "status": _status}[name])


def _up(context: Context, args: argparse.Namespace) -> Outcome | None:
    from codesentinel.cli.output import show, wants_colour
    from codesentinel.operations import stack_up
    from codesentinel.render.stack_text import stack_text

    demo = False if args.no_demo else None
    if args.detach:
        state = stack_up.detach(context, port_offset=args.port_offset, demo=demo)
        return Outcome("stack.up", state, lambda: stack_text(state, time.time()))

    as_json = getattr(args, "json", False)

    def on_ready(state: StackState) -> None:
        outcome = Outcome("stack.up", state, lambda: stack_text(state, time.time()))
        show(outcome, as_json=as_json, colour=wants_colour(refused=getattr(args, "no_color", False)))
        if not as_json:
            stack_up.first_review(context)
            context.tell("serving until Ctrl-C; `codesentinel review` shows the findings at any time")

    stack_up.up(context, port_offset=args.port_offset, demo=demo, on_ready=on_ready)
    context.tell("stopped")
    return None


def _down(context: Context, _: argparse.Namespace) -> Outcome:
    from codesentinel.operations import stack

    stopped = stack.down(context)
    return Outcome(
        "stack.down", {"stopped": stopped}, lambda: "stopped" if stopped else "nothing ran in this workspace"
    )


def _status(context: Context, _: argparse.Namespace) -> Outcome:
    from codesentinel.operations import stack
    from codesentinel.render.stack_text import stack_text

    state = stack.status(context)
    well = all(service.state == "ready" for service in state.services)
    return Outcome(
        "stack.status", state, lambda: stack_text(state, time.time()), exit_status=0 if well else 1
    )
