"""What an answer has to be."""

from __future__ import annotations

import pytest

from codesentinel.calamum.tolerance import unmet

ANSWER = {
    "exit": 0,
    "ascii": True,
    "text": "one two",
    "document": {"data": {"findings": [{"kind": "a", "severity": "P1"}, {"kind": "b"}]}},
}


@pytest.mark.parametrize(
    "tolerance",
    [
        {"exit": 0, "ascii": True},
        {"exit": {"in": [0, 1]}},
        {"exit": {"min": 0, "max": 0}},
        {"exit": {"not": 1}},
        {"text": {"contains": "two", "lacks": "three", "regex": "^one"}},
        {"document.data.findings": {"size": 2}},
        {"document.data.findings": {"size": {"min": 1}}},
        {"document.data.findings.0.kind": "a"},
        {"document.data.findings": {"contains": {"severity": "P1"}}},
        {"document.data.findings": {"lacks": {"severity": "P2"}}},
    ],
    ids=str,
)
def test_met(tolerance):
    assert unmet(ANSWER, tolerance) == ""


@pytest.mark.parametrize(
    "tolerance",
    [
        {"exit": 1},
        {"exit": False},
        {"ascii": 1},
        {"exit": {"min": 1}},
        {"exit": {"not": 0}},
        {"nothing": {"not": 0}},
        {"nothing": {"lacks": "x"}},
        {"nothing": {"min": 0}},
        {"nothing": None},
        {"text": {"lacks": "two"}},
        {"text": {"regex": "two$x"}},
        {"document.data.findings": {"size": 3}},
        {"document.data.findings.7.kind": "a"},
        {"document.data.findings": {"contains": {"severity": "P2"}}},
    ],
    ids=str,
)
def test_not_met_and_why(tolerance):
    why = unmet(ANSWER, tolerance, "it")
    assert why.startswith("it")


def test_a_plain_value():
    assert unmet("x", "x") == ""
    assert unmet([], []) == ""
    assert "is 'y', not 'x'" in unmet("y", "x")
    assert len(unmet("y" * 9999, "x")) < 400
