"""The tables of commands and shared options, and the help that is made of them.

``codesentinel --help`` reads this file and imports none of the commands, and no argument parser either.
"""

from __future__ import annotations

COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("up", "run the monitoring stack and say what needs attention", "stack"),
    ("down", "stop the stack of this workspace", "stack"),
    ("status", "show what runs, where, and since when", "stack"),
    ("doctor", "check the set-up and say how to mend it", "doctor"),
    ("review", "list what needs attention now, most urgent first", "review"),
    ("alerts", "write the alert rules and routing that users deploy", "alerts"),
    ("metrics", "serve codesentinel's own metrics, refill the long history", "metrics"),
)
"""A word, what it does, and the file that knows its options."""

GLOBAL_OPTIONS: tuple[tuple[str, str, str], ...] = (
    ("--json", "", "print one JSON document"),
    ("--workspace", "DIR", "workspace root (default: found from here)"),
    ("--config", "FILE", "settings file instead of codesentinel.toml"),
    ("--quiet", "", "no progress on standard error"),
    ("--debug", "", "show tracebacks"),
    ("--no-color", "", "no colour in a terminal"),
)
"""Name, metavar of its value (empty for a flag), and meaning; allowed before and after a command."""

EXAMPLES = ("codesentinel up", "codesentinel review --since 24h", "codesentinel COMMAND --help")


def split_command(words: list[str]) -> tuple[str | None, list[str]]:
    """The first word that is no option or its value, and all the other words in their order."""
    valued = {name for name, metavar, _ in GLOBAL_OPTIONS if metavar}
    skip = False
    for index, word in enumerate(words):
        if skip or word.startswith("-"):
            skip = word in valued and not skip
            continue
        return word, words[:index] + words[index + 1 :]
    return None, words


def help_text() -> str:
    """What ``codesentinel --help`` prints."""
    commands = [(name, summary) for name, summary, _ in COMMANDS]
    options = [
        ("-h, --help", "show this and exit"),
        ("--version", "show the version and exit"),
        *((f"{name} {metavar}".rstrip(), text) for name, metavar, text in GLOBAL_OPTIONS),
    ]
    return "\n".join(
        [
            "usage: codesentinel COMMAND [options]",
            "",
            "Measures what acts on this system and says what needs attention.",
            "",
            "commands:",
            *(f"  {name:<17} {text}" for name, text in commands),
            "",
            "options, before or after the command:",
            *(f"  {name:<17} {text}" for name, text in options),
            "",
            "examples:",
            *(f"  {line}" for line in EXAMPLES),
        ]
    )
