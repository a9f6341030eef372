"""What the program asks of the kernel, and in which order, told by strace."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.program import answer
from codesentinel.calamum.stage import Skipped
from codesentinel.calamum.tools import STRACE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codesentinel.calamum.stage import Stage

_SECONDS = 60
_CALL = re.compile(r"^\d+ +(\w+)\((.*)")
_SIGNAL = re.compile(r"\bSIG[A-Z]+\b")


def traced(stage: Stage, *, words: Sequence[str], calls: Sequence[str]) -> Any:
    """What the program answers, and its system calls of these names as one text, a signal beside its call."""
    tool, told = stage.tools[STRACE], stage.path("trace.txt")
    options = ["-f", "-qq", "-e", f"trace={','.join(calls)}", "-o", told]
    done = subprocess.run(
        [*tool.words, *options, *stage.program.argv([str(word) for word in words])],
        cwd=stage.workspace,
        env={**stage.program.environment, **tool.environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=_SECONDS,
    )
    if not os.path.exists(told) or b"ptrace" in done.stderr.lower():
        raise Skipped(f"strace does not work here: {done.stderr.decode('utf-8', 'replace').strip()[:200]}")
    with open(told, encoding="utf-8", errors="replace") as file:
        made = [found for found in map(_CALL.match, file) if found]
    named = (" ".join([one[1], *_SIGNAL.findall(one[2])[:1]]) for one in made)
    return {**answer(done.returncode, done.stdout, done.stderr), "calls": ", ".join(named)}


PROBES: dict[str, Callable[..., Any]] = {traced.__name__: traced}
