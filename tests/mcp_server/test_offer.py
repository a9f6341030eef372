"""Every verb is a tool, or it is said why not; agents read unless more is allowed, and never destroy."""

from __future__ import annotations

import inspect

import pytest

from codesentinel.mcp_server.call import call
from codesentinel.mcp_server.offer import NOT_TOOLS, REPORTING, WITHHELD, tools
from codesentinel.model.errors import ConfigurationError
from codesentinel.operations.base import Effect, operation
from codesentinel.operations.registry import every_operation

VERBS = {one.verb.operation: one.verb for one in every_operation()}
WRITING = sorted(
    name for name, verb in VERBS.items() if verb.effect is Effect.WRITE and name not in NOT_TOOLS
)


def offered(writes=""):
    return {tool.verb.operation: tool for tool in tools(writes)}


def test_every_reading_operation_is_a_tool_or_says_why_not():
    reading = {name for name, verb in VERBS.items() if verb.effect is Effect.READ}
    assert reading - offered().keys() <= NOT_TOOLS.keys()


def test_no_reason_is_given_for_what_is_not_there():
    assert NOT_TOOLS.keys() <= VERBS.keys()


@pytest.mark.parametrize("name", WRITING)
def test_every_writing_operation_is_a_tool_when_it_is_allowed(name):
    assert name in offered(name)


def test_only_reading_and_reporting_on_procedures_is_offered_unasked():
    writing = {name for name, tool in offered().items() if not tool.reads_only}
    assert writing <= REPORTING.keys()
    assert {"satellites.start", "satellites.finish"} <= writing


def test_what_destroys_is_never_offered():
    destroying = [name for name, verb in VERBS.items() if verb.effect is Effect.DESTRUCTIVE]
    assert "process.kill" in destroying
    for name in destroying:
        with pytest.raises(ConfigurationError, match="agents never may"):
            tools(name)


def test_all_mistakes_in_the_settings_are_told_together():
    with pytest.raises(ConfigurationError) as told:
        tools("process.kill deploy.recrod process.top")
    assert len(told.value.problems) == 3


def test_reading_tools_name_no_file_and_no_server():
    for tool in tools():
        if tool.reads_only:
            assert not {one.name for one in tool.parameters} & WITHHELD, tool.name


def test_a_name_in_the_settings_gives_all_parameters():
    assert "output" not in {one.name for one in offered()["trends.forecast"].parameters}
    assert "output" in {one.name for one in offered("trends.forecast")["trends.forecast"].parameters}


def test_names_fit_the_protocol_and_every_tool_is_described():
    names = [tool.name for tool in tools()]
    assert len(set(names)) == len(names)
    for tool in tools():
        assert tool.name.replace("_", "").isalnum()
        assert len(tool.name) <= 64
        assert tool.description
        assert "Raises:" not in tool.description


def answering(record):
    @operation("probe.answer")
    def answer(context) -> object:
        """Answer."""
        if isinstance(record, Exception):
            raise record
        return record

    (tool,) = (t for t in tools() if t.name == "review")
    return tool._replace(verb=answer, parameters=())


def test_a_defect_is_an_answer_and_no_end(context):
    answer = call(context, answering(ValueError("odd")), {})
    assert answer.failed
    assert answer.document["error"]["message"] == "ValueError: odd"


def test_an_answer_that_would_bury_its_reader_is_not_given(context):
    answer = call(context, answering(["x" * 1000] * 1000), {})
    assert answer.failed
    assert answer.document["error"]["kind"] == "too_long"


def test_wrong_arguments_are_an_answer(context):
    answer = call(context, answering([]), {"what": 1})
    assert answer.failed
    assert answer.document["error"]["kind"] == "usage"


def test_the_registry_finds_each_verb_once():
    every = [one.verb.operation for one in every_operation()]
    assert len(every) == len(set(every))
    assert all(inspect.unwrap(one.verb).__module__ == one.module for one in every_operation())
