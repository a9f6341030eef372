"""The run inside its enclosure: plays the cases one by one, and tells of each on standard output.

Started by :mod:`codesentinel.calamum.session` as ``python -m codesentinel.calamum.inside``; reads its plan as
one JSON document from standard input.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from codesentinel.calamum.catalogue import experiments
from codesentinel.calamum.enclosure import settle_in
from codesentinel.calamum.program import Program
from codesentinel.calamum.runner import run_case
from codesentinel.calamum.subject import Subject
from codesentinel.calamum.tools import Tool
from codesentinel.model.attack import SKIPPED, CaseResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.calamum.experiment import Experiment

_DYING_SECONDS = 5.0


def main() -> None:
    """Play the plan; children that write to standard output must not reach the one who reads ours."""
    _tell.to = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    plan = json.loads(sys.stdin.read())
    settle_in(tuple(plan["namespaces"]))
    every = {(one.target, one.case): one for one in experiments([Path(p) for p in plan["folders"]])}
    end = time.monotonic() + plan["budget_seconds"]
    program = Program(plan["folder"], sources=plan["sources"])
    before = _snapshot(program)
    for part in plan["cases"]:
        experiment = _experiment(every, part)
        if time.monotonic() + experiment.budget_seconds > end:
            _tell("case", asdict(_no_time(experiment, part)))
            continue
        _tell("begins", {"case": f"{experiment.target}/{experiment.case}"})
        done = run_case(
            experiment,
            part["given"],
            plan["folder"],
            part["seed"],
            sources=plan["sources"],
            missing=plan["missing"],
            tools={name: Tool(**one) for name, one in plan["tools"].items()},
        )
        _tell("case", asdict(done))
        _collect()
    if "pid" in plan["namespaces"]:  # else others come and go there
        _tell("left", sorted(_left(program, before)))


def _experiment(every: Mapping[tuple[str, str], Experiment], part: Mapping[str, Any]) -> Experiment:
    experiment, of = every[part["target"], part["case"]], part.get("subject")
    if not of:
        return experiment
    of = Subject(**{**of, "identity": tuple(of["identity"]), "words": tuple(of["words"])})
    return replace(experiment, subject=of)


def _no_time(experiment: Experiment, part: Mapping[str, Any]) -> CaseResult:
    why = f"the budget has not the {experiment.budget_seconds:g} s that it may take"
    return CaseResult(
        experiment.subject.name if experiment.subject else experiment.target,
        experiment.case,
        experiment.title,
        SKIPPED,
        why,
        experiment.tags,
        seed=part["seed"],
    )


def _left(program: Program, before: set[str]) -> set[str]:
    """What is there now and was not before; what is just dying is waited for."""
    end = time.monotonic() + _DYING_SECONDS
    while (left := _snapshot(program) - before) and time.monotonic() < end:
        time.sleep(0.1)
        _collect()
    return left


def _collect() -> None:
    """Orphans come to us, the first process here, and the dead among them are to be collected."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _snapshot(program: Program) -> set[str]:
    """Handles of all processes that the program sees, but its own."""
    told = program.run(["memory", "process", "system", "--limit", "0", "--json"])
    data = (told["document"] or {}).get("data") or {}
    return {f"{one['name']} {one['handle']}" for one in data.get("processes", ()) if one["ppid"]} - _passing(
        data
    )


def _passing(data: dict[str, Any]) -> set[str]:
    """The child that is asking."""
    found = data.get("processes", ())
    newest = max((one["pid"] for one in found), default=0)
    return {f"{one['name']} {one['handle']}" for one in found if one["pid"] == newest}


class _Tell:
    """Writes a line for the one who started us."""

    to: TextIO = sys.stdout

    def __call__(self, kind: str, document: Any) -> None:
        self.to.write(json.dumps({kind: document}) + "\n")
        self.to.flush()


_tell = _Tell()


if __name__ == "__main__":
    main()
