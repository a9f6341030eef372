"""The local monitoring stack, started in the foreground or in the background."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.act.child import run_through, spawn_detached
from codesentinel.act.components import COMPONENTS, Program, fetch, find
from codesentinel.act.single import only_one
from codesentinel.act.stop_signals import stop_signals
from codesentinel.model.errors import Failed
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.endpoints import stack_state_file
from codesentinel.operations.ports import check_ports
from codesentinel.operations.stack_config import write_stack_config
from codesentinel.operations.stack_run import FIRST_SCRAPE_SECONDS, StackRun
from codesentinel.operations.stack_services import shop_folder, stack_services
from codesentinel.store.stack_state import read_stack_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.model.service import Service, StackState

_REVIEW_SECONDS = 60.0


@operation("stack.up", Effect.WRITE, metadata=lambda state: {"services": [s.name for s in state.services]})
def up(
    context: Context,
    *,
    port_offset: int | None = None,
    demo: bool | None = None,
    on_ready: Callable[[StackState], None] = lambda _: None,
) -> StackState:
    """Run the stack until SIGINT or SIGTERM, and end everything it started.

    ``on_ready`` is called once every server is ready and every target was scraped.

    Raises:
        AlreadyRunning: the stack of this workspace runs.
        PortInUse: naming every port that is taken, and by whom.
        NotInstalled: a server program is missing and cannot be fetched.
        Failed: a server did not start.
    """
    with only_one(context.state_dir / "stack" / "lock"):
        services = prepare(context, port_offset=port_offset, demo=demo)
        with stop_signals() as stopping:
            run = StackRun(context, services, _offset(context, port_offset))
            return run.until(stopping, on_ready)


@operation("stack.detach", Effect.WRITE)
def detach(context: Context, *, port_offset: int | None = None, demo: bool | None = None) -> StackState:
    """Run the stack in the background; returns once it is ready.

    Raises:
        AlreadyRunning, PortInUse, NotInstalled, Failed: as :func:`up`.
    """
    with only_one(context.state_dir / "stack" / "lock"):
        prepare(context, port_offset=port_offset, demo=demo)
    log = context.state_dir / "logs" / "up.log"
    words = ["--json", "--port-offset", str(_offset(context, port_offset))]
    words += [] if _with_demo(context, demo) else ["--no-demo"]
    child = spawn_detached(context.command("up", *words), log)
    patience = context.settings.stack.ready_timeout_seconds + 2 * FIRST_SCRAPE_SECONDS
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        state = read_stack_state(stack_state_file(context))
        if state and state.supervisor_pid == child.pid and state.ready:
            return state
        if child.poll() is not None:
            raise _told_by(log.read_text(errors="replace"), context.relative(log))
        time.sleep(0.05)
    raise Failed(
        f"the stack was not ready after {patience:g} s", hint="codesentinel status shows how far it came"
    )


def prepare(context: Context, *, port_offset: int | None, demo: bool | None) -> tuple[Service, ...]:
    """Programs found or fetched, ports free, configuration written: all that can fail beforehand."""
    programs = _programs(context)
    with_demo = _with_demo(context, demo)
    if with_demo and shop_folder() is None:
        context.tell("the demo shop is not part of this installation; it is left out")
    services = stack_services(context, programs, port_offset=_offset(context, port_offset), demo=with_demo)
    check_ports(services)
    write_stack_config(context, services)
    return services


def first_review(context: Context) -> None:
    """Show the first findings on our own terminal, in a process of its own.

    A review imports numerical libraries that start threads; the supervisor must stay without any.
    """
    run_through(context.command("review"), os.environ, timeout_seconds=_REVIEW_SECONDS)


def _told_by(output: str, log: str) -> Failed:
    """The error with which the background process ended, as it told it in its last line."""
    lines = output.strip().splitlines()
    try:
        error = json.loads(lines[-1])["error"]
        return Failed(error["message"], hint=error["hint"])
    except (IndexError, ValueError, KeyError, TypeError):
        return Failed("the stack did not start", hint=f"its whole output is {log}")


def _offset(context: Context, port_offset: int | None) -> int:
    return context.settings.stack.port_offset if port_offset is None else port_offset


def _with_demo(context: Context, demo: bool | None) -> bool:
    return context.settings.stack.demo if demo is None else demo


def _programs(context: Context) -> dict[str, Program]:
    settings = context.settings.stack
    cache = Path(settings.components_dir).expanduser()

    def look() -> dict[str, Program | None]:
        return {
            name: find(name, configured=getattr(settings, component.setting), cache=cache)
            for name, component in COMPONENTS.items()
        }

    missing = [name for name, program in look().items() if program is None]
    if missing:
        fetch(missing, cache=cache, tell=context.tell)
    return {name: program for name, program in look().items() if program is not None}
