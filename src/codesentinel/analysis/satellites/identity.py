"""Which procedure of an edited file is which of those that had an id before.

By explicit id, then by title, then by the likeness of texts. What is left of the file is new, and gets the
number that its heading shows, if nobody ever had it, or the next one; what is left of the lock is retired,
and its id is never given again, unless the same procedure comes back.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.satellites import Draft, Locked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_SKETCHED = 96
_LIKE = 0.3
"""The share of word pairs that two texts have in common from which on they are the same procedure: one that
lost a fifth of its words keeps half, two procedures of one file rarely share a tenth."""
_SAME_NUMBER, _SAME_STEPS = 0.1, 0.2
_PREFIX = "PROC-"


class Identified(NamedTuple):
    """A draft with its name. ``known`` says whether the lock had it."""

    draft: Draft
    name: str
    known: bool


def identify(drafts: Sequence[Draft], locked: Mapping[str, Locked]) -> tuple[Identified, ...]:
    """Each draft with the name that it keeps or gets; no name twice."""
    names: dict[int, str] = {}
    for index, draft in enumerate(drafts):
        name = f"{_PREFIX}{draft.number}"
        if draft.rule == "explicit" and name not in names.values():
            names[index] = name
    live = {name: one for name, one in locked.items() if not one.retired}
    _match(drafts, live, names, _by_title)
    _match(drafts, live, names, _by_text)
    _match(drafts, {n: one for n, one in locked.items() if one.retired}, names, _come_back)
    _number(drafts, locked, names)
    return tuple(
        Identified(one, names[i], _is_known(one, locked.get(names[i]))) for i, one in enumerate(drafts)
    )


def locked_from(draft: Draft) -> Locked:
    """What the lock remembers of a procedure."""
    return Locked(draft.title, draft.version, draft.steps_version, sketch(draft.text))


def slug(title: str) -> str:
    """A title as it is matched: words alone, in lower case."""
    return "-".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", title).lower()))


@functools.lru_cache(maxsize=512)
def sketch(text: str) -> tuple[int, ...]:
    """The least hashes of a text's pairs of words (Broder 1997): few numbers that stand for all."""
    words = re.findall(r"[^\W_]+", text.lower())
    pairs = {f"{one} {other}" for one, other in pairwise(words)} or set(words)
    hashes = {
        int.from_bytes(hashlib.blake2b(pair.encode("utf-8", "replace"), digest_size=4).digest(), "big")
        for pair in pairs
    }
    return tuple(sorted(hashes)[:_SKETCHED])


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """The share of word pairs that two texts have in common, from their sketches (Jaccard's index)."""
    mine, theirs = set(one), set(other)
    least = sorted(mine | theirs)[:_SKETCHED]
    return len([h for h in least if h in mine and h in theirs]) / len(least) if least else 0.0


def _match(
    drafts: Sequence[Draft],
    locked: Mapping[str, Locked],
    names: dict[int, str],
    score: Callable[[Draft, str, Locked], float],
) -> None:
    """Pair what fits best first; what fits not at all stays alone."""
    free = [index for index in range(len(drafts)) if index not in names]
    left = {name: one for name, one in locked.items() if name not in names.values()}
    pairs = [(score(drafts[i], name, one), i, name) for i in free for name, one in left.items()]
    for value, place, name in sorted(pairs, key=lambda pair: (-pair[0], pair[1], _number_of(pair[2]))):
        if value > 0 and place not in names and name in left:
            names[place] = name
            del left[name]


def _by_title(draft: Draft, name: str, locked: Locked) -> float:
    if draft.rule == "whole":
        return 1.0  # the file is the procedure, whatever it is called
    if slug(draft.title) != slug(locked.title):
        return 0.0
    same = draft.version == locked.version
    return 1.0 + same + _SAME_NUMBER * (name == f"{_PREFIX}{draft.number}")


def _by_text(draft: Draft, name: str, locked: Locked) -> float:
    value = likeness(sketch(draft.text), locked.sketch)
    value += _SAME_STEPS if draft.steps and draft.steps_version == locked.steps_version else 0.0
    value += _SAME_NUMBER if name == f"{_PREFIX}{draft.number}" and value > _SAME_NUMBER else 0.0
    return value if value >= _LIKE else 0.0


def _come_back(draft: Draft, _: str, locked: Locked) -> float:
    if draft.version == locked.version:
        return 2.0
    same_title = slug(draft.title) == slug(locked.title)
    return 1.0 if same_title and likeness(sketch(draft.text), locked.sketch) >= 2 * _LIKE else 0.0


def _is_known(draft: Draft, locked: Locked | None) -> bool:
    """Whether the lock means this procedure; a retired id that was written before another one is not its."""
    return locked is not None and (not locked.retired or _come_back(draft, "", locked) > 0)


def _number(drafts: Sequence[Draft], locked: Mapping[str, Locked], names: dict[int, str]) -> None:
    """New names for what has none: the number that is shown, else the next that nobody had or shows."""
    used = {*locked, *names.values()}
    for index, draft in enumerate(drafts):
        name = f"{_PREFIX}{draft.number}"
        if index not in names and draft.number and name not in used:
            names[index] = name
            used.add(name)
    shown = {f"{_PREFIX}{draft.number}" for draft in drafts if draft.number}
    following = 1 + max((_number_of(name) for name in used | shown), default=0)
    for index in range(len(drafts)):
        if index not in names:
            names[index] = f"{_PREFIX}{following}"
            following += 1


def _number_of(name: str) -> int:
    digits = name.removeprefix(_PREFIX)
    return int(digits) if digits.isdecimal() else 0
