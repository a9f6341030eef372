"""Notebooks run on real histories from their first cells to their last, and say what is in these."""

from __future__ import annotations

import re

import pytest

from codesentinel.act.history import import_series
from month_of_a_shop import A_DAY, LEFT_NOW, month_of_a_shop
from notebook_run import execute
from storage import victoria_metrics

pytestmark = [pytest.mark.xdist_group("notebooks"), pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """The URL of a storage with the month."""
    with victoria_metrics(tmp_path_factory.mktemp("history")) as server:
        import_series(server.url, month_of_a_shop(), timeout_seconds=60)
        server.holds('{__name__=~"node_.*|service:.*"}', 4)
        yield server.url


@pytest.fixture
def run(tmp_path, history):
    """A notebook in an empty workspace, on that history."""
    (tmp_path / "workspace" / ".git").mkdir(parents=True)

    def executed(name):
        return execute(name, tmp_path / "workspace", tmp_path, CODESENTINEL_SOURCES_HISTORY_URL=history)

    return executed


def test_the_trends_notebook_says_what_is_in_the_history(run):
    done = run("trends")
    texts = done.texts
    assert "/ on demo:9100" in texts[1]
    assert "95% interval; every 1h; seasons: 1d" in texts[2]
    assert any("image/png" in out.get("data", {}) for out in done.cells[3])
    assert "daily: " in texts[4]
    assert "weekly: " not in texts[4]
    assert "scale: " in texts[4]
    assert "SCORE" in texts[5]


def test_capacity_planning_says_by_when_to_order(run):
    done = run("capacity_planning")
    subject, days, left = re.search(
        r"(?m)^(.*): may be full in (\d+) days; order within (\d+) days$", done.texts[2]
    ).groups()
    assert subject == "/ on demo:9100"
    assert 0.6 * LEFT_NOW / A_DAY < int(days) <= LEFT_NOW / A_DAY, "the early end of the interval"
    assert int(days) - int(left) == 14
    assert "95% interval" in done.texts[3]
    assert "1000 hosts every 15 s" in done.texts[4]
    assert "begin with: " in done.texts[4]


def test_seasonality_names_the_rhythm_that_is_there_and_none_where_there_is_none(run):
    done = run("seasonality")
    assert "daily: " in done.texts[1]
    assert "weekly: " not in done.texts[1]
    assert "daily: " not in done.texts[2]
    assert "weekly: " not in done.texts[2]
    units, saved = re.search(r"(\d+) units all day .*: (\d+)% less", done.texts[3]).groups()
    assert int(units) in (3, 4), "28 requests a second and a fifth, at 10 a unit"
    assert 5 < int(saved) < 60
