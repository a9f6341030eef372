"""The program as it runs below a shell, and on a terminal where it asks."""

from __future__ import annotations

import os
import pty
import select
import subprocess
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.actions import give_id_to_another
from codesentinel.calamum.program import answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codesentinel.calamum.stage import Stage

_SECONDS = 30


def below_a_shell(stage: Stage, *, words: Sequence[str]) -> Any:
    """What the program answers as the child of a shell, when the shell's process id is given by ``--pid``."""
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" --pid "$$"; exit $?', "sh", *stage.program.argv([str(one) for one in words])],
        cwd=stage.workspace,
        env=stage.program.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=_SECONDS,
    )
    return answer(done.returncode, done.stdout, done.stderr)


def kill_while_ids_change_hands(stage: Stage, *, of: str, name: str) -> Any:
    """Ask on a terminal to end a process, give its id to another while it is asked, and say yes."""
    master, slave = pty.openpty()
    child = subprocess.Popen(
        stage.program.argv(["memory", "process", "kill", "--pid", stage.victim(of).handle, "--json"]),
        cwd=stage.workspace,
        env=stage.program.environment,
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=slave,
    )
    os.close(slave)
    try:
        asked = b""
        while b"[y/N]" not in asked and select.select([master], [], [], _SECONDS)[0]:
            asked += os.read(master, 4096)
        give_id_to_another(stage, of=of, name=name)
        os.write(master, b"y\n")
        out, _ = child.communicate(timeout=_SECONDS)
    finally:
        child.kill()
        os.close(master)
    return {**answer(child.returncode, out, b""), "asked": asked.decode("utf-8", "replace")}


PROBES: dict[str, Callable[..., Any]] = {
    one.__name__: one for one in (below_a_shell, kill_while_ids_change_hands)
}
