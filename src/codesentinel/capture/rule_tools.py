"""promtool and amtool: run once for each question, their answer taken as it is."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.errors import CouldNotJudge, NotInstalled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_LONGEST_SECONDS = 600.0


class Answer(NamedTuple):
    """What a tool said, on both its outputs, and whether it was content."""

    is_good: bool
    text: str


@dataclass(frozen=True, slots=True)
class RuleTools:
    """The programs; ``folder`` is where amtool has to be started, or None."""

    promtool: Path
    amtool: Path
    folder: Path | None = None

    def check_rules(self, file: Path) -> Answer:
        """Whether a file holds good rules, with every lint that promtool has."""
        return _run([str(self.promtool), "check", "rules", "--lint=all", "--lint-fatal", str(file)], None)

    def test_rules(self, file: Path) -> Answer:
        """Whether the unit tests in a file hold."""
        return _run([str(self.promtool), "test", "rules", str(file)], None)

    def check_routing(self, file: Path) -> Answer:
        """Whether a file is a good configuration of Alertmanager."""
        return _run([str(self.amtool), "check-config", str(file)], self.folder)

    def route(self, file: Path, labels: Mapping[str, str]) -> Answer:
        """Which receivers an alert with these labels reaches, separated by commas."""
        quoted = [f'{name}="{_escaped(value)}"' for name, value in labels.items()]
        words = ["config", "routes", "test", f"--config.file={file}", *quoted]
        return _run([str(self.amtool), *words], self.folder)


def _run(argv: Sequence[str], folder: Path | None) -> Answer:
    """Run a tool to its end.

    Raises:
        NotInstalled: it cannot be run.
        CouldNotJudge: it does not end.
    """
    try:
        done = subprocess.run(
            argv, cwd=folder, capture_output=True, text=True, check=False, timeout=_LONGEST_SECONDS
        )
    except OSError as exc:
        raise NotInstalled(f"{argv[0]} cannot be run: {exc.strerror}", hint="`codesentinel doctor`") from exc
    except subprocess.TimeoutExpired as exc:
        raise CouldNotJudge(f"{argv[0]} did not end within {_LONGEST_SECONDS:g} s") from exc
    return Answer(done.returncode == 0, f"{done.stdout}\n{done.stderr}".strip())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
