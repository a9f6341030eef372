"""All targets, as root and as somebody else: what holds, and that nothing is left, seen from outside."""

from __future__ import annotations

import json
import random
import signal

import pytest

from outside import CALAMUM, can_run, in_room, users

pytestmark = [pytest.mark.xdist_group("calamum"), pytest.mark.timeout(500)]


@pytest.mark.parametrize(("uid", "budget"), [(uid, 60 if uid else 300) for uid in users()])
def test_all_targets_hold_and_leave_nothing(tmp_path, uid, budget):
    workspace = tmp_path / "workspace"
    workspace.mkdir(mode=0o755)
    if uid and (why := can_run(workspace, uid)):
        pytest.skip(f"nobody else can run what is installed here: {why[-300:]}")
    words = ["test", "--target", "all", "--budget", f"{budget}s", "--jobs", "4", "--seed", "11"]
    found = in_room(workspace, {"command": [*CALAMUM, *words, "--json", "--quiet"]}, uid=uid)
    (run,) = found["runs"]
    document = json.loads(run["out"])
    assert "error" not in document, document
    data = document["data"]
    cases = data["cases"]
    wrong = [one for one in cases if one["outcome"] not in ("held", "skipped")]
    assert not wrong, (
        run["err"]
        + repr(found["left"])
        + "".join(f"\n{one['target']}/{one['case']}: {one['detail']} {one['steps'][-2:]}" for one in wrong)
    )
    assert all(one["detail"] for one in cases if one["outcome"] == "skipped")
    assert run["status"] == 0, run["err"]
    assert found["left"] == []
    assert data["left_over"] == []
    assert data["seconds"] < budget + 40


WORDS = ["test", "--target", "event-log/tampering", "--target", "kill-safety/whole-tree", "--seed", "5"]


def test_the_same_seed_is_the_same_plan_and_the_same_verdict(tmp_path):
    """A slice of benchmarks/calamum/steadfast.py, which does it twenty times."""
    runs = [{"command": [*CALAMUM, *WORDS, "--json", "--quiet"]} for _ in range(3)]
    found = in_room(tmp_path / "workspace", *runs)
    assert found["left"] == []
    told = [
        [(one["target"], one["case"], one["seed"], one["outcome"]) for one in data["cases"]]
        for data in (json.loads(run["out"])["data"] for run in found["runs"])
    ]
    assert told[0] == told[1] == told[2]
    assert {one[-1] for one in told[0]} <= {"held", "skipped"}


def test_a_run_that_is_killed_at_any_moment_leaves_nothing_once_it_is_cleaned(tmp_path):
    """A slice of the same: at moments drawn by chance, from its first to about its last."""
    chance = random.Random(7)
    runs = []
    for latest in (1.0, 3.0, 6.0):
        runs.append({"command": [*CALAMUM, *WORDS], "kill_after": chance.uniform(latest / 3, latest)})
        runs.append({"command": [*CALAMUM, "clean"]})
    found = in_room(tmp_path / "workspace", *runs)
    assert found["left"] == []
    assert any(run["status"] == -signal.SIGKILL for run in found["runs"][::2])
    assert [run["status"] for run in found["runs"][1::2]] == [0, 0, 0]
    for path in (tmp_path / "workspace").glob("docs/**/*.jsonl"):
        assert [json.loads(line) for line in path.read_text().splitlines()]
        assert path.read_bytes().endswith(b"\n")
