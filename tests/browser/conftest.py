"""A real browser that looks at a running stack."""

from __future__ import annotations

import contextlib
import shlex
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from browser_pages import SCREENSHOTS, looking
from servers import eventually

BROWSER = Path("/usr/bin/chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --force-device-scale-factor=1"
    " --host-resolver-rules=MAP\\ evil.example\\ 127.0.0.1"
)


@pytest.fixture(scope="module")
def browser():
    """Debian's chromium. While it is driven an event loop runs in this thread, and other tests want their own."""
    if not BROWSER.exists():
        pytest.fail(f"{BROWSER} is missing: `make browser` installs it")
    SCREENSHOTS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(BROWSER), args=shlex.split(FLAGS))
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


@pytest.fixture
def look(browser):
    """Opens pages, each with a clean profile; what they complain about fails the test."""
    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(looking(browser, **options))
