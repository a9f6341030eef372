"""Every verb leaves a record of its run, and none of it can hurt the verb."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from codesentinel.model.errors import NoData
from codesentinel.operations.base import Effect, open_context, operation


@operation("verb.act", Effect.WRITE, metadata=lambda result: {"size": len(result)})
def act(context, word: str = "", *, fail: BaseException | None = None, place: Path | None = None):
    """Act."""
    if fail:
        raise fail
    return word


@operation("verb.explain", action="explained", metadata=lambda result: {"size": result.size})
def explain(context):
    """Explain; what it hands back has no size."""
    return "no size"


@dataclass
class Written:
    files_modified: tuple[str | Path, ...]


@operation("verb.write", Effect.WRITE)
def write(context, *files):
    """Write."""
    return Written(files)


def last(context):
    with open(context.memory.path("verb")) as file:
        return json.loads(file.readlines()[-1])


def test_a_run_is_recorded_with_start_duration_outcome_and_facts(context):
    assert act(context, word="abc") == "abc"
    event = last(context)
    facts = event["activity"]["metadata"]
    assert event["activity"]["action"] == "verb.act"
    assert event["success"] is True
    assert event["duration_ms"] >= 0
    assert facts["operation"] == "verb.act"
    assert facts["outcome"] == "ok"
    assert facts["size"] == 3
    assert facts["parameters"] == {"word": "abc"}
    assert facts["started_at"] <= event["timestamp"]


@pytest.mark.parametrize(
    ("fail", "outcome"),
    [(NoData("nothing"), "no_data"), (ValueError("x"), "error"), (KeyboardInterrupt(), "interrupted")],
)
def test_a_failure_is_recorded_with_its_type_and_goes_on(context, fail, outcome):
    with pytest.raises(type(fail)):
        act(context, fail=fail)
    facts = last(context)["activity"]["metadata"]
    assert (facts["outcome"], facts["error_type"]) == (outcome, type(fail).__name__)
    assert last(context)["success"] is False


def test_parameters_are_recorded_by_name_however_they_were_given(context):
    act(context, "abc", place=Path("x"))
    assert last(context)["activity"]["metadata"]["parameters"] == {"word": "abc", "place": "x"}
    with pytest.raises(NoData):
        act(context, fail=NoData("nothing"))
    assert last(context)["activity"]["metadata"]["parameters"] == {}


def test_files_are_recorded_relative_to_the_workspace(context):
    write(context, context.root / "a" / "b", "/elsewhere")
    event = last(context)
    assert event["files_modified"] == event["activity"]["files_modified"] == ["a/b", "/elsewhere"]


def test_an_action_may_have_a_name_of_its_own_and_a_run_without_facts_is_no_success(context):
    with pytest.raises(AttributeError):
        explain(context)
    event = last(context)
    assert event["activity"]["action"] == "explained"
    assert event["success"] is False
    assert event["activity"]["metadata"]["error_type"] == "AttributeError"


def test_progress_that_nobody_can_read_stops_no_work(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    told = open_context(str(tmp_path))
    with open(tmp_path / "closed", "w") as closed:
        pass
    for stream in (closed, None):
        monkeypatch.setattr(sys, "stderr", stream)
        told.tell("still at work")


def test_an_unwritable_log_does_not_fail_the_verb(context, capsys):
    (context.root / "docs").write_text("in the way")
    assert act(context, word="abc") == "abc"
    assert capsys.readouterr().err.startswith("warning: not recorded: ")


def test_a_verb_knows_its_name_and_effect():
    assert act.operation == "verb.act"
    assert act.effect is Effect.WRITE
    assert act.__doc__ == "Act."
