"""What can go wrong, and what the shell is told about it.

    CodesentinelError                 exit status
      UsageError                      2   wrong words on the command line
        ConfigurationError            2   wrong settings, all of them at once
        AlreadyRunning                2   the stack of this workspace runs
        PortInUse                     2   somebody else holds a port
      CouldNotJudge                   3   no verdict is possible
        Unreachable                   3   a server did not answer
        BadAnswer                     3   a server answered, but not what it should
          BadQuery                    2   it does not understand the question
        Cancelled                     3   somebody asked to stop before the end
        Unauthorized                  3   a server does not know who asks, or does not allow it
        NoData                        3   it answered, with nothing in it
        NotInstalled                  3   a program or an extra is missing
        NotRunning                    3   the stack does not run
        NoSuchProcess                 3   no process with that id or handle
      Refused                         4   a guard said no
      Failed                          1   the act was tried and did not work
        LogUnwritable                 1   the log could not take the record

A message says what failed and on which thing; ``hint`` says what to do next.
Foreign errors are mapped to this tree once, where they enter.
"""

from __future__ import annotations


class CodesentinelError(Exception):
    """Anything a user is told in one message, without a traceback."""

    kind = "error"
    exit_status = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(CodesentinelError):
    """The command was called wrongly."""

    kind = "usage"
    exit_status = 2


class ConfigurationError(UsageError):
    """One or more settings are wrong; ``problems`` holds a line for each."""

    kind = "configuration"

    def __init__(self, source: str, problems: list[str], *, hint: str = "") -> None:
        count = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        super().__init__("\n".join([f"{count} in {source}:", *(f"  {p}" for p in problems)]), hint=hint)
        self.problems = tuple(problems)


class AlreadyRunning(UsageError):
    """The stack of this workspace runs already."""

    kind = "already_running"


class PortInUse(UsageError):
    """A port that a server needs is taken."""

    kind = "port_in_use"


class CouldNotJudge(CodesentinelError):
    """There is no verdict: not a pass, not a failure."""

    kind = "could_not_judge"
    exit_status = 3


class Unreachable(CouldNotJudge):
    """A server did not answer."""

    kind = "unreachable"


class BadAnswer(CouldNotJudge):
    """A server answered with an error or with something that is not the protocol."""

    kind = "bad_answer"


class BadQuery(BadAnswer):
    """The server says that the question is wrong: asking again will not help."""

    kind = "bad_query"
    exit_status = 2


class Cancelled(CouldNotJudge):
    """Work was given up because its caller asked for it."""

    kind = "cancelled"


class Unauthorized(CouldNotJudge):
    """There are no credentials, they are no good, or they do not allow what was asked."""

    kind = "unauthorized"


class NoData(CouldNotJudge):
    """The question was understood and the answer is empty."""

    kind = "no_data"


class NotInstalled(CouldNotJudge):
    """A program or an optional dependency is missing."""

    kind = "not_installed"


class NotRunning(CouldNotJudge):
    """The stack of this workspace does not run."""

    kind = "not_running"


class NoSuchProcess(CouldNotJudge):
    """There is no such process, or its id belongs to another one now."""

    kind = "not_found"


class Refused(CodesentinelError):
    """A safety guard said no."""

    kind = "refused"
    exit_status = 4


class Failed(CodesentinelError):
    """The act was tried and did not work."""

    kind = "failed"


class LogUnwritable(Failed):
    """The log could not take a record: read-only, full, or damaged."""

    kind = "log_unwritable"
