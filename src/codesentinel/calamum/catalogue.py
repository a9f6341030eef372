"""Every scenario there is: those that come along, and those of a project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.calamum.calls import CALLS
from codesentinel.calamum.read import read_experiment
from codesentinel.calamum.subject import KINDS, WHOLE, is_subject, subject
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
    """The scenarios of these targets, or of ``target/case``; ``all`` means every one but those of a subject.

    Raises:
        UsageError: a target that there is not, or that is not played beside the others.
        NoSuchProcess: a process that is gone.
    """
    subjects = [subject(target) for target in targets if is_subject(target)]
    wanted = {target for target in targets if not is_subject(target)}
    others = [one for one in every if one.target not in KINDS]
    asked = wanted | {f"{of.kind}/{case}" if case else of.kind for of, case in subjects}
    known = {ALL, *(one.target for one in every), *(f"{one.target}/{one.case}" for one in every)}
    bare = {target for target in wanted if target.partition("/")[0] in KINDS}
    for target in sorted((asked - known) | bare):
        names = ", ".join(sorted({one.target for one in others} | set(WHOLE.values())))
        raise UsageError(f"no such target: {target}", hint=f"{names}, or all; see `calamum list`")
    if "pid" in (kinds := {of.kind for of, _ in subjects}) and (wanted or len(kinds) > 1):
        raise UsageError(
            "pid: is played alone: it is watched on the machine itself, without namespaces",
            hint="give it a run of its own",
        )
    found = [one for one in others if ALL in wanted or {one.target, f"{one.target}/{one.case}"} & wanted]
    found += [
        replace(one, subject=of)
        for of, case in subjects
        for one in every
        if one.target == of.kind and case in ("", one.case)
    ]
    return tuple(found)
