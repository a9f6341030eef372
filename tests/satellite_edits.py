"""Edits that people make to instruction files, for tests of what keeps its id."""

from __future__ import annotations

from pathlib import Path

from codesentinel.analysis.satellites.identity import identify, locked_from
from codesentinel.capture.satellites.procedures import procedures_of

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "satellites"
"""Public instruction files, where they lie; they are no part of the project."""

NEW = """\
### Water the plants in the corridor

1. Fill the can with water that stood over night.
2. Pour a cup into each pot, less in winter than in summer.
3. Tell the others which plant looks ill and why it may be so.
"""


def corpus_files(suffixes=(".md", ".mdc", ".toml")):
    return sorted(
        f for f in CORPUS.rglob("*") if f.is_file() and f.suffix in suffixes and "LICENSES" not in f.parts
    )


def text_of(path):
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def blocks(text):
    """What stands before, between and behind the procedures of a text, in pieces: (procedure?, lines)."""
    _, drafts = procedures_of(text)
    lines, at, found = text.split("\n"), 0, []
    for draft in drafts:
        begin = draft.line - 1
        end = begin + draft.text.count("\n") + 1
        if begin < at:
            return drafts, None  # one within another
        found += [(None, lines[at:begin]), (draft, lines[begin:end])]
        at = end
    return drafts, [*found, (None, lines[at:])]


def joined(pieces):
    return "\n".join("\n".join(lines) for _, lines in pieces)


def reworded(lines, share, rng):
    """The lines with that share of their words replaced; the heading stays."""
    out = [lines[0]]
    for line in lines[1:]:
        words = line.split(" ")
        spots = [i for i, word in enumerate(words) if len(word) > 2 and word.isalpha()]
        for i in spots:
            if rng.random() < share:
                words[i] = rng.choice(("amber", "willow", "copper", "meadow", "harbor", "lantern"))
        out.append(" ".join(words))
    return out


def names_by_draft(text, locked):
    _, drafts = procedures_of(text)
    return identify(drafts, locked)


def lock_of(text):
    """The lock of a text that is seen for the first time."""
    return {one.name: locked_from(one.draft) for one in names_by_draft(text, {})}
