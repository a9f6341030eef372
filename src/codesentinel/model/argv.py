"""The shape of a command line: what it is, without the values that may be secret.

``mysql -u root -phunter2 --host=db`` becomes ``mysql -u <4> -p<7> --host=<2>``: the program, the names
of options, and how long each value is. Patterns alone do not find every secret (a list of fifteen
usual ones leaked five), so what is not known to be harmless is not written down at all.
"""

from __future__ import annotations

_LONGEST_SHAPE = 400
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_DIGITS = "0123456789"
_NAME = _LETTERS | frozenset(
    f"{_DIGITS}._-"
)  # sets, for compiling patterns costs every command a millisecond
_PROGRAM = _NAME | frozenset("+@:")
_WHOLE_WORDS = frozenset(
    "-jar -cp -classpath -server -name -type -exec -config -conf -log -daemon -foreground".split()
)
_INTERPRETERS = frozenset("python pypy perl ruby node nodejs php bash sh dash zsh java deno bun".split())
_SCRIPTS = frozenset("py pl rb js mjs ts php sh jar".split())
_LONGEST_PROGRAM, _LONGEST_OPTION = 64, 40


def argv_shape(argv: list[str]) -> str:
    """The shape of a command line; empty for a process that has none.

    Of an interpreter the script's name is kept too, for it says what runs.
    """
    if not argv or not argv[0]:
        return ""
    first, _, title = argv[0].partition(" ")  # a process may have written a title over its argv
    program = first.rsplit("/", 1)[-1].rstrip(":")
    known = 0 < len(program) <= _LONGEST_PROGRAM and _PROGRAM.issuperset(program)
    shown = [program if known else f"<{len(first)}>"]
    if title:
        shown.append(f"<{len(title)}>")
    interpreter, total = program.rstrip(f"{_DIGITS}.") in _INTERPRETERS, len(shown[0])
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
    if word[:2] == "--":
        name, equals, value = word.partition("=")
        if word == "--" or _is_option(name):
            return f"{name}=<{len(value)}>" if equals else word
    elif word in _WHOLE_WORDS:
        return word
    elif word[:1] == "-" and word[1:2] in _LETTERS:
        return word[:2] if len(word) == 2 else f"{word[:2]}<{len(word) - 2}>"
    elif interpreter and after == "-m" and len(word) <= _LONGEST_PROGRAM and _NAME.issuperset(word):
        return word
    elif interpreter and after not in ("-c", "-e"):
        name = word.rsplit("/", 1)[-1]
        _, dot, suffix = name.rpartition(".")
        if dot and suffix in _SCRIPTS and len(name) <= _LONGEST_PROGRAM and _PROGRAM.issuperset(name):
            return name
    return f"<{len(word)}>"


def _is_option(name: str) -> bool:
    """Whether a word that begins with two dashes is the name of an option, and no value in disguise."""
    return name[2:3] in _LETTERS and len(name) <= _LONGEST_OPTION + 2 and _NAME.issuperset(name)
