"""Public instruction files, read where they lie: none crashes, and ids survive what people do to them."""

from __future__ import annotations

import random
import re

import pytest

from codesentinel.analysis.satellites.identity import identify
from codesentinel.analysis.satellites.lint import damage
from codesentinel.capture.satellites.procedures import procedures_of, whole_procedure
from satellite_edits import (
    CORPUS,
    NEW,
    blocks,
    corpus_files,
    joined,
    lock_of,
    names_by_draft,
    reworded,
    text_of,
)

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the public instruction files are not here")


def several():
    """Texts with two procedures or more, none within another."""
    for path in corpus_files((".md",)):
        if path.name == "SKILL.md" or "commands" in path.parts:
            continue
        text = text_of(path)
        drafts, pieces = blocks(text)
        titles = [draft.title for draft in drafts]
        if pieces and len(drafts) >= 2 and len(set(titles)) == len(titles):
            yield path, text, drafts, pieces


def test_every_file_is_read():
    files = corpus_files()
    found = sum(len(procedures_of(text_of(path))[1]) for path in files)
    skills = [whole_procedure(text_of(p), p.parent.name) for p in files if p.name == "SKILL.md"]
    assert len(files) > 100
    assert found > 60
    assert all(skill.text and skill.title for skill in skills)


def test_only_the_damaged_files_are_called_so():
    damaged = {p.relative_to(CORPUS).as_posix() for p in corpus_files() if damage(text_of(p))}
    assert damaged == {
        f"joediggidyyy+CodeSentinel/{name}/AGENT_INSTRUCTIONS.md"
        for name in ("codesentinel", "docs", "tests")
    }


def kept(before, after, locked):
    """Titles of ``before`` and whether each has the id in ``after`` that it had."""
    old = {one.draft.title: one.name for one in names_by_draft(before, {})}
    new = {one.draft.title: one.name for one in names_by_draft(after, locked)}
    return {title: new[title] == name for title, name in old.items() if title in new}


def edits(text, pieces, rng):
    """Kind and edited text of each edit that keeps titles."""
    places = [i for i, (draft, _) in enumerate(pieces) if draft]
    new = (None, NEW.split("\n"))
    yield "insert at the top", [*pieces[: places[0]], new, *pieces[places[0] :]]
    yield "insert in the middle", [*pieces[: places[1]], new, *pieces[places[1] :]]
    swapped = list(pieces)
    swapped[places[0]], swapped[places[1]] = pieces[places[1]], pieces[places[0]]
    yield "swap two", swapped
    yield "delete the first", [piece for i, piece in enumerate(pieces) if i != places[0]]
    yield (
        "reword a fifth",
        [(d, reworded(lines, 0.2, rng) if d else lines) for d, lines in pieces],
    )


def test_procedures_keep_their_ids_when_files_are_edited():
    rng, counts = random.Random(7), {}
    for path, text, _, pieces in several():
        locked = lock_of(text)
        for kind, edited in edits(text, pieces, rng):
            for title, same in kept(text, joined(edited), locked).items():
                good, all_of = counts.get(kind, (0, 0))
                counts[kind] = (good + same, all_of + 1)
                assert same, f"{path.name}, {kind}: {title}"
    assert all(total >= 30 for _, total in counts.values()), counts


def test_a_procedure_that_is_renamed_and_edited_keeps_its_id():
    rng, tried = random.Random(7), 0
    for path, text, drafts, pieces in several():
        locked = lock_of(text)
        for place, (draft, lines) in enumerate(pieces):
            if draft is None or len(draft.text.split()) < 30:
                continue  # less is no text to know again
            number = re.match(r"#+ +(?:Procedure|Step|Phase)? ?\d*[:.]? ?", lines[0])
            heading = f"{number[0] if number else '### '}An entirely different name"
            changed = [heading, *reworded(lines, 0.1, rng)[1:]]
            edited = joined([*pieces[:place], (draft, changed), *pieces[place + 1 :]])
            _, after = procedures_of(edited)
            if len(after) != len(drafts):
                continue  # the rule that found it read the title
            tried += 1
            new = next(one.name for one in identify(after, locked) if "entirely different" in one.draft.title)
            old = next(one.name for one in names_by_draft(text, {}) if one.draft.line == draft.line)
            assert new == old, f"{path}: {draft.title}"
    assert tried >= 30


def test_no_id_is_given_twice():
    """A procedure that takes the place of a deleted one is another."""
    for _, text, _, pieces in several():
        locked = lock_of(text)
        place = next(i for i, (draft, _) in enumerate(pieces) if draft)
        edited = joined([*pieces[:place], (None, NEW.split("\n")), *pieces[place + 1 :]])
        gone = next(one.name for one in names_by_draft(text, {}) if one.draft.line == pieces[place][0].line)
        assert gone not in {one.name for one in names_by_draft(edited, locked)}
