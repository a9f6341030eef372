"""``satellites health`` as people and scripts run it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from codesentinel.cli.main import main
from logs import log_of
from procedure_events import put_all, runs_of, said, started


@pytest.fixture
def workspace(tmp_path):
    put_all(tmp_path, runs_of(100, 10, prefix="a"))
    put_all(tmp_path, runs_of(60, 24, aborted=6, prefix="b", version="v2"))
    put_all(tmp_path, [said(version="v2", clarity=2, usefulness=4), started("c", version="v2")])
    return tmp_path


def document(capsys, *words):
    status = main([*words, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_the_document_is_what_scripts_were_promised(workspace, capsys):
    status, found = document(capsys, "satellites", "health", "--workspace", str(workspace))
    assert (status, found["schema"]) == (0, "codesentinel/satellites.health/v1")
    new, old = found["data"]["procedures"]
    assert (new["id"], new["version"], new["runs"], new["failures"]) == ("github/PROC-1", "v2", 61, 24)
    assert new["aborted"] == 7, "six that said so, and one that never ended"
    assert new["failure_ratio"]["estimate"] == pytest.approx(24 / 61)
    assert set(new["failure_ratio"]) == {"estimate", "lower", "upper"}
    assert (new["duration_seconds"]["median"], old["duration_seconds"]["p95"]) == (60.0, 60.0)
    assert new["duration_seconds"]["p95"] is None, "a tenth was given up: nobody knows"
    assert (new["feedback"]["clarity"], new["feedback"]["usefulness"], new["feedback"]["n"]) == (2, 4, 1)
    assert new["edit_effect"]["verdict"] == "worse"
    assert new["edit_effect"]["e_value"] > 20
    assert set(new["status_sources"]) == {"declared", "inferred"}
    assert old["edit_effect"] is None
    kinds = [one["kind"] for one in found["data"]["findings"]]
    assert kinds == ["procedure.failing", "procedure.worsened"]


def test_the_text_says_the_same(workspace, capsys):
    assert main(["satellites", "health", "--workspace", str(workspace)]) == 0
    text = capsys.readouterr().out
    assert text.isascii()
    assert "worse: failed 10 of 100 before, 24 of 54 after" in text
    assert "39.3% (28.1%..51.9%)" in text
    assert "declared 98%, inferred 2%" in text


def test_what_is_chosen_is_shown_and_nothing_there_is_said(workspace, capsys):
    where = ("--workspace", str(workspace))
    put_all(workspace, runs_of(5, 0, procedure="docs/PROC-1", agent="codex", prefix="d"))
    _, found = document(capsys, "satellites", "health", "--procedure", "docs", *where)
    assert [one["id"] for one in found["data"]["procedures"]] == ["docs/PROC-1"]
    _, found = document(capsys, "satellites", "health", "--agent", "codex", *where)
    assert [one["id"] for one in found["data"]["procedures"]] == ["docs/PROC-1"]
    status, found = document(capsys, "satellites", "health", "--procedure", "no/PROC-1", *where)
    assert (status, found["error"]["kind"]) == (3, "no_data")
    status, found = document(capsys, "satellites", "health", "--since", "2999-01-01T00:00:00+00:00", *where)
    assert (status, found["error"]["kind"]) == (2, "usage")


def test_an_empty_workspace_cannot_be_judged(tmp_path, capsys):
    status, found = document(capsys, "satellites", "health", "--workspace", str(tmp_path))
    assert status == 3
    assert "satellites start" in found["error"]["hint"]


def test_foreign_text_is_harmless(tmp_path, capsys):
    put_all(tmp_path, runs_of(3, 1, procedure="evil/\x1b[31mPROC", version="\u202e"))
    assert main(["satellites", "health", "--workspace", str(tmp_path)]) == 0
    assert "\\x1b[31mPROC" in capsys.readouterr().out


def test_health_imports_neither_scipy_nor_statsmodels(workspace):
    """They take seconds; what they would do is little, and tested against them."""
    script = (
        "import sys; from codesentinel.cli.main import main; main(sys.argv[1:]);"
        "assert not {'scipy', 'statsmodels', 'pandas'} & set(sys.modules)"
    )
    words = ["satellites", "health", "--workspace", str(workspace)]
    subprocess.run([sys.executable, "-c", script, *words], check=True, capture_output=True)


def test_the_review_asks_where_procedures_ran(workspace, capsys):
    where = ("--workspace", str(workspace))
    _, found = document(capsys, "review", *where)
    source = next(one for one in found["data"]["sources"] if one["name"] == "procedures")
    assert source["judged"] or "no run" in source["reason"]
    log_of(workspace, "satellites").unlink()
    _, found = document(capsys, "review", *where)
    assert not [one for one in found["data"]["sources"] if one["name"] == "procedures"]
