"""Which sections of an instruction file are procedures.

The first that fits: an id in a comment or in the heading; a number ("Procedure 3: ..."); a place below a
"Procedures" or "Workflows" heading, with two steps at least; two headings "Step n" or "Phase n" below it;
an ordered list of three or more. Questions and answers, checklists, decision trees, references and examples
are none. A skill, a command or a prompt is one procedure as a whole.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING

from codesentinel.capture.satellites.sections import read_document
from codesentinel.model.satellites import Draft

if TYPE_CHECKING:
    from codesentinel.capture.satellites.sections import Document, Section

_EXPLICIT = re.compile(r"\{#(PROC-\d{1,6})\}|[\[(]?\b(PROC-\d{1,6})\b[\])]?\s*[:.-]?\s*")
_NUMBERED = re.compile(
    r"(?:procedure|runbook|playbook|sop|recipe|workflow|task)\s+#?(\d{1,6})(?!\d)\s*[:.)\u2013\u2014-]*\s*",
    re.IGNORECASE,
)
_GROUP = re.compile(r"\b(?:procedures|workflows|runbooks|playbooks|recipes|how[- ]tos?)\b", re.IGNORECASE)
_STEP = re.compile(r"[*_]{0,2}(?:step|phase)\s+\d{1,6}\b", re.IGNORECASE)
_NEVER = re.compile(
    r"^\W*q(?:\d+)?\s*:|\bfaqs?\b|frequently asked|decision tree|checklist|\breferences?\b|\bexamples?\b"
    r"|table of contents|\boverview\b|best practices|considerations",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[*_`]|\{#[^}]*\}|^#+\s*")
_COMMENT = re.compile(r"[ \t]*<!--\s*proc:[^>]*-->", re.IGNORECASE)
_HASHES = re.compile(r"(?m)^ {0,3}#{1,6}[ \t]+")
_FEWEST_LISTED, _FEWEST_STEPS = 3, 2
_VERSION_LENGTH = 12


def version_of(text: str) -> str:
    """A digest of a text; layout and depth of headings do not count."""
    plain = unicodedata.normalize("NFC", _HASHES.sub("", text))
    return hashlib.sha256(" ".join(plain.split()).encode("utf-8", "replace")).hexdigest()[:_VERSION_LENGTH]


def whole_procedure(text: str, title: str) -> Draft:
    """A file that is one procedure."""
    document = read_document(text)
    body = "\n".join(document.lines).strip()
    first = document.sections[0].heading if document.sections else ""
    steps = _steps_below(document.sections) or tuple(item for _, items in document.lists for item in items)
    version, steps_version = version_of(body), version_of("\n".join(steps))
    return Draft(title or plain_title(first), body, tuple(steps), version, steps_version, "whole", 1, 1)


def procedures_of(text: str) -> tuple[str, tuple[Draft, ...]]:
    """The title of a file, and its procedures in their order."""
    document = read_document(text)
    taken: list[Section] = []
    found = []
    for section in document.sections:
        rule, number = _rule(section)
        inside = any(above in taken for above in section.ancestors())
        if not rule or (inside and rule != "explicit"):
            continue
        taken.append(section)
        found.append(_found(document, section, rule, number))
    title = next((plain_title(s.heading) for s in document.sections), "")
    return title, tuple(found)


def plain_title(heading: str) -> str:
    """A heading without its number, id and marks."""
    text = _MARKS.sub("", _EXPLICIT.sub("", heading)).strip()
    text = _NUMBERED.sub("", text, count=1) if _NUMBERED.match(text) else text
    return " ".join(text.split()) or " ".join(heading.split())


def _rule(section: Section) -> tuple[str, int]:
    """The rule by which a section is a procedure, and the number that it shows; no rule, no procedure."""
    if number := _explicit(section):
        return "explicit", number
    heading = _MARKS.sub("", section.heading).strip()
    if any(_explicit(below) for below in _below(section)):
        return "", 0
    if any(_NEVER.search(one.heading) for one in (section, *section.ancestors())) or _STEP.match(heading):
        return "", 0
    if numbered := _NUMBERED.match(heading):
        return "numbered", int(numbered[1])
    if any(_NUMBERED.match(_MARKS.sub("", below.heading).strip()) for below in _below(section)):
        return "", 0
    listed = max((len(items) for items in section.own_lists), default=0)
    stepped = len(_steps_below(section.children))
    most = max((len(items) for _, items in section.lists), default=0)
    if section.parent and _GROUP.search(section.parent.heading) and max(most, stepped) >= _FEWEST_STEPS:
        return "grouped", 0
    if stepped >= _FEWEST_STEPS:
        return "stepped", 0
    return ("listed", 0) if listed >= _FEWEST_LISTED and not _GROUP.search(section.heading) else ("", 0)


def _explicit(section: Section) -> int:
    found = _EXPLICIT.search(section.heading)
    name = section.marker or (found and (found[1] or found[2])) or ""
    return int(name.rpartition("-")[2]) if name else 0


def _below(section: Section) -> list[Section]:
    """All headings below one."""
    found, waiting = [], list(section.children)
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += one.children
    return found


def _steps_below(sections: list[Section] | tuple[Section, ...]) -> tuple[str, ...]:
    return tuple(s.heading for s in sections if _STEP.match(_MARKS.sub("", s.heading).strip()))


def _found(document: Document, section: Section, rule: str, number: int) -> Draft:
    text = _COMMENT.sub("", "\n".join(document.lines[section.line : section.end])).strip("\n")
    below = [s for s in section.children if _STEP.match(_MARKS.sub("", s.heading).strip())]
    steps = (
        [" ".join(document.lines[s.line : s.end]) for s in below]
        if len(below) >= _FEWEST_STEPS
        else [item for _, items in section.lists for item in items]
    )
    title = plain_title(section.heading)
    version = version_of(f"{title}\n{text.partition(chr(10))[2]}")  # the number in the heading is no text
    steps_version = version_of("\n".join(steps))
    return Draft(title, text, tuple(steps), version, steps_version, rule, number, section.line + 1)
