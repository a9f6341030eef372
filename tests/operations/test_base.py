"""Every verb leaves a record of its run, and none of it can hurt the verb."""

from __future__ import annotations

import json

import pytest

from codesentinel.model.errors import NoData
from codesentinel.operations.base import Effect, operation


@operation("verb.act", Effect.WRITE, metadata=lambda result: {"size": len(result)})
def act(context, *, word: str = "", fail: BaseException | None = None):
    """Act."""
    if fail:
        raise fail
    return word


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


def test_an_unwritable_log_does_not_fail_the_verb(context, capsys):
    (context.root / "docs").write_text("in the way")
    assert act(context, word="abc") == "abc"
    assert capsys.readouterr().err.startswith("warning: not recorded: ")


def test_a_verb_knows_its_name_and_effect():
    assert act.operation == "verb.act"
    assert act.effect is Effect.WRITE
    assert act.__doc__ == "Act."
