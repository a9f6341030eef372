"""The page of canaries: what the log says was judged, as a reader sees it."""

from __future__ import annotations

import pytest

from asgi import python_server
from browser_pages import SCREENSHOTS
from codesentinel.store.session_memory import SessionMemory
from servers import eventually

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]


def metric(name, outcome, evidence):
    return {
        "name": name,
        "kind": "latency",
        "outcome": outcome,
        "reason": "harm beyond the margin"
        if outcome == "FAIL"
        else "neither harm nor its absence is shown yet",
        "effect": {"estimate": 1.63, "lower": 1.5, "upper": None},
        "e_value": evidence[-1],
        "safe_e_value": 0.0001,
        "exposure": {"baseline": 18000, "canary": 17900},
        "evidence": evidence,
        "safe_evidence": [1 / one for one in evidence],
    }


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / ".git").mkdir()
    return tmp_path


@pytest.fixture
def viewer(workspace):
    """A viewer of an empty workspace; yields its address."""
    with python_server("-m", "codesentinel", "dashboards", "serve", cwd=workspace) as (_, url):
        yield url


def test_judgements_are_listed_with_their_evidence(look, viewer, workspace):
    eye = look()
    eye.at(f"{viewer}/canary")
    assert "No canary was judged yet" in eye.page.locator(".content").inner_text()
    memory = SessionMemory(workspace)
    facts = {
        "verdict": "FAIL",
        "reason": "harm beyond the margin: <b>latency</b>",
        "baseline": 'version="1"',
        "canary": 'version="2"',
        "alpha": 0.05,
        "block_times": [1.79e9 + 60 * i for i in range(4)],
        "metrics": [
            metric("latency", "FAIL", [1.0, 3.0, 15.0, 1e9]),
            metric("errors", "INCONCLUSIVE", [1.0] * 4),
        ],
    }
    rollout = {
        "verdict": "PASS",
        "reason": "no harm in any metric",
        "service": "shop",
        "target": "envoy shop",
    }
    for metadata in (facts, rollout, {"verdict": "who knows"}, {}):
        activity = {"action": "verdict", "success": True, "duration_ms": 1.0, "metadata": metadata}
        memory.log_domain_activity("canary", {"files_modified": [], **activity})
    eye.page.get_by_role("button", name="Refresh now").click()
    items = eye.page.locator(".canary")
    eventually(lambda: items.count() == 2, within=30)
    eye.settled()
    newest, failed = items.nth(0), items.nth(1)
    assert "no harm in any metric" in newest.inner_text()
    assert "shop" in newest.inner_text()
    text = failed.inner_text()
    assert "harm beyond the margin: <b>latency</b>" in text
    assert 'version="2" beside version="1"' in text
    assert "1.63 (at least 1.50)" in text
    assert "over a million" in text
    charts = failed.locator(".canary-chart")
    assert charts.count() == 2
    assert "of harm over a million, of no harm 0; 20 decides" in charts.first.get_attribute("aria-label")
    eye.page.screenshot(path=SCREENSHOTS / "canaries.png")
