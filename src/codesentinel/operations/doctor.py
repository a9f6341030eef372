"""``doctor``: everything that the stack needs, checked one by one, each with its mend."""

from __future__ import annotations

import importlib.util
import platform
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.act.components import COMPONENTS, find
from codesentinel.capture.host import clock_is_synchronised, disk, is_writable, program_version
from codesentinel.capture.ports import holder, is_free
from codesentinel.model.check import Check
from codesentinel.model.errors import NotInstalled
from codesentinel.model.service import PORTS
from codesentinel.operations.base import Context, operation
from codesentinel.operations.stack import running_state

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXTRAS = {"web": ("starlette", "uvicorn"), "trends": ("numpy", "scipy")}
_NEEDED_BYTES = 1_000_000_000
_COMFORTABLE_BYTES = 10_000_000_000
_NEEDED_INODES_RATIO = 0.02


@operation(
    "stack.doctor", metadata=lambda checks: {"failed": [c.name for c in checks if c.outcome == "FAIL"]}
)
def doctor(context: Context) -> tuple[Check, ...]:
    """Check the set-up: Python, extras, server programs, ports, permissions, clock, disk."""
    return (
        *_python(),
        *_programs(context),
        *_ports(context),
        *_permissions(context),
        *_clock(),
        *_disk(context),
    )


def _python() -> Iterator[Check]:
    yield Check("python", "OK", f"{platform.python_version()} at {sys.executable}")
    for extra, modules in _EXTRAS.items():
        missing = [m for m in modules if importlib.util.find_spec(m) is None]
        if missing:
            mend = f"pip install 'codesentinel[{extra}]'"
            yield Check(f"extra {extra}", "FAIL", f"not installed: {', '.join(missing)}", mend)
        else:
            yield Check(f"extra {extra}", "OK", "installed")
    wanted = _other_extras()
    there = [extra for extra, packages in wanted.items() if all(map(_is_installed, packages))]
    absent = ", ".join(extra for extra in wanted if extra not in there) or "none"
    yield Check("other extras", "OK", f"installed: {', '.join(there) or 'none'}; not installed: {absent}")


def _other_extras() -> dict[str, list[str]]:
    """The extras that the stack can do without, and the packages of each."""
    try:
        mine = distribution("codesentinel")
    except PackageNotFoundError:  # run from its sources
        return {}
    found: dict[str, list[str]] = {
        extra: [] for extra in mine.metadata.get_all("Provides-Extra") or () if extra not in _EXTRAS
    }
    for requirement in mine.requires or ():
        match = re.fullmatch(r"([\w.-]+).*extra == ['\"](\w+)['\"]", requirement)
        if match and match[2] in found:
            found[match[2]].append(match[1])
    return found


def _is_installed(package: str) -> bool:
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


def _programs(context: Context) -> Iterator[Check]:
    settings = context.settings.stack
    cache = Path(settings.components_dir).expanduser()
    for name, component in COMPONENTS.items():
        try:
            program = find(name, configured=getattr(settings, component.setting), cache=cache)
        except NotInstalled as exc:
            yield Check(name, "FAIL", exc.message, exc.hint)
            continue
        if program is None:
            mend = (
                f"`codesentinel up` fetches it on Debian; else install it, or set stack.{component.setting}"
            )
            yield Check(name, "WARN", "not here yet", mend)
            continue
        version = program_version(program.path)
        if version is None:
            yield Check(name, "FAIL", f"does not run: {program.path}", "remove it, or install one that does")
        else:
            yield Check(name, "OK", f"{version or 'version not stated'} from {program.origin}")


def _ports(context: Context) -> Iterator[Check]:
    state = running_state(context)
    if state is not None:
        yield Check("ports", "OK", f"used by the stack of this workspace (pid {state.supervisor_pid})")
        return
    offset = context.settings.stack.port_offset
    taken = {name: port + offset for name, port in PORTS.items() if not is_free(port + offset)}
    for name, port in taken.items():
        mend = "end what holds it, or shift all ports: codesentinel up --port-offset 1000"
        yield Check(f"port {port}", "FAIL", f"for {name}, is held by {holder(port)}", mend)
    if not taken:
        yield Check("ports", "OK", f"all {len(PORTS)} are free")


def _permissions(context: Context) -> Iterator[Check]:
    for name, folder in (("state", context.state_dir), ("log", context.root / "docs" / "domains")):
        shown = context.relative(folder)
        if is_writable(folder):
            yield Check(f"{name} folder", "OK", f"{shown} can be written")
        else:
            yield Check(f"{name} folder", "FAIL", f"{shown} cannot be written", "mend its owner or mode")


def _clock() -> Iterator[Check]:
    synchronised = clock_is_synchronised()
    if synchronised is False:
        mend = "run a time service such as chrony; graphs and alerts of several hosts need one time"
        yield Check("clock", "WARN", "the kernel says it is not synchronised", mend)
    else:
        yield Check("clock", "OK", "synchronised" if synchronised else "the kernel does not say")


def _disk(context: Context) -> Iterator[Check]:
    free = disk(context.root)
    detail = f"{free.free_bytes / 1e9:.1f} GB free of {free.total_bytes / 1e9:.1f} GB"
    if free.free_bytes < _NEEDED_BYTES or free.free_inodes_ratio < _NEEDED_INODES_RATIO:
        yield Check("disk", "FAIL", f"{detail}, {free.free_inodes_ratio:.0%} of inodes", "free some space")
    elif free.free_bytes < _COMFORTABLE_BYTES:
        mend = "lower stack.history_retention_months, or free some space"
        yield Check("disk", "WARN", detail, mend)
    else:
        yield Check("disk", "OK", detail)
