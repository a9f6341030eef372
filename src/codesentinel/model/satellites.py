"""Satellites: instruction files for agents, the procedures in them, and the runs of those."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, Self

DOMAIN = "satellites"
START, FINISH, FEEDBACK = "procedure-start", "procedure-finish", "procedure-feedback"
LOADED, SESSION_END = "procedure-loaded", "agent-session-end"
SUCCESS, FAILURE, ABORTED = "Success", "Failure", "Agent-Aborted"
STATUSES = (SUCCESS, FAILURE, ABORTED)
VERIFIED, DECLARED, INFERRED = "verified", "declared", "inferred"
STATUS_SOURCES = (VERIFIED, DECLARED, INFERRED)
"""From what was checked to what is only guessed."""


class Draft(NamedTuple):
    """A procedure as a file shows it, before it has its id. ``number`` is its heading's, 0 for none."""

    title: str
    text: str
    steps: tuple[str, ...]
    version: str
    steps_version: str
    rule: str
    number: int
    line: int


class Locked(NamedTuple):
    """A procedure as ``satellites.lock`` remembers it.

    ``sketch`` stands for its words: two sketches say how much of two texts is the same.
    """

    title: str
    version: str
    steps_version: str
    sketch: tuple[int, ...]
    retired: bool = False


class LockedFile(NamedTuple):
    """A satellite as ``satellites.lock`` remembers it: its file, and its procedures by name."""

    file: str
    procedures: dict[str, Locked]


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure of a satellite.

    Attributes:
        id: how it is cited, such as ``github/PROC-1``; never given to another one.
        title: its heading, without number and marks.
        text: all of it, as it stands in the file.
        steps: what is to be done, one after another; empty where the text does not number it.
        version: tells one text from another; layout and heading numbers do not count.
        steps_version: the same of the steps alone.
        visible: the id that its heading shows, such as ``PROC-3``; empty where it shows none.
        rule: by which it was found: explicit, numbered, grouped, stepped, listed or whole.
        line: of its heading, from 1.
        locked: whether ``satellites.lock`` knows it.
    """

    id: str
    title: str
    text: str
    steps: tuple[str, ...]
    version: str
    steps_version: str
    visible: str = ""
    rule: str = "whole"
    line: int = 1
    locked: bool = False

    @property
    def satellite(self) -> str:
        """The satellite that it is in."""
        return self.id.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The id within the satellite, ``PROC-1``."""
        return self.id.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Satellite:
    """An instruction file. ``file`` is relative to the workspace root."""

    id: str
    file: str
    kind: str
    title: str
    procedures: tuple[Procedure, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All satellites below a root; ``is_locked`` says whether there is a ``satellites.lock``."""

    satellites: tuple[Satellite, ...]
    is_locked: bool = False
    notes: tuple[str, ...] = ()

    @property
    def procedures(self) -> Iterator[Procedure]:
        """Those of all satellites."""
        for satellite in self.satellites:
            yield from satellite.procedures

    def file_of(self, procedure: Procedure) -> str:
        """The file that a procedure stands in; empty where it is none of these."""
        return next((one.file for one in self.satellites if one.id == procedure.satellite), "")


_TEXTS = ("run_id", "satellite", "procedure", "cited", "version", "steps_version", "agent_name", "model")
_MORE = ("agent_session", "trigger", "file")


@dataclass(frozen=True, slots=True)
class Run:
    """One time that an agent followed a procedure, as far as the log tells.

    Attributes:
        run_id: tells it from every other.
        cited: the id as the agent gave it.
        version, steps_version: of the text that it read.
        agent_session: of the vendor, or of the shell.
        trigger: who told of it: ``cli``, ``run``, ``mcp``.
        file: where the procedure stands.
        status: one of ``STATUSES``; empty while the run is open.
        status_source: one of ``STATUS_SOURCES``; how surely the status is known.
        started_at: epoch seconds; None where only the end is on record.
    """

    run_id: str
    satellite: str
    procedure: str
    cited: str = ""
    version: str = ""
    steps_version: str = ""
    agent_name: str = ""
    model: str = ""
    agent_session: str = ""
    trigger: str = "cli"
    file: str = ""
    started_at: float | None = None
    status: str = ""
    status_source: str = ""
    duration_seconds: float | None = None
    check: str | None = None
    note: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has told of its end."""
        return not self.status

    def start_facts(self) -> dict[str, Any]:
        """What the event of its start holds."""
        return {name: getattr(self, name) for name in (*_TEXTS, *_MORE)}

    def finish_facts(self) -> dict[str, Any]:
        """What the event of its end holds."""
        ends = ("status", "status_source", "duration_seconds", "check", "note")
        return self.start_facts() | {name: getattr(self, name) for name in ends}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any], **known: Any) -> Self:
        """The run that an event tells of.

        Raises:
            ValueError: it names no run, or no procedure.
        """
        texts = {name: str(facts.get(name) or "") for name in (*_TEXTS, *_MORE)}
        if not texts["run_id"] or not texts["procedure"]:
            raise ValueError("no run: run_id and procedure are needed")
        texts["satellite"] = texts["satellite"] or texts["procedure"].rpartition("/")[0]
        return cls(**{**texts, **known})


@dataclass(frozen=True, slots=True)
class Pinned:
    """What ``satellites pin`` did: new, kept and retired ids, and the files that were written."""

    added: tuple[str, ...]
    kept: int
    retired: tuple[str, ...]
    marked: tuple[str, ...]
    files_modified: tuple[str, ...] = field(default=())
