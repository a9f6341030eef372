"""The page of satellites: a real browser, a real log, and what a reader sees of it."""

from __future__ import annotations

import os
import time

import pytest

from asgi import python_server
from browser_pages import SCREENSHOTS
from procedure_events import put_all, runs_of, said
from servers import free_port

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]


@pytest.fixture(scope="module")
def viewer(tmp_path_factory):
    """A viewer over a log with an edit that made a procedure worse, and one with a name that means no good."""
    folder = tmp_path_factory.mktemp("satellites")
    at = time.time() - 60.0
    put_all(folder, runs_of(100, 5, prefix="a", at=at))
    put_all(folder, runs_of(60, 30, aborted=3, prefix="b", at=at + 1, version="v2"))
    put_all(folder, runs_of(20, 0, prefix="c", at=at, procedure="docs/<b>PROC-1"))
    put_all(folder, [said(version="v2", at=at, clarity=2, usefulness=4, comment="<i>which</i> branch?")])
    environment = {**os.environ, "CODESENTINEL_SOURCES_PROMETHEUS_URL": f"http://127.0.0.1:{free_port()}"}
    with python_server("-m", "codesentinel", "dashboards", "serve", cwd=folder, env=environment) as (_, url):
        yield url


def test_a_reader_sees_what_to_do_and_on_what_evidence(look, viewer):
    eye = look(viewport={"width": 1200, "height": 900})
    page = eye.page
    eye.at(f"{viewer}/satellites")
    page.locator(".finding").first.wait_for()
    assert "1 to rewrite, 0 to retire, 1 to keep" in page.locator(".content").inner_text()
    bad = page.locator('[data-procedure="github/PROC-1"][data-advice]')
    assert bad.get_attribute("data-advice") == "rewrite"
    assert "30 of 60 runs failed; its last edit made it worse" in bad.inner_text()
    assert "worse: 5 of 100 failed before, 30 of 57 after" in bad.inner_text()
    bad.locator("summary").click()
    assert "<i>which</i> branch?" in bad.inner_text()
    row = page.locator('tr[data-procedure="github/PROC-1"][data-version="v2"]').inner_text()
    assert "50% (38% to 62%)" in row
    assert "declared 100%" in row
    assert "docs/<b>PROC-1" in page.locator("table").inner_text()
    assert page.locator('nav [aria-current="page"]').inner_text() == "Satellites"
    page.screenshot(path=SCREENSHOTS / "satellites.png")


def test_a_quarter_that_has_not_begun_is_said(look, viewer):
    eye = look()
    eye.allowed = r"status of 4"
    eye.at(f"{viewer}/satellites?quarter=2999Q1")
    eye.page.get_by_role("alert").wait_for()
    assert "has not begun" in eye.page.get_by_role("alert").inner_text()
