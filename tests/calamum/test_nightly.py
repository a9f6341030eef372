"""What a nightly job does: the examples of one, and comparing with the night before."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
import yaml

from codesentinel.cli.calamum import main
from codesentinel.model.attack import AttackRun, CaseResult
from codesentinel.model.errors import NoData
from codesentinel.operations.calamum import compare
from codesentinel.operations.calamum_record import record

CI = Path(__file__).parents[2] / "infrastructure" / "ci"


def run(name, **outcomes):
    cases = tuple(
        CaseResult("web", case, "It holds", outcome, seed=number)
        for number, (case, outcome) in enumerate(outcomes.items())
    )
    return AttackRun(name, 7, "0.1", "2026-11-24T10:00:00+00:00", ("web",), cases, {})


def test_the_first_night_has_none_to_compare_with(context):
    first = run("r1", a="held")
    record(context, first)
    assert compare(context, run="last", now=first) == ()
    with pytest.raises(NoData):
        compare(context, run="r0", now=first)


def test_regressions_stand_first_and_last_is_the_run_before_this_one(context):
    record(context, run("r1", a="failed", b="failed", c="held"))
    record(context, run("r2", a="failed", b="held", c="held"))
    now = run("r3", a="held", b="failed", c="held", d="held")
    record(context, now)
    changes = compare(context, run="last", now=now)
    assert [(one.name, one.before, one.now, one.is_regression) for one in changes] == [
        ("web/b", "held", "failed", True),
        ("web/a", "failed", "held", False),
        ("web/d", "not played", "held", False),
    ]
    assert [one.name for one in compare(context, run="r1", now=now)] == ["web/a", "web/d"]


@pytest.mark.parametrize(("name", "steps"), [("github-calamum.yml", 1), ("gitlab-calamum.yml", 1)])
def test_the_examples_of_a_nightly_job_call_what_there_is(name, steps, tmp_path, monkeypatch, capsys):
    document = yaml.safe_load((CI / name).read_text())
    lines = [one for one in _texts(document) if "calamum test" in one]
    assert len(lines) == steps
    words = shlex.split(lines[0][lines[0].index("calamum test") :])
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main([*words[1:], "--dry-run"]) == 3
    assert "skip" in capsys.readouterr().out
    reports = {word.rpartition(".")[2] for word in words if word.startswith("calamum.")}
    assert reports == {"md", "sarif", "xml", "json"}
    assert all((tmp_path / f"calamum.{suffix}").exists() for suffix in reports)
    told = json.dumps(document)
    assert "calamum.sarif" in told
    assert "calamum.xml" in told
    assert "calamum clean" in told


def _texts(found):
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for one in found.values() if isinstance(found, dict) else found:
            yield from _texts(one)
