"""Pages of the viewer as a browser shows them, and where pictures of them are kept."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from npm_packages import SOURCE
from servers import eventually

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "infrastructure/grafana/dashboards"
SCREENSHOTS = ROOT / "tests/browser/screenshots"
AXE = SOURCE / "node_modules/axe-core/axe.min.js"
PATIENCE_MILLISECONDS = 30_000


def url_of(stack, uid: str, query: str = "") -> str:
    """A dashboard in the viewer of a running stack."""
    return f"{stack.url('viewer')}/d/{uid}{'?' if query else ''}{query}"


@contextlib.contextmanager
def looking(browser, **options):
    """A page with a clean profile; at its end it must have complained about nothing but what was provoked."""
    size = {"width": 1400, "height": 900}
    profile = browser.new_context(**{"viewport": size, "locale": "en-GB", **options})
    try:
        eye = Look(profile.new_page())
        yield eye
        eye.page.title()  # complaints are handed over during calls only
        complaints = [c for c in eye.complaints if not re.search(eye.allowed, c)]
        assert complaints == [], complaints
    finally:
        profile.close()


class Look:
    """A page, and everything that it complained about; ``allowed`` is what a test provokes."""

    def __init__(self, page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.allowed = r"(?!)"
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

    def all_shown(self) -> None:
        """Wait until every panel shows something, be it that there is nothing."""
        eventually(lambda: not {"waiting", "loading"} & set(self.states().values()), within=40)

    def states(self) -> dict[str, str]:
        """The state of every panel on the page, by its id."""
        found = self.page.evaluate(
            "[...document.querySelectorAll('.panel')].map(p => [p.dataset.panel, p.dataset.state])"
        )
        return dict(found)


def shut_out(eye: Look) -> list[tuple[str, str, list[str]]]:
    """What keeps people out of the page in either theme, as axe sees it; the page is opened dark."""
    eye.page.evaluate(AXE.read_text() + "; undefined")
    found = []
    for theme in ("dark", "light"):
        if theme == "light":
            eye.page.get_by_role("button", name="Light theme").click()
        result = eye.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        found += [
            (theme, wrong["id"], [node["html"][:160] for node in wrong["nodes"][:3]])
            for wrong in result["violations"]
        ]
    return found
