"""Every scenario there is: those that come along, and those of a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.calamum.calls import CALLS
from codesentinel.calamum.read import read_experiment
from codesentinel.model.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.calamum.experiment import Experiment

ALL = "all"
OWN = Path(__file__).with_name("scenarios")


def experiments(folders: Sequence[Path]) -> tuple[Experiment, ...]:
    """All scenarios, ours first; a folder holds a folder for each target, and a YAML file for each case.

    Raises:
        ConfigurationError: every mistake of every file.
    """
    found: list[Experiment] = []
    problems: list[str] = []
    for folder in (OWN, *folders):
        for path in sorted(folder.glob("*/*.yaml")):
            try:
                found.append(read_experiment(path, path.parent.name, CALLS))
            except ConfigurationError as exc:
                problems += [f"{path.parent.name}/{path.name}: {one}" for one in exc.problems]
    if problems:
        raise ConfigurationError("the scenarios", problems, hint="docs/how-to/attack-it.md")
    return tuple(found)


def chosen(every: Sequence[Experiment], targets: Sequence[str]) -> tuple[Experiment, ...]:
    """The scenarios of these targets, or of ``target/case``; ``all`` means every one.

    Raises:
        UsageError: a target that there is not.
    """
    known = {one.target for one in every} | {f"{one.target}/{one.case}" for one in every}
    for target in targets:
        if target != ALL and target not in known:
            names = ", ".join(sorted({one.target for one in every}))
            raise UsageError(f"no such target: {target}", hint=f"{names}, or all; see `calamum list`")
    wanted = set(targets)
    return tuple(one for one in every if ALL in wanted or {one.target, f"{one.target}/{one.case}"} & wanted)
