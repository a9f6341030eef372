"""What verbs on satellites answer with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from codesentinel.model.satellites import Procedure, Run


@dataclass(frozen=True, slots=True)
class Reported:
    """A run that an agent told of.

    Attributes:
        run: as it stands now.
        outcome: started, finished, late (after a rule had closed it), or repeated.
        procedure: what is to be done, for a start.
        exit_status: of the command that was run.
    """

    run: Run
    outcome: str
    procedure: Procedure | None = None
    exit_status: int = 0

    def as_document(self) -> dict[str, Any]:
        """The JSON shape: the run's own facts, and the text that is to be followed."""
        return {
            "outcome": self.outcome,
            **{name: getattr(self.run, name) for name in self.run.__dataclass_fields__},
            "title": self.procedure.title if self.procedure else None,
            "text": self.procedure.text if self.procedure else None,
            "steps": self.procedure.steps if self.procedure else None,
            "exit_status": self.exit_status,
        }


@dataclass(frozen=True, slots=True)
class Closed:
    """Runs that a rule took for aborted, each with the reason, and how many are open still."""

    runs: tuple[tuple[str, str, str], ...]
    """Run id, procedure, reason."""
    still_open: int
