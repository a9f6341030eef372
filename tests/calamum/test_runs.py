"""Real runs: the installed program is attacked, everything is gone afterwards, and the evidence stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from attacks import COMMAND, SECONDS, calamum
from codesentinel.calamum.leavings import leavings
from codesentinel.model.attack import AttackRun, CaseResult, Change
from codesentinel.operations.calamum import SESSIONS
from codesentinel.operations.metrics import OwnMetrics
from codesentinel.render.attack_exchange import attack_junit, attack_sarif
from codesentinel.render.attack_report import attack_html, attack_markdown
from servers import eventually
from unmeasured import UNMEASURED

pytestmark = pytest.mark.xdist_group("calamum")


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / ".git").mkdir()
    return tmp_path


FACTS = ("run", "target", "case", "seed", "outcome")


def index_get(key, workspace):
    words = [sys.executable, "-m", "codesentinel", "memory", "index", "get", key, "--json"]
    done = subprocess.run(words, cwd=workspace, env=UNMEASURED, capture_output=True, text=True, check=True)
    (found,) = json.loads(done.stdout)["data"]["records"]
    return found["record"]


def handles(path):
    return {json.loads(line)["handle"] for line in path.read_text().splitlines()}


def test_the_guards_of_a_kill_hold_and_nothing_is_left(workspace, context):
    done, document = calamum(
        "test",
        "--target",
        "kill-safety",
        "--budget",
        "150s",
        "--seed",
        "3",
        "--json",
        "--quiet",
        cwd=workspace,
    )
    cases = document["data"]["cases"]
    wrong = [
        (one["case"], one["outcome"], one["detail"])
        for one in cases
        if one["outcome"] not in ("held", "skipped")
    ]
    assert wrong == []
    assert done.returncode == 0, done.stderr
    assert sum(one["outcome"] == "held" for one in cases) >= 10
    assert document["data"]["left_over"] == []
    lines = [json.loads(line) for line in (workspace / SESSIONS).read_text().splitlines()]
    assert [one["case"] for one in lines] == [one["case"] for one in cases]
    assert {one["run"] for one in lines} == {document["data"]["run"]}
    assert len({one["index_key"] for one in lines}) == len(lines)
    for one in (lines[0], lines[-1]):  # each is where the archive index has it
        shown = index_get(one["index_key"], workspace)
        assert shown["activity"]["metadata"] == {name: one[name] for name in FACTS}
    looked = document["data"]["evidence"]
    assert looked
    assert all((workspace / path).stat().st_mode & 0o077 == 0 for path in looked)
    for before, after in zip(looked[::2], looked[1::2], strict=True):
        assert handles(workspace / before) == handles(workspace / after) != set()
    journal = workspace / f".codesentinel/calamum/{document['data']['run']}.journal.json"
    assert json.loads(journal.read_text())["seed"] == 3
    shown = OwnMetrics(context.but(root=str(workspace))).exposition()[0].decode()
    assert 'codesentinel_calamum_cases{outcome="held",target="kill-safety"}' in shown
    assert 'codesentinel_calamum_last_run_timestamp_seconds{target="kill-safety"}' in shown


def test_a_broken_program_is_caught(workspace, tmp_path_factory):
    """It can fail: a version that confirms every kill by itself."""
    sources = tmp_path_factory.mktemp("mutant")
    package = Path(sys.modules["codesentinel"].__file__).parent
    subprocess.run(["cp", "-r", str(package), str(sources / "codesentinel")], check=True)
    file = sources / "codesentinel/operations/process/killing.py"
    text = file.read_text()
    assert text.count("        if permit.asker is None:\n            self.outcome.refuse(") == 1
    file.write_text(
        text.replace(
            "        if permit.asker is None:\n            self.outcome.refuse(",
            "        if permit.asker is None:\n            return True\n            self.outcome.refuse(",
        )
    )
    done, document = calamum(
        "test",
        *("--target", "kill-safety/not-confirmed", "--sources", str(sources), "--json", "--quiet"),
        cwd=workspace,
    )
    assert done.returncode == 1
    assert document["data"]["cases"][0]["outcome"] == "failed"


def test_a_run_that_is_killed_leaves_nothing_that_clean_does_not_end(workspace):
    child = subprocess.Popen(
        [COMMAND, "test", "--target", "process-telemetry/busy-is-seen-as-busy", "--repeat", "20"],
        cwd=workspace,
        env=UNMEASURED,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        eventually(lambda: any(Path(tempfile.gettempdir()).glob("calamum-*/*/process-telemetry*")), within=60)
        time.sleep(1)
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.kill()
        child.communicate()
    calamum("clean", cwd=workspace)
    eventually(lambda: not leavings(), within=30)


def test_clean_spares_a_run_that_goes_on(workspace):
    """Also one whose folder is not where ours would be."""
    child = subprocess.Popen(
        [COMMAND, "test", "--target", "process-telemetry/busy-is-seen-as-busy", "--json", "--quiet"],
        cwd=workspace,
        env={**UNMEASURED, "TMPDIR": str(workspace)},
        stdout=subprocess.PIPE,
    )
    try:
        for _ in range(5):
            time.sleep(0.3)
            calamum("clean", cwd=workspace)
        out, _ = child.communicate(timeout=SECONDS)
    finally:
        child.kill()
        child.wait()
    (one,) = json.loads(out)["data"]["cases"]
    assert one["outcome"] in ("held", "skipped"), one


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["test"], 2),
        (["test", "--target", "moon"], 2),
        (["moon"], 2),
        ([], 2),
        (["--help"], 0),
        (["--version"], 0),
        (["list"], 0),
        (["test", "--target", "all", "--dry-run"], 3),
        (["test", "--target", "kill-safety", "--budget", "1s", "--quiet"], 3),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else str(one),
)
def test_exit_statuses(workspace, words, status):
    done, _ = calamum(*words, cwd=workspace)
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def case(**more):
    known = {"target": "t", "case": "c how=<x>", "title": "It <b>holds</b> & more", "outcome": "held"}
    return CaseResult(**{**known, "tags": ("CWE-1",), "seconds": 1.0, **more})


def run(*cases, **more):
    return AttackRun(
        "r1", 7, "0.1", "2026-11-24T10:00:00+00:00", ("t",), cases, {"namespaces": ["pid"]}, **more
    )


NOTICED = case(
    quality={
        "spin": {"is_fault": True, "started": 4, "found": 4, "seconds": [3.0, 9.0], "as": ["x"]},
        "sleep": {"is_fault": False, "started": 8, "found": 0, "seconds": [], "as": []},
    }
)


def test_exit_status_and_verdict():
    assert (run(case()).exit_status, run(case()).verdict) == (0, "PASS")
    assert (run(case(outcome="failed")).exit_status, run(case(outcome="failed")).verdict) == (1, "FAIL")
    assert run(case(outcome="broken")).exit_status == 1
    assert (run(case(outcome="skipped")).exit_status, run().verdict) == (3, "INCONCLUSIVE")
    assert run(case(), left_over=("process 1",)).exit_status == 4
    assert run(case(), interrupted=True).exit_status == 130


def test_the_report_has_seams_three_parts_and_says_what_changed():
    done = run(case(), NOTICED, case(outcome="failed", detail="it | did\x1b not"))
    text = attack_markdown(done, (Change("t/c", "held", "failed"),))
    assert text.isascii()
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Against the run before",
        "## Security",
        "## Efficiency",
        "## Minimalism",
    ]
    assert "t/c: held before, failed now" in text
    assert "| spin | yes | 4 of 4 | 100% (40% to 100%) | 9.0 s |" in text
    assert "| sleep | no | 0 of 8 | 0% (0% to 37%) | - |" in text
    assert "\\|" in text
    assert "\x1b" not in text
    assert "<b>" not in attack_html(done)


def test_junit_and_sarif_are_well_formed():
    done = run(
        case(), case(outcome="failed", detail="a & b"), case(outcome="skipped"), case(outcome="broken")
    )
    (suite,) = ET.fromstring(attack_junit(done))
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    document = json.loads(attack_sarif(done))
    (result,) = document["runs"][0]["results"]
    rules = [rule["id"] for rule in document["runs"][0]["tool"]["driver"]["rules"]]
    assert result["ruleId"] in rules
    assert document["runs"][0]["properties"]["verdict"] == "FAIL"
