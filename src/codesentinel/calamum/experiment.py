"""A scenario: Chaos Toolkit's fields, each checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.calamum.subject import Subject


@dataclass(frozen=True, slots=True)
class Activity:
    """One step: an action that changes something, or a probe whose answer has a tolerance.

    ``provider`` is ``calamum``, when ``call`` names one of ours and ``arguments`` are its, or ``program``,
    when ``arguments`` are the words behind ``codesentinel``.
    """

    name: str
    kind: str
    provider: str
    call: str
    arguments: Any
    tolerance: Any = None
    checked: bool = False
    keep: str = ""
    within_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Experiment:
    """What should hold, what is done against it, and the way back.

    ``needs`` is what it cannot be played without, ``uses`` the programs that it takes where they are there.
    ``value`` says what is played first where time is short, ``usual_seconds`` how long it takes as a rule,
    and after ``budget_seconds`` it is stopped.
    """

    target: str
    case: str
    title: str
    description: str
    tags: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    steady_state_title: str = ""
    steady_state: tuple[Activity, ...] = ()
    method: tuple[Activity, ...] = ()
    rollbacks: tuple[Activity, ...] = ()
    value: float = 1.0
    usual_seconds: float = 1.0
    budget_seconds: float = 60.0
    repeat: tuple[Mapping[str, Any], ...] = field(default=({},))
    source: str = ""
    subject: Subject | None = None

    @property
    def attacked(self) -> str:
        """The target, or the process of the user's that stands for it."""
        return self.subject.name if self.subject else self.target
