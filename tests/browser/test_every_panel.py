"""Every panel of every dashboard, in a real browser, over the running stack with its demo load."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from browser_pages import FOLDER, SCREENSHOTS, url_of
from servers import eventually

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

FILES = sorted(FOLDER.glob("*.json"))
MAY_BE_EMPTY = yaml.safe_load((FOLDER / "empty-panels.yml").read_text())
TALL = {"width": 1600, "height": 4200}


def panels(dashboard):
    """Every panel but the rows, those inside closed rows too."""
    for panel in dashboard["panels"]:
        yield from (p for p in [panel, *panel.get("panels", ())] if p["type"] != "row")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_panel_shows_data_or_has_a_reason_not_to(look, demo, file):
    dashboard = json.loads(file.read_text())
    excused = {str(one["panel"]) for one in MAY_BE_EMPTY.get(dashboard["uid"], ())}
    expected = {str(panel["id"]): panel["title"] for panel in panels(dashboard)}
    eye = look(viewport=TALL, color_scheme="dark")
    eye.at(url_of(demo, dashboard["uid"], "from=now-15m&to=now&refresh=5s"))
    eye.page.evaluate(
        "document.querySelectorAll('.row-title[aria-expanded=false]').forEach(row => row.click())"
    )

    def shown():
        states = eye.states()
        return (
            set(states) == set(expected)
            and all(
                state == "ready" or (state == "empty" and panel in excused) for panel, state in states.items()
            )
            and states
        )

    states = eventually(shown, within=90, every=0.5)
    eye.page.locator(".dashboard").screenshot(path=SCREENSHOTS / f"{file.stem}.png")
    (SCREENSHOTS / f"{file.stem}.json").write_text(json.dumps(states, indent=1))
    drawn = [panel for panel, state in states.items() if state == "ready"]
    for panel in drawn:
        assert something_is_drawn(eye.page, panel), expected[panel]
    assert drawn or set(expected) <= excused


def something_is_drawn(page, panel):
    """Pixels on the canvas of a chart; words everywhere else."""
    return page.evaluate(
        """id => {
            const panel = document.querySelector(`[data-panel="${id}"]`);
            const canvas = panel.querySelector("canvas");
            if (!canvas) return panel.querySelector(".panel-body").textContent.trim() !== "";
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const colours = new Set();
            for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 60) colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
            return colours.size > 2;
        }""",
        panel,
    )


def test_light_is_drawn_too(look, demo):
    eye = look(viewport={"width": 1400, "height": 2400}, color_scheme="light")
    eye.at(url_of(demo, "codesentinel-service-deep-dive", "from=now-15m&to=now"))
    eventually(lambda: list(eye.states().values()).count("ready") > 15, within=60)
    background = eye.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert min(int(part) for part in re.findall(r"\d+", background)) > 200
    eye.page.locator(".dashboard").screenshot(path=SCREENSHOTS / "light.png")


@pytest.mark.parametrize("page", ["", "findings", "alerts"])
def test_the_other_pages_show_what_the_stack_says(look, demo, page):
    eye = look()
    eye.at(f"{demo.url('viewer')}/{page}")
    wanted = {"": ".cards li", "findings": "[data-finding]", "alerts": ".all-rules"}[page]
    eye.page.locator(wanted).first.wait_for()
    eye.page.screenshot(path=SCREENSHOTS / f"page-{page or 'home'}.png", full_page=True)
