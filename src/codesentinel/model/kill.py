"""What came of ending a process."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.process import Process

EXIT_STATUS = {"ended": 0, "alive": 1, "cancelled": 1, "not_found": 3, "refused": 4, "permission": 4}
INTERRUPTED = 130


class KillPlan:
    """What is about to be ended, for the one who is asked.

    Args:
        process: the target.
        descendants: all below it.
        tree: whether these are ended too.
        force: whether SIGKILL follows without asking again.
    """

    __slots__ = ("descendants", "force", "process", "tree")

    def __init__(self, process: Process, descendants: Sequence[Process], *, tree: bool, force: bool) -> None:
        self.process = process
        self.descendants = descendants
        self.tree = tree
        self.force = force


class KillOutcome:
    """What was done and what came of it.

    Attributes:
        pid: as it was asked for.
        handle: the complete handle; empty where no process was found.
        name: the target's name.
        outcome: ``ended``, ``refused``, ``alive``, ``not_found``, ``permission`` or ``cancelled``.
        signals: names of the signals sent, in order.
        reason: why it was asked for.
        refused_because: a sentence; empty where nothing was refused.
        explanation: a sentence on anything worth knowing of the outcome.
        processes: how many were to be ended.
        survivors: handles of those that live.
        children_left: how many children live on without their parent.
        seconds: from the first signal to the end.
        interrupted: whether Ctrl-C ended the waiting.
    """

    __slots__ = (
        "children_left",
        "explanation",
        "handle",
        "interrupted",
        "name",
        "outcome",
        "pid",
        "processes",
        "reason",
        "refused_because",
        "seconds",
        "signals",
        "survivors",
    )

    def __init__(self, pid: int, reason: str) -> None:
        self.pid = pid
        self.reason = reason
        self.handle = ""
        self.name = ""
        self.outcome = "cancelled"
        self.signals: list[str] = []
        self.refused_because = ""
        self.explanation = ""
        self.processes = 1
        self.survivors: list[str] = []
        self.children_left = 0
        self.seconds: float | None = None
        self.interrupted = False

    @property
    def succeeded(self) -> bool:
        """Whether nothing of the target lives."""
        return self.outcome == "ended"

    @property
    def exit_status(self) -> int:
        """What the shell is told."""
        return INTERRUPTED if self.interrupted else EXIT_STATUS[self.outcome]

    def refuse(self, because: str) -> KillOutcome:
        """The same, refused."""
        self.outcome, self.refused_because = "refused", because
        return self

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        return {name: getattr(self, name) for name in self.__slots__}
