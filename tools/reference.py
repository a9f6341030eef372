"""Write docs/reference/*.md from the code: commands, settings, operations, metrics, alerts.

Usage: python tools/reference.py [--check]
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from pathlib import Path

from codesentinel.cli.commands import COMMANDS, GROUPS, help_text
from codesentinel.cli.options import Parser, add_global_options
from codesentinel.config.check import declared
from codesentinel.config.settings import Between, OneOf, Secret, Settings
from codesentinel.mixin.rules import rule_files
from codesentinel.mixin.timing import PRODUCTION
from codesentinel.operations.registry import every_operation

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
HEADER = "<!-- Written by `make docs` from the code; edit the code instead. -->\n\n"
WIDTH = "100"


def main() -> int:
    """Write the pages; with --check, 1 when one differs."""
    os.environ["COLUMNS"] = WIDTH
    pages = {"commands": commands(), "settings": settings(), "operations": operations(), "alerts": alerts()}
    differing = []
    for name, text in pages.items():
        path = FOLDER / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != HEADER + text:
            differing.append(path.name)
            if "--check" not in sys.argv:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(HEADER + text, encoding="utf-8")
    print(f"{len(pages)} pages, {len(differing)} changed: {', '.join(differing) or 'none'}")
    return 1 if differing and "--check" in sys.argv else 0


def commands() -> str:
    """The help of every command."""
    parts = ["# Commands\n", f"```text\n{help_text()}\n```\n"]
    parts += [f"## {group}\n\n```text\n{help_text(group)}\n```\n" for group, _ in GROUPS]
    for name, _, file in COMMANDS:
        parser = Parser(prog=f"codesentinel {name}")
        importlib.import_module(f"codesentinel.cli.{file}").add_to(parser, name)
        add_global_options(parser)
        parts += [f"## {name}\n", f"```text\n{parser.format_help()}```\n"]
    return "\n".join(parts)


def settings() -> str:
    """A row for every setting."""
    defaults = Settings()
    lines = [
        "# Settings\n",
        "In `codesentinel.toml`, `[tool.codesentinel]` of `pyproject.toml`, or an environment variable.",
        "Seconds may be written as durations: `90s`, `5m`, `24h`, `7d`. Unknown settings are errors.\n",
        "| setting | environment | default | meaning |",
        "|---|---|---|---|",
    ]
    for name, annotation in declared().items():
        section, key = name.split(".")
        notes = annotation.__metadata__
        meaning = next(n for n in notes if isinstance(n, str) and n.endswith("."))
        for note in notes:
            if isinstance(note, Between):
                meaning += f" {note.low:g} to {note.high:g}."
            if isinstance(note, OneOf):
                meaning += f" One of {', '.join(note.words)}."
            if isinstance(note, Secret):
                meaning += " From the environment only."
        default = getattr(getattr(defaults, section), key)
        shown = str(default).lower() if isinstance(default, bool) else default
        variable = f"CODESENTINEL_{section}_{key}".upper()
        lines.append(f"| `{name}` | `{variable}` | {f'`{shown}`' if shown != '' else ''} | {meaning} |")
    return "\n".join(lines) + "\n"


def operations() -> str:
    """A row for every verb."""
    lines = ["# Operations\n", "| operation | effect | function | what it gives |", "|---|---|---|---|"]
    for module, verb in every_operation():
        first = (inspect.getdoc(verb) or "").splitlines()[0].replace("|", "\\|")
        lines.append(f"| `{verb.operation}` | {verb.effect.value} | `{module}.{verb.__name__}` | {first} |")
    return "\n".join(lines) + "\n"


def alerts() -> str:
    """A row for every alert, as it is deployed."""
    import yaml

    lines = ["# Alerts\n", "| alert | severity | for | what it says | runbook |", "|---|---|---|---|---|"]
    for text in rule_files(PRODUCTION, team="platform", runbook_base_url="../runbooks").values():
        for group in yaml.safe_load(text)["groups"]:
            for rule in group["rules"]:
                if "alert" in rule:
                    summary = rule["annotations"]["summary"].replace("|", "\\|")
                    page = f"[page]({rule['annotations']['runbook_url']})"
                    severity = rule["labels"]["severity"]
                    lines.append(f"| {rule['alert']} | {severity} | {rule['for']} | {summary} | {page} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
