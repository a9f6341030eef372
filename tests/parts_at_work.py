"""Work for engines: a worker imports it by this name."""

from __future__ import annotations

import os
import signal

from codesentinel.model.errors import UsageError


def die_once(mark_and_number):
    """Kills its worker the first time that any part comes here."""
    mark, number = mark_and_number
    if number == 3 and not os.path.exists(mark):
        with open(mark, "w", encoding="utf-8"):
            os.kill(os.getpid(), signal.SIGKILL)
    return number


def die(_):
    os.kill(os.getpid(), signal.SIGKILL)


def halve(number):
    if number % 2:
        raise UsageError(f"{number} is odd", hint="an even one")
    return number // 2
