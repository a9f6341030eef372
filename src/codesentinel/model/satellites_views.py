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


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong in an instruction file. ``severity`` is error or warning; ``line`` counts from 1."""

    code: str
    severity: str
    file: str
    line: int
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Linted:
    """All flaws, and how much was looked at."""

    flaws: tuple[Flaw, ...]
    files: int
    procedures: int

    @property
    def succeeded(self) -> bool:
        """Whether nothing is an error."""
        return not any(flaw.severity == "error" for flaw in self.flaws)


@dataclass(frozen=True, slots=True)
class Backfilled:
    """How many transcripts were read, and how many loads were new, or known already."""

    transcripts: int
    added: int
    known: int


@dataclass(frozen=True, slots=True)
class Exported:
    """Skills that were made from procedures: written or rewritten, unchanged, and removed."""

    written: tuple[str, ...]
    unchanged: int
    removed: tuple[str, ...]
    files_modified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hooked:
    """What became of an agent's settings: ``outcome`` is installed, removed or unchanged."""

    agent: str
    file: str
    outcome: str
    backup: str = ""
    files_modified: tuple[str, ...] = ()
