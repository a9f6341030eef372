"""The shape of a command line: what it is, without the values that may be secret.

``mysql -u root -phunter2 --host=db`` becomes ``mysql -u <4> -p<7> --host=<2>``: the program, the names
of options, and how long each value is. Patterns alone do not find every secret (a list of fifteen
usual ones leaked five), so what is not known to be harmless is not written down at all.
"""

from __future__ import annotations

import re

_LONGEST_SHAPE = 400
_PROGRAM = re.compile(r"[A-Za-z0-9._+@:-]{1,64}")
_LONG_OPTION = re.compile(r"--[A-Za-z][A-Za-z0-9_.-]{0,39}")
_OPTION_VALUE = re.compile(r"(--[A-Za-z][A-Za-z0-9_.-]{0,39})=(.*)", re.DOTALL)
_WHOLE_WORDS = frozenset(
    "-jar -cp -classpath -server -name -type -exec -config -conf -log -daemon -foreground".split()
)
_INTERPRETERS = re.compile(r"(python|pypy|perl|ruby|node|nodejs|php|bash|sh|dash|zsh|java|deno|bun)[0-9.]*")
_SCRIPT = re.compile(r"[A-Za-z0-9._+-]{1,64}\.(?:py|pl|rb|js|mjs|ts|php|sh|jar)")
_MODULE = re.compile(r"[a-z_][a-z0-9_.]{0,63}")


def argv_shape(argv: list[str]) -> str:
    """The shape of a command line; empty for a process that has none.

    Of an interpreter the script's name is kept too, for it says what runs.
    """
    if not argv or not argv[0]:
        return ""
    first, _, title = argv[0].partition(" ")  # a process may have written a title over its argv
    program = first.rsplit("/", 1)[-1].rstrip(":")
    shown = [program if _PROGRAM.fullmatch(program) else f"<{len(first)}>"]
    if title:
        shown.append(f"<{len(title)}>")
    interpreter, total = bool(_INTERPRETERS.fullmatch(program)), len(shown[0])
    for index, word in enumerate(argv[1:], 1):
        if not word and title:
            break  # what overwriting a title leaves
        part = _part(word, after=argv[index - 1], interpreter=interpreter)
        interpreter = interpreter and word.startswith("-") and word not in ("-c", "-e")
        total += len(part) + 1
        if total > _LONGEST_SHAPE:
            shown.append(f"(+{len(argv) - index} more)")
            break
        shown.append(part)
    return " ".join(shown)


def _part(word: str, *, after: str, interpreter: bool) -> str:
    """One argument; ``interpreter`` while the script of one may still come."""
    if word == "--" or word in _WHOLE_WORDS or _LONG_OPTION.fullmatch(word):
        return word
    if with_value := _OPTION_VALUE.fullmatch(word):
        return f"{with_value[1]}=<{len(with_value[2])}>"
    if word[:1] == "-" and word[1:2].isascii() and word[1:2].isalpha():
        return word[:2] if len(word) == 2 else f"{word[:2]}<{len(word) - 2}>"
    if interpreter and after == "-m" and _MODULE.fullmatch(word):
        return word
    if interpreter and after not in ("-c", "-e"):
        name = word.rsplit("/", 1)[-1]
        if _SCRIPT.fullmatch(name):
            return name
    return f"<{len(word)}>"
