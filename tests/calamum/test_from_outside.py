"""All targets, as root and as somebody else: what holds, and that nothing is left, seen from outside."""

from __future__ import annotations

import json

import pytest

from outside import CALAMUM, can_run, in_room, users

pytestmark = [pytest.mark.xdist_group("calamum"), pytest.mark.timeout(500)]


@pytest.mark.parametrize(("uid", "budget"), [(uid, 60 if uid else 300) for uid in users()])
def test_all_targets_hold_and_leave_nothing(tmp_path, uid, budget):
    workspace = tmp_path / "workspace"
    workspace.mkdir(mode=0o755)
    if uid and (why := can_run(workspace, uid)):
        pytest.skip(f"nobody else can run what is installed here: {why[-300:]}")
    words = ["test", "--target", "all", "--budget", f"{budget}s", "--jobs", "3", "--seed", "11"]
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
