"""Whether procedures keep their ids when files are edited: lock, title, number and position side by side.

    python benchmarks/satellites/identity.py [--mutations 10000]

Reads the public instruction files where they lie (`../shared/data/satellites`), and leaves that out where
they are not. Then reads so many mutated texts, none of which may crash or hang it. Fails when the lock loses
an id.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

TESTS = Path(__file__).resolve().parents[2] / "tests"
sys.path.insert(0, str(TESTS))
sys.path.append(str(Path(__file__).resolve().parents[1]))

from claims import claim  # noqa: E402

from codesentinel.analysis.satellites.identity import slug  # noqa: E402
from property.test_satellite_texts import TEXTS, check  # noqa: E402
from satellite_edits import (  # noqa: E402
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

LONGEST_SECONDS = 5.0


def edits(pieces, rng):
    """Kind and edited pieces."""
    places = [i for i, (draft, _) in enumerate(pieces) if draft]
    new = (None, NEW.split("\n"))
    yield "insert at the top", [*pieces[: places[0]], new, *pieces[places[0] :]]
    yield "insert in the middle", [*pieces[: places[1]], new, *pieces[places[1] :]]
    swapped = list(pieces)
    swapped[places[0]], swapped[places[1]] = pieces[places[1]], pieces[places[0]]
    yield "swap two", swapped
    yield "delete the first", [piece for i, piece in enumerate(pieces) if i != places[0]]
    yield "reword 20%", [(d, reworded(lines, 0.2, rng) if d else lines) for d, lines in pieces]
    for place in places:
        draft, lines = pieces[place]
        if len(draft.text.split()) < 30:
            continue
        head = (
            lines[0][: len(lines[0]) - len(lines[0].lstrip("#"))] + " Called otherwise " + "x" * (place % 7)
        )
        for kind, share in (("retitle and reword 10%", 0.1), ("retitle and reword 20%", 0.2)):
            changed = (draft, [head, *reworded(lines, share, rng)[1:]])
            yield kind, [*pieces[:place], changed, *pieces[place + 1 :]]


def stability(rng):
    """Kind of edit to how many of how many procedures kept their id, by each way of telling them."""
    counts = {}
    for path in corpus_files((".md",)):
        text = text_of(path)
        drafts, pieces = (
            blocks(text) if path.name != "SKILL.md" and "commands" not in path.parts else ((), None)
        )
        if not pieces or len(drafts) < 2 or len({draft.title for draft in drafts}) < len(drafts):
            continue
        locked = lock_of(text)
        old = {
            marked(one.draft): (one.name, at, one.draft) for at, one in enumerate(names_by_draft(text, {}))
        }
        for kind, edited in edits(pieces, rng):
            after = names_by_draft(joined(edited), locked)
            bare = names_by_draft(joined(edited), {})
            order = [draft for draft, lines in edited if draft or lines == NEW.split("\n")]
            if len(order) != len(after):
                continue  # the edit changed what is a procedure
            for at, draft in enumerate(order):
                if draft is None:
                    continue
                name, place, before = old[marked(draft)]
                row = counts.setdefault(kind, [0, 0, 0, 0, 0])
                row[0] += 1
                row[1] += place == at
                row[2] += bare[at].name == name
                row[3] += slug(after[at].draft.title) == slug(before.title)
                row[4] += after[at].name == name
    return counts


def marked(draft):
    return draft.line


def mutations(number):
    """Seconds of the slowest of so many texts."""
    slowest = [0.0]

    @settings(
        max_examples=number, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), derandomize=True,
    )  # fmt: skip
    @given(TEXTS)
    def read(text):
        began = time.perf_counter()
        check(text)
        slowest[0] = max(slowest[0], time.perf_counter() - began)

    read()
    return slowest[0]


def main() -> int:
    """Print both tables; 1 when an id was lost or a text took too long."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutations", type=int, default=10_000)
    number, lost = parser.parse_args().mutations, 0
    if CORPUS.is_dir():
        print(
            f"{'edit':<24} {'n':>5} {'position':>9} {'number':>7} {'title':>6} {'lock':>6}   (kept their id)"
        )
        for kind, (total, *kept) in sorted(stability(random.Random(7)).items()):
            shares = [f"{count / total:.0%}" for count in kept]
            print(f"{kind:<24} {total:>5} {shares[0]:>9} {shares[1]:>7} {shares[2]:>6} {shares[3]:>6}")
            lost += total - kept[-1]
            claim(
                f"ids kept after: {kind}",
                kept[-1] / total,
                "%",
                peer="by title",
                theirs=kept[2] / total,
                limit="all",
            )
    else:
        print("left out: the public instruction files are not here")
    slowest = mutations(number)
    print(f"\n{number} mutated texts read, none crashed; the slowest took {slowest:.2f} s")
    return int(lost > 0 or slowest > LONGEST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
