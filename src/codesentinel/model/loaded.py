"""What a vendor's own signals say of procedures: that one was loaded, never that it worked.

Whoever sends them may put anything into their fields. What is to be an id has no blank and no control
character, what is to be a vendor's word is one, and what is longer than the name of a model is looked
through for secrets: none of them is a way for a prompt, or a password, into the log.

Plain classes: hooks import this, and ``typing`` alone would cost them a quarter of their time.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LONGEST = 200
_LONGEST_MODEL = 40
_LONGEST_WORD = 60
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@[]")
_OTHER = "other"


def an_id(text: str) -> str:
    """The text, where it can be an id; else nothing."""
    return text if len(text) <= _LONGEST and all("!" <= c <= "~" for c in text) else ""


def a_word(text: str) -> str:
    """The text, where it can be one of a vendor's words; else ``other``."""
    return text if len(text) <= _LONGEST_WORD and _WORD.issuperset(text) else _OTHER


def a_model(text: str) -> str:
    """The name of a language model, without what looks like a secret."""
    if len(text) <= _LONGEST_MODEL and _WORD.issuperset(text):
        return text
    from codesentinel.model.secrets import redacted_text  # slow to import, and seldom needed

    return redacted_text(text[:_LONGEST])


class Loaded:
    """A skill, or a procedure, came into the sight of an agent.

    Attributes:
        skill: as the vendor names it.
        vendor: claude, codex, gemini, or what telemetry says.
        agent_session: of the vendor.
        source: hook, otlp or transcript.
        trigger: agent, user, or the vendor's word.
        model: the language model, where it is said.
        tool_use_id: tells one call of a tool from another; the same in hooks, telemetry and transcripts.
        prompt_id: of the turn.
        at: when, RFC 3339, where that is not now.
        procedure, version: the procedure that the skill was made from.
    """

    __slots__ = (
        "agent_session",
        "at",
        "model",
        "procedure",
        "prompt_id",
        "skill",
        "source",
        "tool_use_id",
        "trigger",
        "vendor",
        "version",
    )

    def __init__(
        self,
        skill: str,
        vendor: str,
        *,
        agent_session: str = "",
        source: str = "hook",
        trigger: str = "",
        model: str = "",
        tool_use_id: str = "",
        prompt_id: str = "",
        at: str = "",
    ) -> None:
        self.skill = skill
        self.vendor = vendor
        self.agent_session = an_id(agent_session)
        self.source = source
        self.trigger = a_word(trigger)
        self.model = a_model(model)
        self.tool_use_id = an_id(tool_use_id)
        self.prompt_id = an_id(prompt_id)
        self.at = at
        self.procedure = ""
        self.version = ""

    def as_facts(self) -> dict[str, Any]:
        """What the event holds."""
        facts: dict[str, Any] = {name: getattr(self, name) or None for name in self.__slots__}
        return facts | {"satellite": self.procedure.rpartition("/")[0] or None}


class SessionEnd:
    """A session of an agent ended: runs of it that are open still will not end by themselves."""

    __slots__ = ("agent_session", "reason", "vendor")

    def __init__(self, agent_session: str, vendor: str, reason: str = "") -> None:
        self.agent_session = an_id(agent_session)
        self.vendor = vendor
        self.reason = a_word(reason)

    def as_facts(self) -> dict[str, Any]:
        """What the event holds."""
        return {name: getattr(self, name) for name in self.__slots__}
