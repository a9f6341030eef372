"""What a scenario can do. Each takes the stage and its own arguments, and says what it did."""

from __future__ import annotations

import glob
import os
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.stage import Broken, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.calamum.stage import Stage

_TRIES = 200
_LAST_PID = "/proc/sys/kernel/ns_last_pid"


def start(
    stage: Stage, *, name: str, does: str, words: tuple[str, ...] = (), delay_seconds: float = 0.0
) -> Any:
    """Start a process that does something."""
    victim = stage.start(does, name, [str(word) for word in words], delay_seconds=delay_seconds)
    return {"pid": victim.pid, "handle": victim.handle}


def end(stage: Stage, *, name: str) -> Any:
    """End a process that this case started, and collect it."""
    stage.victim(name).end()
    return {"pid": stage.victim(name).pid}


def freeze(stage: Stage, *, name: str) -> Any:
    """Stop a process that this case started."""
    os.kill(stage.victim(name).pid, signal.SIGSTOP)
    return True


def give_id_to_another(stage: Stage, *, of: str, name: str) -> Any:
    """End a process, and start another that gets the very same process id."""
    first = stage.victim(of)
    first.end()
    for _ in range(_TRIES):
        try:
            with open(_LAST_PID, "w", encoding="ascii") as file:
                file.write(str(first.pid - 1))
        except OSError as exc:
            raise Skipped(f"this kernel lets nobody choose process ids: {exc.strerror}") from exc
        victim = stage.spawn("sleep")
        if victim.pid == first.pid:
            stage.adopt(name, victim)
            return {"pid": victim.pid, "before": first.handle, "now": victim.handle}
        victim.end()
    raise Skipped("the id could not be given again")


def wait(stage: Stage, *, seconds: float) -> Any:  # noqa: ARG001 - every action takes the stage
    """Let time pass."""
    time.sleep(seconds)
    return seconds


def write(stage: Stage, *, path: str, text: str, mode: int = 0o644, append: bool = False) -> Any:
    """Write a file of the workspace."""
    full = stage.path(path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "a" if append else "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(full, mode)
    return path


def damage(stage: Stage, *, path: str, how: str, line: int = -1) -> Any:
    """Flip a bit of a file, cut it off, or take out, swap or forge a line."""
    full = stage.path(path)
    with open(full, "rb") as file:
        lines = file.read().splitlines(keepends=True)
    if len(lines) < 3:
        raise Broken(f"{path} has too little in it to be damaged")
    index = line if line >= 0 else len(lines) // 2
    if how == "flip":
        place = stage.chance.randrange(10, len(lines[index]) - 10)
        changed = bytearray(lines[index])
        changed[place] ^= 1
        lines[index] = bytes(changed)
    elif how == "cut":
        lines = [*lines[:index], lines[index][: len(lines[index]) // 2]]
    elif how == "remove":
        del lines[index]
    elif how == "swap":
        lines[index - 1], lines[index] = lines[index], lines[index - 1]
    elif how == "forge":
        lines[index] = lines[index].replace(b'"success":true', b'"success":false', 1)
    else:
        raise Broken(f"no such damage: {how}")
    with open(full, "wb") as file:
        file.writelines(lines)
    return {"line": index}


def corrupt(stage: Stage, *, path: str, share: float = 0.3, behind: float = 0.0) -> Any:
    """Overwrite a share of the bytes, by chance, of every file whose path matches, behind a share of it."""
    names = glob.glob(stage.path(path))
    if not any(os.path.getsize(name) for name in names if not os.path.islink(name)):
        raise Broken(f"there is nothing at {path}")
    for name in names:
        if os.path.isfile(name) and not os.path.islink(name):
            with open(name, "r+b") as file:
                content = bytearray(file.read())
                first = int(len(content) * behind)
                for _ in range(int((len(content) - first) * share)):
                    content[stage.chance.randrange(first, len(content))] = stage.chance.randrange(256)
                file.seek(0)
                file.write(content)
    return len(names)


def fill(stage: Stage, *, path: str, size: str = "64k", leave_bytes: int = 0) -> Any:
    """Put a small file system under a folder, and fill it but for so much."""
    full = stage.path(path)
    os.makedirs(full, exist_ok=True)
    done = subprocess.run(
        [_tool("mount"), "-t", "tmpfs", "-o", f"size={size}", "calamum", full],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise Skipped(f"no file system could be mounted: {done.stderr.decode().strip()}")
    stage.undo.append(lambda: _unmount(full))
    filler = os.path.join(full, ".filler")
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            file.truncate(max(0, file.tell() - leave_bytes))
    return path


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise Skipped(f"there is no {name} here")
    return path


def _unmount(path: str) -> None:
    done = subprocess.run([_tool("umount"), "-l", path], capture_output=True, check=False)
    if done.returncode:
        raise OSError(f"{path} is still mounted: {done.stderr.decode().strip()}")


ACTIONS: dict[str, Callable[..., Any]] = {
    one.__name__: one
    for one in (
        *(start, end, freeze, give_id_to_another, wait),
        *(write, damage, corrupt, fill),
    )
}
"""By the name that a scenario calls them."""
