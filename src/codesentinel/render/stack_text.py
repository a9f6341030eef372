"""The state of the stack as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.duration import format_duration
from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from codesentinel.model.service import ServiceState, StackState


def stack_text(state: StackState, now: float) -> str:
    """One line a service: name, state, where, since when, how often restarted."""
    width = max((len(s.name) for s in state.services), default=0)
    heading = "ready" if state.ready else "starting"
    lines = [
        f"{heading}: supervised by pid {state.supervisor_pid} for {format_duration(now - state.started_at)}"
    ]
    lines += [_line(service, width, now) for service in state.services]
    return "\n".join(lines)


def _line(service: ServiceState, width: int, now: float) -> str:
    age = format_duration(now - service.started_at) if service.started_at else "-"
    line = f"  {service.name:<{width}}  {service.state:<8}  {service.url or '-':<22}  up {age}"
    if service.restarts:
        line += f", restarted {service.restarts}x (last: {escaped(service.last_exit or 'unknown')})"
    return line
