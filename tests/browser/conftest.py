"""A real browser that looks at a running stack."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from servers import eventually

BROWSER = Path("/usr/bin/chromium")
SCREENSHOTS = Path(__file__).parent / "screenshots"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --force-device-scale-factor=1"
)
PATIENCE_MILLISECONDS = 30_000


@pytest.fixture(scope="session")
def browser():
    """Debian's chromium, started once."""
    if not BROWSER.exists():
        pytest.fail(f"{BROWSER} is missing: `make browser` installs it")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(BROWSER), args=FLAGS.split())
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def demo(running):
    """The running stack after a few deployments, with metrics of everything that it runs."""
    for command in ("true", "true", "false", "true"):
        running.run("deploy", "record", "--service", "shop", "--environment", "demo", "--", command)
    rate = "sum(service:http_server_requests:rate) > 0"
    eventually(lambda: running.query("prometheus", rate), within=90)
    eventually(lambda: running.query("prometheus", "codesentinel_deployments_total > 0"), within=60)
    return running


class Look:
    """A page, and everything that it complained about."""

    def __init__(self, page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def at(self, url: str) -> None:
        """Go there; until the page is no longer busy."""
        self.page.goto(url)
        self.settled()

    def settled(self) -> None:
        """Wait until whatever was asked for is there."""
        busy = self.page.locator("[aria-busy=true]")
        eventually(lambda: busy.count() == 0 and self.page.locator("h1").count() > 0, within=30)

    def states(self) -> dict[str, str]:
        """The state of every panel on the page, by its id."""
        found = self.page.evaluate(
            "[...document.querySelectorAll('.panel')].map(p => [p.dataset.panel, p.dataset.state])"
        )
        return dict(found)


@pytest.fixture
def look(browser):
    """Opens pages, each with a clean profile, and at the end holds what they complained about against them."""
    with contextlib.ExitStack() as stack:
        looks: list[Look] = []

        def open_one(**options) -> Look:
            size = {"width": 1400, "height": 900}
            context = stack.enter_context(
                browser.new_context(**{"viewport": size, "locale": "en-GB", **options})
            )
            looks.append(Look(context.new_page()))
            return looks[-1]

        yield open_one
        for one in looks:
            assert one.complaints == []
