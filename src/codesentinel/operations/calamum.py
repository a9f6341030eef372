"""``calamum``: attack the installed program, and keep evidence of what held."""

from __future__ import annotations

import os
import secrets
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel import __version__
from codesentinel.act.provision import write_text
from codesentinel.calamum.catalogue import ALL, chosen, experiments
from codesentinel.calamum.leavings import remove
from codesentinel.calamum.session import Session
from codesentinel.calamum.subject import WHOLE, is_subject
from codesentinel.model.attack import AttackRun, Change
from codesentinel.model.errors import NoData, UsageError
from codesentinel.model.timestamp import rfc3339
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.calamum_record import SESSIONS, keep_snapshots, record, versions
from codesentinel.operations.calamum_tools import tools_for
from codesentinel.render import attack_exchange, attack_report
from codesentinel.render.document import envelope
from codesentinel.store.reader import read_log

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FOLDER = "calamum"
LAST = "last"
"""Stands for the run before this one."""
BUDGET_SECONDS = 300.0
_SEED_BITS = 31


class Listed(NamedTuple):
    """A case that can be played."""

    target: str
    case: str
    title: str
    tags: tuple[str, ...]
    needs: tuple[str, ...]
    budget_seconds: float
    source: str


class Cleaned(NamedTuple):
    """What a run had left, and was ended or removed."""

    found: tuple[str, ...]


def _facts(done: AttackRun) -> dict[str, Any]:
    return {"run": done.run, "seed": done.seed, "targets": list(done.targets), **done.counts}


@operation("calamum.list")
def targets(context: Context) -> tuple[Listed, ...]:
    """The cases of every target, those of the project's folder ``calamum`` among them."""
    return tuple(
        Listed(
            WHOLE.get(one.target, one.target),
            one.case,
            one.title,
            one.tags,
            one.needs,
            one.budget_seconds,
            one.source,
        )
        for one in experiments(_folders(context))
    )


@operation("calamum.test", Effect.WRITE, action="run", metadata=_facts)
def attack(
    context: Context,
    *,
    target: Sequence[str] = (ALL,),
    seed: int | None = None,
    budget_seconds: float = BUDGET_SECONDS,
    repeat: int = 1,
    jobs: int = 0,
    dry_run: bool = False,
    sources: str = "",
) -> AttackRun:
    """Attack the installed program, and say which of its guards held.

    Args:
        context: where the record goes; the attacks have workspaces of their own.
        target: targets, or single cases as ``target/case``; ``pid:<PID>`` and ``cmd:<COMMAND>`` for a process
            of the user's.
        seed: chances are drawn from it; made up where none is given, and told.
        budget_seconds: no case begins that as a rule takes longer than what is left of it, and none goes on
            after it.
        repeat: how often each case is played.
        jobs: how many are played at once, each in an enclosure of its own; 0 for as many as there are
            processors. It is one where process ids cannot be ours alone.
        dry_run: say what would be played, and play nothing.
        sources: folder of another version of the package, to attack that instead of the installed one.

    Raises:
        UsageError: no such target.
        NoSuchProcess: the process is gone.
        ConfigurationError: what is wrong with the scenarios.
    """
    folders = _folders(context)
    every = chosen(experiments(folders), target)
    seed = secrets.randbits(_SEED_BITS) if seed is None else seed
    started = time.time()
    run = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(started))}-{secrets.token_hex(2)}"
    tools, missing = tools_for(context, () if dry_run else every)
    session = Session(
        run,
        every,
        folders=folders,
        seed=seed,
        budget_seconds=budget_seconds,
        repeat=repeat,
        jobs=jobs or os.cpu_count() or 1,
        sources=sources,
        tools=tools,
        missing=missing,
        tell=context.tell,
    )
    cases = tuple(session.planned() if dry_run else session.cases())
    done = AttackRun(
        run=run,
        seed=seed,
        version=__version__,
        started_at=rfc3339(started),
        targets=(
            *(one for one in target if not is_subject(one)),
            *dict.fromkeys(one.subject.name for one in every if one.subject),
        ),
        cases=cases,
        sandbox={
            "namespaces": list(session.around.namespaces),
            "missing": {**session.around.missing, **missing},
        },
        left_over=session.left_over,
        interrupted=session.interrupted,
        seconds=round(time.time() - started, 3),
        evidence=() if dry_run else keep_snapshots(context, run, session.looked),
        versions=versions(),
        files_modified=() if dry_run else (str(context.root / SESSIONS),),
    )
    if not dry_run:
        record(context, done)
    return done


@operation("calamum.clean", Effect.WRITE)
def clean(context: Context) -> Cleaned:  # noqa: ARG001 - every verb takes one
    """End what a run left that was itself ended by SIGKILL: processes that carry its mark, and folders."""
    return Cleaned(remove())


@operation("calamum.compare")
def compare(context: Context, *, run: str, now: AttackRun) -> tuple[Change, ...]:
    """What came out otherwise than in an earlier run; what held then and does not now stands first.

    ``run`` is its name, or ``last`` for the one before this; where there is none yet, nothing is to be told.

    Raises:
        NoData: that run is not on record.
    """
    runs: dict[str, dict[str, str]] = {}
    for read in read_log(context.root / SESSIONS):
        line = read.event or {}
        if "run" in line and line["run"] != now.run:
            runs.setdefault(line["run"], {})[f"{line['target']}/{line['case']}"] = line["outcome"]
    if run == LAST and not runs:
        context.tell("this is the first run on record; there is none to compare with")
        return ()
    before = runs.get(list(runs)[-1] if run == LAST else run, {})
    if not before:
        raise NoData(f"run {run} is not in {SESSIONS}", hint="each line there names its run")
    outcomes = {f"{case.target}/{case.case}": case.outcome for case in now.cases}
    changes = [
        Change(name, before.get(name, "not played"), outcome)
        for name, outcome in outcomes.items()
        if before.get(name) != outcome
    ]
    return tuple(sorted(changes, key=lambda one: not one.is_regression))


@operation("calamum.report", Effect.WRITE)
def save_report(context: Context, *, done: AttackRun, path: str, changes: Sequence[Change] = ()) -> str:
    """Write the report on a run, in the form that the suffix names: .md, .json, .xml, .sarif or .html.

    Raises:
        UsageError: the suffix names no form.
        Failed: it cannot be written.
    """
    suffix = path.rpartition(".")[2].lower()
    forms: dict[str, Callable[[], str]] = {
        "md": lambda: attack_report.attack_markdown(done, changes),
        "html": lambda: attack_report.attack_html(done, changes),
        "json": lambda: envelope("calamum.test", done, time.time()) + "\n",
        "xml": lambda: attack_exchange.attack_junit(done),
        "sarif": lambda: attack_exchange.attack_sarif(done),
    }
    if suffix not in forms:
        raise UsageError(f"no report is called {path}", hint=f"its suffix is one of {', '.join(forms)}")
    write_text(context.root / path, forms[suffix]())
    return context.relative(context.root / path)


def _folders(context: Context) -> list[Path]:
    own = context.root / FOLDER
    return [own] if own.is_dir() else []
