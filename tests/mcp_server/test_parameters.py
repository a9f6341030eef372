"""Signatures become schemas, and arguments become parameters."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from codesentinel.mcp_server.parameters import parameters_of, read_arguments, schema_of
from codesentinel.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def verb(
    context: object,
    name: str,
    *,
    limit: int = 20,
    ratio: float = 0.5,
    since: float | None = None,
    span_seconds: float = 60.0,
    domains: Sequence[str] = (),
    strict: bool = False,
    path: str = "",
    progress: Callable[[int], None] | None = None,
) -> None: ...


PARAMETERS = parameters_of(verb, without=frozenset(("path",)))


def test_what_json_can_say_is_offered_and_the_rest_left_to_its_default():
    assert [one.name for one in PARAMETERS] == [
        "name",
        "limit",
        "ratio",
        "since",
        "span_seconds",
        "domains",
        "strict",
    ]
    schema = schema_of(PARAMETERS)
    assert schema["required"] == ["name"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["limit"] == {"type": "integer", "default": 20}
    assert schema["properties"]["domains"] == {"type": "array", "items": {"type": "string"}}
    assert schema["properties"]["since"]["type"] == ["number", "string"]


def test_a_needed_parameter_that_json_cannot_say_is_no_tool():
    def picture(context: object, *, on_picture: Callable[[int], None]) -> None: ...

    assert parameters_of(picture, without=frozenset()) is None


def test_durations_and_moments_may_be_written_as_people_write_them():
    read = read_arguments(PARAMETERS, {"name": "a", "span_seconds": "24h", "since": "5m", "limit": 3})
    assert read["span_seconds"] == 86400
    assert abs(time.time() - 300 - read["since"]) < 60
    assert read_arguments(PARAMETERS, {"name": "a", "since": 12.5})["since"] == 12.5
    assert (
        read_arguments(PARAMETERS, {"name": "a", "since": "2026-11-24T10:00:00+00:00"})["since"] == 1795514400
    )


def test_a_process_id_may_stand_for_its_handle():
    assert read_arguments(PARAMETERS, {"name": 4711}) == {"name": "4711"}


def test_what_is_left_open_has_its_default():
    assert read_arguments(PARAMETERS, {"name": "a", "since": None}) == {"name": "a"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "name is missing"),
        ({"name": "a", "limt": 3}, "limt is unknown, did you mean limit?"),
        ({"name": "a", "limit": "many"}, "limit: 'many' is no integer"),
        ({"name": "a", "limit": True}, "limit: True is no integer"),
        ({"name": "a", "limit": 1.5}, "limit: 1.5 is no integer"),
        ({"name": "a", "strict": "yes"}, "strict: 'yes' is no boolean"),
        ({"name": "a", "domains": ["x", 1]}, "domains: is no list of strings"),
        ({"name": "a", "span_seconds": "soon"}, "span_seconds: 'soon' is not a duration"),
        ({"name": "a", "since": "yesterday"}, "since: 'yesterday' is neither"),
        ({"name": None}, "name: None is no string"),
    ],
)
def test_wrong_arguments_are_told(given, said):
    with pytest.raises(UsageError, match=".*".join([said.replace("?", r"\?").replace(".", r"\.")])):
        read_arguments(PARAMETERS, given)


def test_all_mistakes_are_told_together():
    with pytest.raises(UsageError) as told:
        read_arguments(PARAMETERS, {"limit": "x", "foo": 1})
    assert "name is missing" in told.value.message
    assert "foo is unknown" in told.value.message
    assert "limit" in told.value.message
