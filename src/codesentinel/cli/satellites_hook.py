"""``codesentinel satellites hook``: never fails, never waits, says nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """Whose hook it is. Only the help is made by this: the command itself does without a parser."""
    from codesentinel.cli.options import examples

    parser.description = (
        "Read one JSON document of a hook of Claude Code, Codex CLI or Gemini CLI, and log the skill that\n"
        "was loaded or the session that ended. Whatever comes, the exit status is 0 and nothing is printed."
    )
    parser.add_argument("--agent", default="", metavar="NAME", help="claude, codex or gemini")
    parser.epilog = examples(
        "codesentinel satellites install-hooks --agent claude",
        "codesentinel satellites hook --agent claude < payload.json",
    )
    parser.set_defaults(run=_hook)


def _hook(_: Context, __: argparse.Namespace) -> None:
    """What never_fail does; here for a caller that parses the words itself."""
    never_fail([])


def never_fail(words: list[str]) -> int:
    """Log what stands on standard input; 0 in every case, for an agent would be blocked by another status."""
    try:
        from codesentinel.operations.satellites.hook import take_hook

        take_hook(0, workspace=_value(words, "--workspace"), vendor=_value(words, "--agent"))
    except BaseException:  # noqa: BLE001 - also an interruption: nothing of ours may stop an agent
        return 0
    return 0


def _value(words: list[str], option: str) -> str:
    for at, word in enumerate(words):
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
        if word == option:
            return words[at + 1] if at + 1 < len(words) else ""
    return ""
