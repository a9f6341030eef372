"""Running somebody's command in the foreground, as a shell would."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from codesentinel.act.child import exit_words
from codesentinel.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FORWARDED = (signal.SIGTERM, signal.SIGHUP)
_SIGNALLED = 128


def run_in_foreground(argv: Sequence[str], *, output_to_stderr: bool = False) -> tuple[int, str]:
    """Run a command on our terminal and wait for it: its exit status as a shell gives it, and in words.

    Ctrl-C reaches the command from the terminal, and it decides what becomes of it; SIGTERM and SIGHUP
    are handed on. With ``output_to_stderr`` its standard output goes where its errors go.

    Raises:
        UsageError: there is no such program, or it may not be run.
    """
    try:
        child = subprocess.Popen(argv, stdout=sys.stderr.fileno() if output_to_stderr else None)
    except OSError as exc:
        raise UsageError(f"cannot run {argv[0]}: {exc.strerror}", hint="give the command after `--`") from exc
    with _handing_on(child):
        status = child.wait()
    return (status if status >= 0 else _SIGNALLED - status), exit_words(status)


@contextlib.contextmanager
def _handing_on(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Within the block signals are the command's business."""

    def hand_on(number: int, _: object) -> None:
        child.send_signal(number)

    before = {number: signal.signal(number, hand_on) for number in _FORWARDED}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
