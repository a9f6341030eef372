"""The page of forecasts: a real browser, a real storage, and what a reader sees of both."""

from __future__ import annotations

import os
import re
import time

import numpy as np
import pytest

from asgi import python_server
from browser_pages import SCREENSHOTS, shut_out
from codesentinel.act.history import import_series
from codesentinel.model.series import Series
from npm_packages import install, needs_node
from servers import eventually, free_port
from storage import victoria_metrics

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

HOUR = 3600.0


@pytest.fixture(scope="module")
def viewer(tmp_path_factory):
    """A viewer over a storage with two weeks of a daily rhythm, and a series that has only just begun."""
    folder = tmp_path_factory.mktemp("forecasting")
    times = time.time() - HOUR * np.arange(14 * 24)[::-1]
    chance = np.random.default_rng(8).standard_normal(len(times))
    load = 100 - 40 * np.cos(2 * np.pi * times / 86400) + 3 * chance
    with victoria_metrics(folder / "vm") as storage:
        import_series(
            storage.url,
            [
                Series({"__name__": "load", "site": "<b>east</b>"}, times, load),
                Series({"__name__": "load", "site": "young"}, times[-3:], load[-3:]),
            ],
            timeout_seconds=20,
        )
        storage.holds("load", 2)
        environment = {
            **os.environ,
            "CODESENTINEL_SOURCES_PROMETHEUS_URL": f"http://127.0.0.1:{free_port()}",
            "CODESENTINEL_SOURCES_HISTORY_URL": storage.url,
        }
        words = ("-m", "codesentinel", "dashboards", "serve")
        with python_server(*words, cwd=folder, env=environment) as (_, url):
            yield url


def test_a_query_is_forecast_with_its_band_its_model_and_what_it_held(look, viewer):
    eye = look(viewport={"width": 1200, "height": 1300})
    page = eye.page
    eye.at(f"{viewer}/forecast")
    assert "Such as:" in page.locator(".content").inner_text()
    page.get_by_label("Query in PromQL").fill("load")
    page.get_by_label("How far ahead").select_option("3d")
    page.get_by_role("button", name="Forecast", exact=True).click()
    section = page.locator(".forecast-series")
    eventually(lambda: section.count() == 2, within=60)
    eye.settled()
    known, young = section.nth(0), section.nth(1)
    assert 'load{site="<b>east</b>"}' in known.inner_text()
    assert re.search(
        r"Interval held\s+\d+% of the newest values held back \(95% is aimed at\)", known.inner_text()
    )
    assert re.search(r"Made by\s+\w", known.inner_text())
    assert re.search(r"Seasons\s+1 day", known.inner_text())
    assert "Could not judge, because" in young.inner_text()
    chart = known.locator(".u-over")
    said = chart.get_attribute("aria-label")
    assert "the interval that holds 95%" in said
    assert drawn(page) > 500
    page.screenshot(path=SCREENSHOTS / "forecast.png")
    chart.focus()
    page.keyboard.press("End")
    status = page.locator("[role=status][aria-live=polite]")
    eventually(lambda: re.search(r"at most .*, at least .*, forecast ", status.first.text_content() or ""))
    address = page.evaluate("location.search")
    assert address == "?query=load&horizon=3d&level=0.95"
    page.reload()
    eventually(lambda: section.count() == 2, within=60)


def test_what_cannot_be_asked_is_said_in_its_place(look, viewer):
    eye = look()
    eye.allowed = r"status of (400|502)"
    eye.at(f"{viewer}/forecast?query=sum(")
    alert = eye.page.get_by_role("alert")
    alert.wait_for()
    assert "sum(" in alert.inner_text()
    eye.at(f"{viewer}/forecast?query=absent_metric")
    alert.get_by_text("has nothing for absent_metric").wait_for()


def test_the_start_page_leads_there(look, viewer):
    eye = look()
    eye.allowed = r"status of (502|504)"  # no Prometheus runs here
    page = eye.page
    page.goto(f"{viewer}/")
    page.get_by_role("link", name="Forecast a series").click()
    page.get_by_role("heading", name="Forecast", exact=True).wait_for()
    assert (
        page.get_by_role("navigation").get_by_role("link", name="Forecast").get_attribute("aria-current")
        == "page"
    )


@needs_node
def test_axe_finds_nothing_that_keeps_people_out(look, viewer):
    install()
    eye = look(viewport={"width": 1200, "height": 1300}, color_scheme="dark")
    eye.at(f"{viewer}/forecast?query=load&horizon=24h")
    eventually(lambda: eye.page.locator(".forecast-series").count() == 2, within=60)
    assert shut_out(eye) == []


def drawn(page):
    """How many pixels of the first chart are no background."""
    return page.evaluate(
        """() => {
            const canvas = document.querySelector('.forecast-chart canvas');
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return data.filter((value, i) => i % 4 === 3 && value > 0).length;
        }"""
    )
