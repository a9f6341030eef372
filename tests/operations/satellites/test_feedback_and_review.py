"""What agents say of procedures, and the review of a quarter that is made of it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from codesentinel.cli.main import main
from codesentinel.model.procedure_review import quarter_of, quarter_window
from codesentinel.model.timestamp import utc
from logs import event, log_of
from procedure_events import NOON, finished, put_all, runs_of, started
from unmeasured import UNMEASURED

PROCEDURES = """# Guide

## Common Procedures

### Procedure 1: Release

1. **Build**: run make.
2. **Tag**: use git.
3. **Push**: to main.

### Procedure 2: Roll back

1. **Find**: the last good one.
2. **Deploy**: it.
3. **Tell**: the others.
"""
QUARTER = quarter_of(NOON)


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "github").mkdir()
    (tmp_path / "github" / "AGENT_INSTRUCTIONS.md").write_text(PROCEDURES)
    return tmp_path


def run(capsys, root, *words):
    status = main(["satellites", *words, "--workspace", str(root), "--json"])
    return status, json.loads(capsys.readouterr().out)


def events(root):
    return [json.loads(line) for line in log_of(root, "satellites").read_text().splitlines()]


def test_feedback_is_one_event_with_the_version_that_was_followed(workspace, capsys):
    _, begun = run(capsys, workspace, "start", "github/PROC-1")
    _, shown = run(capsys, workspace, "show", "github/PROC-1")
    status, said = run(
        capsys,
        workspace,
        "feedback",
        "github/PROC-1",
        "--clarity",
        "2",
        "--usefulness",
        "4",
        "--comment",
        "which branch?",
    )
    assert (status, said["schema"]) == (0, "codesentinel/satellites.feedback/v1")
    assert said["data"]["version"] == shown["data"]["version"]
    (told,) = [one for one in events(workspace) if one["activity"]["action"] == "procedure-feedback"]
    facts = told["activity"]["metadata"]
    assert (
        facts.items()
        >= {
            "satellite": "github",
            "procedure": "github/PROC-1",
            "version": shown["data"]["version"],
            "run_id": None,
            "clarity": 2,
            "usefulness": 4,
            "comment": "which branch?",
        }.items()
    )
    identity = begun["data"]["run_id"]
    _, said = run(capsys, workspace, "feedback", "--run", identity, "--clarity", "5")
    assert (said["data"]["procedure"], said["data"]["run_id"]) == ("github/PROC-1", identity)
    _, found = run(capsys, workspace, "health")
    (one,) = found["data"]["procedures"]
    assert (one["feedback"]["clarity"], one["feedback"]["usefulness"], one["feedback"]["n"]) == (3.5, 4.0, 2)
    assert one["feedback"]["clarity_counts"] == [0, 1, 0, 0, 1]


def test_a_title_will_do_and_an_id_of_another_workspace(workspace, capsys):
    _, said = run(capsys, workspace, "feedback", "Roll back", "--usefulness", "5")
    assert (said["data"]["procedure"], bool(said["data"]["version"])) == ("github/PROC-2", True)
    _, said = run(capsys, workspace, "feedback", "docs/PROC-9", "--clarity", "1")
    assert (said["data"]["procedure"], said["data"]["version"]) == ("docs/PROC-9", "")


def test_secrets_in_comments_are_in_no_event(workspace, capsys):
    comment = "it failed with password=hunter22 " + "long " * 2000
    _, said = run(capsys, workspace, "feedback", "github/PROC-1", "--comment", comment)
    assert len(said["data"]["comment"].encode()) <= 2048
    assert "hunter22" not in log_of(workspace, "satellites").read_text()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("github/PROC-1",), 2),
        (("github/PROC-1", "--clarity", "6"), 2),
        (("github/PROC-1", "--clarity", "0"), 2),
        (("github/PROC-1", "--comment", "  "), 2),
        (("no such thing", "--clarity", "3"), 3),
        (("--run", "none", "--clarity", "3"), 3),
    ],
)
def test_what_is_no_feedback_is_refused_and_counted_nowhere(workspace, capsys, words, status):
    assert run(capsys, workspace, "feedback", *words)[0] == status
    put_all(workspace, runs_of(1, 0))
    _, found = run(capsys, workspace, "health")
    assert [one["feedback"]["n"] for one in found["data"]["procedures"]] == [0]


def test_feedback_imports_nothing_heavy(workspace):
    put_all(workspace, [started("a")])
    script = (
        "import sys; from codesentinel.cli.main import main; assert main(sys.argv[1:]) == 0;"
        "assert not {'numpy', 'scipy', 'statsmodels', 'sqlite3'} & set(sys.modules)"
    )
    words = ["satellites", "feedback", "github/PROC-1", "--clarity", "3", "--workspace", str(workspace)]
    subprocess.run([sys.executable, "-c", script, *words], check=True, capture_output=True, env=UNMEASURED)


def test_quarters():
    since, until = quarter_window("2026Q4")
    assert (utc(since).isoformat(), utc(until).isoformat()) == (
        "2026-10-01T00:00:00+00:00",
        "2027-01-01T00:00:00+00:00",
    )
    assert quarter_window("2026-q1")[1] == quarter_window("2026Q2")[0]
    assert quarter_of(quarter_window("2026Q3")[0]) == "2026Q3"
    for wrong in ("2026", "2026Q5", "Q1", "0001Q1", ""):
        with pytest.raises(ValueError, match="quarter"):
            quarter_window(wrong)


@pytest.fixture
def quarter(workspace):
    """One that fails, one that works, one with two runs, one that nobody ran, and what ran a year ago."""
    put_all(workspace, runs_of(40, 30, procedure="x/PROC-1", prefix="f"))
    put_all(workspace, runs_of(40, 1, procedure="x/PROC-2", prefix="w"))
    put_all(workspace, runs_of(2, 1, procedure="x/PROC-3", prefix="t"))
    put_all(workspace, runs_of(50, 50, procedure="x/PROC-2", prefix="old", at=NOON - 365 * 86400.0))
    told = event(NOON, "satellites", "procedure-feedback", procedure="x/PROC-2", version="v1", usefulness=1)
    put_all(workspace, [told])
    return workspace


def advice(found):
    return {
        one["procedure"]: one["advice"]
        for satellite in found["data"]["satellites"]
        for one in satellite["procedures"]
    }


def test_the_review_says_what_to_do_with_each_procedure_and_why(quarter, capsys):
    status, found = run(capsys, quarter, "review", "--quarter", QUARTER)
    assert (status, found["data"]["quarter"]) == (0, QUARTER)
    assert advice(found) == {
        "x/PROC-1": "rewrite",
        "x/PROC-2": "keep",
        "x/PROC-3": "wait",
        "github/PROC-1": "retire",
        "github/PROC-2": "retire",
    }
    assert found["data"]["counts"] == {"rewrite": 1, "retire": 2, "keep": 1, "wait": 1}
    first = next(one for one in found["data"]["satellites"] if one["satellite"] == "x")["procedures"][0]
    assert first["reasons"] == ["30 of 40 runs failed"]
    assert first["health"]["runs"] == 40


def test_the_report_is_ascii_with_its_provenance_and_three_headings(quarter, capsys, tmp_path):
    evil = finished("e", procedure="x/PROC-<b>|", at=NOON)
    put_all(quarter, [evil])
    path = tmp_path / "review.md"
    assert (
        main(
            ["satellites", "review", "--quarter", QUARTER, "--output", str(path), "--workspace", str(quarter)]
        )
        == 0
    )
    text = path.read_text()
    assert text.isascii()
    assert f"# Review of satellites, {QUARTER}" in text
    assert "**1 to rewrite, 2 to retire, 1 to keep, 2 too early to say**" in text
    for heading in ("## Security", "## Efficiency", "## Minimalism", "## x", "## github"):
        assert f"\n{heading}\n" in text
    assert "session " in text
    assert "0 of 83 runs were checked by a command" in text
    assert "<b>" not in text
    assert "1 to rewrite" in capsys.readouterr().out


def test_a_quarter_that_has_not_begun_or_is_none_is_refused(quarter, capsys):
    assert run(capsys, quarter, "review", "--quarter", "2999Q1")[0] == 2
    assert run(capsys, quarter, "review", "--quarter", "soon")[0] == 2


def test_with_nothing_there_there_is_nothing_to_review(tmp_path, capsys):
    assert run(capsys, tmp_path, "review")[0] == 3
