"""Where promtool and amtool are: beside the servers that we run, or on PATH."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.act.components import find
from codesentinel.capture.rule_tools import RuleTools
from codesentinel.model.errors import NotInstalled

if TYPE_CHECKING:
    from codesentinel.operations.base import Context


def promtool_path(context: Context) -> Path | None:
    """The program, or None where there is none."""
    return _beside(context, "prometheus", "promtool")[0]


def rule_tools(context: Context) -> RuleTools:
    """Both programs.

    Raises:
        NotInstalled: naming what is missing.
    """
    promtool, _ = _beside(context, "prometheus", "promtool")
    amtool, folder = _beside(context, "alertmanager", "amtool")
    if promtool is None or amtool is None:
        missing = [name for name, path in (("promtool", promtool), ("amtool", amtool)) if path is None]
        raise NotInstalled(
            f"not found: {' and '.join(missing)}",
            hint="`codesentinel up` fetches them with the servers; or put them on PATH",
        )
    return RuleTools(promtool, amtool, folder)


def _beside(context: Context, server: str, tool: str) -> tuple[Path | None, Path | None]:
    """The tool and the folder in which it has to be started."""
    stack = context.settings.stack
    configured = stack.prometheus_path if server == "prometheus" else stack.alertmanager_path
    program = find(server, configured=configured, cache=Path(stack.components_dir).expanduser())
    beside = program.path.with_name(tool) if program else None
    if program and beside and beside.exists():
        return beside, program.cwd
    on_path = shutil.which(tool)
    return (Path(on_path) if on_path else None), None
