"""Work done aside: in a process of its own, ended when it takes too long.

For servers and for commands that everybody waits for: numerical libraries are neither imported nor compiled
in them, their memory is given back at once, and a method that hangs hangs nobody else.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import TYPE_CHECKING

from codesentinel.act.child import ask, die_with
from codesentinel.model import errors
from codesentinel.model.errors import CodesentinelError, CouldNotJudge, Failed
from codesentinel.operations.base import Context
from codesentinel.store.session_memory import SessionMemory

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Concatenate, ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")

_ONE_CORE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
_SPECIAL = {"ConfigurationError": errors.UsageError}
"""What is made of more than a message is told as what it is a kind of."""


def aside(
    context: Context,
    timeout_seconds: float,
    work: Callable[Concatenate[Context, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """What ``work`` returns in the same context; it, its arguments and its result can be pickled.

    Raises:
        CouldNotJudge: it took too long, or broke.
        CodesentinelError: what it raised itself.
    """
    memory = context.memory
    known = (context.path(), context.settings, context.config_file, memory.session_id, memory.agent_id)
    question = pickle.dumps((os.getpid(), known, work, args, kwargs))
    argv = [sys.executable, "-m", "codesentinel.operations.aside"]
    try:
        answer = ask(argv, question, timeout_seconds=timeout_seconds, env={**os.environ, **_ONE_CORE})
    except Failed as exc:
        raise CouldNotJudge(f"the process that was to judge ended: {exc.message}") from exc
    if answer is None:
        raise CouldNotJudge(
            f"it took longer than {timeout_seconds:g} s",
            hint="the first run on a machine compiles for a while; later ones do not",
        )
    result: R = _told(pickle.loads(answer))  # noqa: S301 - written by ourselves, into our own pipe
    return result


def _told(answer: tuple[str, Any]) -> Any:
    """The result, or the error raised again."""
    kind, content = answer
    if not kind:
        return content
    known = {one.__name__: one for one in vars(errors).values() if isinstance(one, type)} | _SPECIAL
    raise known.get(kind, CouldNotJudge)(content[0], hint=content[1])


def _work() -> None:
    """Answer the one question on standard input; whatever the work prints goes to standard error."""
    output, sys.stdout = sys.stdout.buffer, sys.stderr
    parent, known, work, args, kwargs = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent wrote it
    die_with(parent)
    root, settings, config_file, session_id, agent_id = known
    memory = SessionMemory(root, session_id=session_id, agent_id=agent_id)
    context = Context(root, settings, memory, lambda _: None, config_file)
    try:
        answer = ("", work(context, *args, **kwargs))
    except CodesentinelError as exc:
        answer = (type(exc).__name__, (exc.message, exc.hint))
    output.write(pickle.dumps(answer))
    output.flush()


if __name__ == "__main__":
    _work()
