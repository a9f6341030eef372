"""The run inside its enclosure: plays one case after another, and tells of each on standard output.

Started by :mod:`codesentinel.calamum.lane` as ``python -m codesentinel.calamum.inside``; reads JSON documents
from standard input: first its settings, then case after case. When nothing more comes it looks at what the
cases left, as it looked at what was there before, and ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
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
from codesentinel.model.attack import Looked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.calamum.experiment import Experiment

_DYING_SECONDS = 5.0


def main() -> None:
    """Play what comes; children shall neither read what is said to us nor write to the one who reads ours."""
    told, _tell.to = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    settings = json.loads(told.readline())
    settle_in(tuple(settings["namespaces"]))
    every = {(one.target, one.case): one for one in experiments([Path(p) for p in settings["folders"]])}
    program = Program(settings["folder"], sources=settings["sources"])
    before = _snapshot(program, "before")
    _tell("ready", True)
    for line in told:
        part = json.loads(line)
        done = run_case(
            _experiment(every, part),
            part["given"],
            settings["folder"],
            part["seed"],
            sources=settings["sources"],
            missing=settings["missing"],
            tools={name: Tool(**one) for name, one in settings["tools"].items()},
            seconds_left=part["seconds_left"],
        )
        _collect()
        _tell("case", asdict(done))
    after, left = _left(program, before)
    if "pid" not in settings["namespaces"]:
        left = []  # others come and go there
    _tell("looked", asdict(Looked(tuple(before), tuple(after), tuple(left))))


def _experiment(every: Mapping[tuple[str, str], Experiment], part: Mapping[str, Any]) -> Experiment:
    experiment, of = every[part["target"], part["case"]], part["subject"]
    if not of:
        return experiment
    of = Subject(**{**of, "identity": tuple(of["identity"]), "words": tuple(of["words"])})
    return replace(experiment, subject=of)


def _left(program: Program, before: list[str]) -> tuple[list[str], list[str]]:
    """The snapshot now, and who is in it and was not before; what is just dying is waited for."""
    end, known = time.monotonic() + _DYING_SECONDS, set(_names(before))
    while True:
        after = _snapshot(program, "after")
        left = sorted(set(_names(after)) - known)
        if not left or time.monotonic() > end:
            return after, left
        time.sleep(0.1)
        _collect()


def _collect() -> None:
    """Orphans come to us, the first process here, and the dead among them are to be collected."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _snapshot(program: Program, name: str) -> list[str]:
    """The lines of the program's own snapshot of all processes here, without the process that takes it."""
    path = os.path.join(program.workspace, f"{name}.jsonl")
    child = program.start(
        ["memory", "process", "snapshot", "--output", path, "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    child.wait()
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        os.unlink(path)
    except OSError:
        return []
    return [line for line in lines if json.loads(line)["pid"] != child.pid]


def _names(lines: list[str]) -> list[str]:
    found = (json.loads(line) for line in lines)
    return [f"{one['name']} {one['handle']}" for one in found]


class _Tell:
    """Writes a line for the one who started us."""

    to: TextIO = sys.stdout

    def __call__(self, kind: str, document: Any) -> None:
        self.to.write(json.dumps({kind: document}) + "\n")
        self.to.flush()


_tell = _Tell()


if __name__ == "__main__":
    main()
