"""The stack of this workspace, seen and stopped; ``stack_up.py`` starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.act.single import end, start_ticks
from codesentinel.model.errors import NotRunning
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.endpoints import stack_state_file
from codesentinel.store.stack_state import read_stack_state

if TYPE_CHECKING:
    from codesentinel.model.service import StackState

_STOP_SECONDS = 60.0


@operation("stack.down", Effect.WRITE)
def down(context: Context) -> bool:
    """Stop the stack of this workspace; False when none ran."""
    state = read_stack_state(stack_state_file(context))
    if state is None:
        return False
    context.tell("stopping the stack")
    return end(state.supervisor_pid, state.start_ticks, within_seconds=_STOP_SECONDS)


@operation("stack.status")
def status(context: Context) -> StackState:
    """How the stack of this workspace runs.

    Raises:
        NotRunning: it does not.
    """
    state = running_state(context)
    if state is None:
        raise NotRunning("the stack of this workspace does not run", hint="start it with `codesentinel up`")
    return state


def running_state(context: Context) -> StackState | None:
    """The state of the stack if its supervisor is alive."""
    state = read_stack_state(stack_state_file(context))
    return state if state and start_ticks(state.supervisor_pid) == state.start_ticks else None
