"""What people and programs see: right, ASCII, and harmless."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from codesentinel.model.check import Check
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.report import Report, Source
from codesentinel.model.service import ServiceState, StackState
from codesentinel.render.ascii import escaped
from codesentinel.render.check_text import check_text
from codesentinel.render.document import envelope, error_envelope, plain
from codesentinel.render.markdown import literal, review_markdown
from codesentinel.render.review_text import review_text
from codesentinel.render.stack_text import stack_text

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>|`x`\n[OK] \x1b[31m**bold** [a](javascript:b) \u202e\ud800"


TARGETS = Source("alerts and targets", judged=True, checked=3)


def report(*findings, sources=(TARGETS,)):
    return Report(tuple(findings), sources, since=MOMENT, until=MOMENT)


def finding(severity=Severity.P1, summary="disk full", **more):
    return Finding(
        kind="k", subject="s", severity=severity, summary=summary, action="do it", source="test", **more
    )


def test_every_record_becomes_plain_json():
    @dataclass(frozen=True)
    class Record:
        a: int
        b: object

    class Row(NamedTuple):
        x: float

    given_value = {
        "r": Record(1, Row(math.nan)),
        "t": MOMENT,
        "e": Severity.P2,
        "n": np.array([1.5, np.inf]),
        3: (None, True),
    }
    assert plain(given_value) == {
        "r": {"a": 1, "b": {"x": None}},
        "t": "2026-01-02T03:04:05.000+00:00",
        "e": "P2",
        "n": [1.5, None],
        "3": [None, True],
    }


def test_the_envelope_names_its_schema_and_its_time():
    assert json.loads(envelope("review", {"a": 1}, 0.0)) == {
        "schema": "codesentinel/review/v1",
        "generated_at": "1970-01-01T00:00:00.000+00:00",
        "data": {"a": 1},
    }
    assert json.loads(error_envelope("k", "m", "h")) == {
        "schema": "codesentinel/error/v1",
        "error": {"kind": "k", "message": "m", "hint": "h"},
    }


def test_a_finding_has_the_fields_that_others_rely_on():
    assert plain(finding(confidence=0.9, since=MOMENT, evidence={"x": 1})) == {
        "id": "k:s",
        "kind": "k",
        "subject": "s",
        "severity": "P1",
        "summary": "disk full",
        "action": "do it",
        "evidence": {"x": 1},
        "confidence": 0.9,
        "from": "2026-01-02T03:04:05.000+00:00",
        "to": None,
        "source": "test",
    }


@given(st.text(alphabet=st.characters(codec=None)))
def test_escaped_text_is_printable_ascii_and_can_be_told_apart(text):
    safe = escaped(text)
    assert all(" " <= c <= "~" for c in safe)
    assert (escaped(text) == text) == (all(" " <= c <= "~" and c != "\\" for c in text))


def test_escaped_spells_out_and_cuts():
    assert escaped("a\x1b[0m\n\\\u00fc") == "a\\x1b[0m\\n\\\\\\xfc"
    assert escaped("abcdefgh", limit=5) == "ab..."


@given(st.text())
def test_literal_markdown_neither_formats_nor_executes(text):
    safe = literal(text)
    assert safe.isascii()
    for mark in "<>|`*_[]":
        assert all(safe[i - 1] == "\\" for i, c in enumerate(safe) if c == mark)


def test_hostile_findings_are_harmless_everywhere():
    hostile = report(finding(summary=HOSTILE, evidence={"description": HOSTILE, HOSTILE: 1}))
    for text in (review_text(hostile), review_markdown(hostile)):
        assert text.isascii()
        assert "\x1b" not in text
        assert "\n[OK]" not in text
    assert "<script>" not in review_markdown(hostile)


def test_a_review_for_the_terminal():
    partly = Source("capacity", judged=False, reason="4 minutes of history, 10 are needed")
    shown = review_text(
        report(
            finding(since=MOMENT, evidence={"description": "3 GB left"}),
            finding(Severity.INFO, "all well"),
            sources=(Source("alerts and targets", judged=True), partly),
        )
    )
    assert shown == (
        "P1   disk full (since 2026-01-02 03:04:05 UTC)\n"
        "     do: do it\n"
        "     description: 3 GB left\n"
        "info all well\n"
        "not judged: capacity: 4 minutes of history, 10 are needed\n"
        "1 P1, 0 P2, 1 for information; 1 of 2 sources judged"
    )


def test_a_review_that_could_judge_nothing_says_so_and_passes_nothing():
    nothing = report(sources=(Source("capacity", judged=False, reason="no answer"),))
    assert review_text(nothing).endswith("nothing could be judged")
    assert nothing.exit_status == 3
    assert report().exit_status == 0
    assert report(finding()).exit_status == 1
    assert report(finding(Severity.P2)).exit_status == 0


def test_a_review_as_markdown():
    text = review_markdown(report(finding(evidence={"left_bytes": 3})))
    assert text.startswith("# Review\n")
    assert "## P1: disk full" in text
    assert "- left\\_bytes: 3" in text
    assert "| alerts and targets | yes | 3 |  |" in text


def test_checks_show_their_mend():
    shown = check_text([Check("disk", "FAIL", "full", "free some"), Check("clock", "OK", "synchronised")])
    assert (
        shown == "FAIL disk   full\n            mend: free some\nOK   clock  synchronised\n2 checks, 1 failed"
    )


def test_the_stack_as_a_table():
    state = StackState(
        7,
        1,
        0.0,
        ready=True,
        port_offset=0,
        services=(
            ServiceState("prometheus", "ready", 8, 9090, "http://127.0.0.1:9090", 10.0),
            ServiceState("load", "waiting", restarts=2, last_exit="exit status 1"),
        ),
    )
    assert stack_text(state, 70.0) == (
        "ready: supervised by pid 7 for 1m 10s\n"
        "  prometheus  ready     http://127.0.0.1:9090   up 1m\n"
        "  load        waiting   -                       up -, restarted 2x (last: exit status 1)"
    )
