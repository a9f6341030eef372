"""The documents are searched without a network and without a server: from a folder, as they were built."""

from __future__ import annotations

import subprocess
import sys

from browser_pages import PATIENCE_MILLISECONDS, ROOT
from unmeasured import UNMEASURED


def test_the_site_is_searched_from_a_folder(browser, tmp_path):
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", tmp_path],
        cwd=ROOT,
        env=UNMEASURED | {"NO_MKDOCS_2_WARNING": "1"},
        check=True,
    )
    asked: list[str] = []
    context = browser.new_context(locale="en-GB")
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"file://{tmp_path}/how-to/slo.html")
        page.locator("input[name=query]").press_sequentially("flapping alerts")
        found = page.locator(".md-search-result__item").filter(has_text="Are the alerts worth it?")
        found.first.wait_for()
        assert [url for url in asked if not url.startswith("file://")] == []
    finally:
        context.close()
