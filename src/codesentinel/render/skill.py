"""A procedure as a skill, as https://agentskills.io describes them: then vendors name it in their signals."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codesentinel.model.satellites import Procedure

_LONGEST_NAME, _LONGEST_DESCRIPTION = 64, 1024
_WHEN = re.compile(r"(?mi)^\W*when\W*[:*]+\s*(.+)$")


def skill_name(procedure: Procedure) -> str:
    """``github/PROC-1`` becomes ``github-proc-1``: lower case, digits and single hyphens, 64 at most."""
    words = re.sub(r"[^a-z0-9]+", "-", procedure.satellite.lower()).strip("-") or "satellite"
    end = f"-{procedure.name.lower()}"
    return words[: _LONGEST_NAME - len(end)].rstrip("-") + end


def skill_text(procedure: Procedure, file: str) -> str:
    """The SKILL.md of a procedure that stands in ``file``."""
    when = _WHEN.search(procedure.text)
    said = [procedure.title.rstrip(".") + ".", f"Use when: {when[1].strip(' *')}" if when else ""]
    said.append(f"Procedure {procedure.id} of {file}.")
    description = " ".join(" ".join(word for word in said if word).split())[:_LONGEST_DESCRIPTION]
    return "\n".join(
        (
            "---",
            f"name: {skill_name(procedure)}",
            f"description: {_quoted(description)}",
            "metadata:",
            f"  codesentinel-id: {_quoted(procedure.id)}",
            f"  codesentinel-version: {_quoted(procedure.version)}",
            "---",
            "",
            f"<!-- made by `codesentinel satellites export-skills` from {_commented(file)}; edit that -->",
            "",
            procedure.text.strip(),
            "",
            "## Report",
            "",
            f"Before the first step: `codesentinel satellites start '{procedure.id}'`.",
            "After the last, or when you give up:",
            f"`codesentinel satellites finish '{procedure.id}' --status Success`",
            "(or `Failure`, or `Agent-Aborted`).",
            "",
        )
    )


def _quoted(text: str) -> str:
    """A string of YAML; what JSON escapes YAML understands."""
    return json.dumps(text, ensure_ascii=False)


def _commented(text: str) -> str:
    return text.replace("--", "- -")
