"""Take the pictures of the viewer that the documents show, of a real stack whose demo shop fails.

Usage: python tools/screenshots.py [--viewer URL] [--output DIR]

Without ``--viewer`` a stack is started in a workspace of its own, on ports of its own, the shop is made to
fail, and all of it is ended again; with it, what runs there is looked at as it is.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "assets" / "screenshots"
SHOTS = {
    "findings": "/findings",
    "alerts": "/alerts",
    "service": "/d/codesentinel-service-deep-dive?from=now-5m&to=now",
}
"""What is shown, by the name of its file, and where it lies in the viewer."""

BUSY = "[aria-busy=true], [data-state=waiting], [data-state=loading]"
WHOLE = f"""() => ![...document.querySelectorAll("{BUSY}")].some(
    (part) => part.getBoundingClientRect().top < innerHeight
)"""
"""Nothing that is seen is busy; panels below the edge wait until somebody scrolls."""

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--force-device-scale-factor=1"]
SIZE = {"width": 1200, "height": 760}
COLOURS = 96
OFFSET = 21_300
PATIENCE_SECONDS = 180.0
BEFORE_SECONDS = 60.0
"""How long the shop is well: the page shows how it was."""

VIEWER, SHOP = 8700, 8710
ALONE = ["unshare", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]
"""What else runs on this machine is in no picture, and ending the first process ends all."""


def main() -> int:
    """Take every picture."""
    parser = argparse.ArgumentParser(description="Take the pictures of the viewer that the documents show.")
    parser.add_argument("--viewer", default="", metavar="URL", help="of a stack that runs already")
    parser.add_argument(
        "--output", default=str(FOLDER), metavar="DIR", help="(default: where the documents look)"
    )
    args = parser.parse_args()
    Path(args.output).mkdir(parents=True, exist_ok=True)
    if args.viewer:
        taken(args.viewer, Path(args.output))
    else:
        with failing_shop() as viewer:
            taken(viewer, Path(args.output))
    return 0


def taken(viewer: str, output: Path) -> None:
    """Look at each page until everything is on it, and keep what is seen."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, path in SHOTS.items():
            page = chromium.new_page(viewport=SIZE, locale="en-GB", color_scheme="light")
            page.set_default_timeout(PATIENCE_SECONDS * 1000)
            page.goto(viewer + path)
            wait_until_whole(page)
            picture = output / f"{name}.png"
            picture.write_bytes(small(page.screenshot()))
            print(f"{picture.name}: {picture.stat().st_size / 1000:.0f} kB")
            page.close()
        chromium.close()


def wait_until_whole(page: Page) -> None:
    """Until nothing on the page is busy and no panel waits for data."""
    page.locator("h1").first.wait_for()
    page.wait_for_function(WHOLE)
    page.wait_for_timeout(500)  # charts are painted in the frame after their data


def small(png: bytes) -> bytes:
    """The same picture in fewer colours."""
    with Image.open(io.BytesIO(png)) as picture, io.BytesIO() as held:
        picture.convert("RGB").quantize(COLOURS).save(held, "PNG", optimize=True)
        return held.getvalue()


@contextmanager
def failing_shop() -> Iterator[str]:
    """A stack of its own whose shop fails, and an alert says so; the address of its viewer."""
    with tempfile.TemporaryDirectory() as workspace:
        (Path(workspace) / ".git").mkdir()
        command = [str(Path(sys.executable).with_name("codesentinel")), "--workspace", workspace, "--quiet"]
        stack = subprocess.Popen([*ALONE, *command, "up", "--port-offset", str(OFFSET)])
        try:
            viewer = f"http://127.0.0.1:{VIEWER + OFFSET}"
            wait_for(viewer, "targets are up")
            record = ["deploy", "record", "--service", "shop", "--environment", "demo"]
            subprocess.run([*command, *record, "--", "true"], check=True)
            time.sleep(BEFORE_SECONDS)
            fault = json.dumps({"error_ratio": 0.5, "delay_seconds": 0.2}).encode()
            address = f"http://127.0.0.1:{SHOP + OFFSET}/fault"
            urllib.request.urlopen(urllib.request.Request(address, fault, method="PUT"), timeout=30).close()
            wait_for(viewer, "A service fails many requests")
            yield viewer
        finally:
            stack.terminate()
            stack.wait()


def wait_for(viewer: str, words: str) -> None:
    """Until the findings say so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with suppress(OSError), urllib.request.urlopen(f"{viewer}/api/review", timeout=60) as answer:
            if words in answer.read().decode():
                return
        time.sleep(2)
    sys.exit(f"the review never said: {words}")


if __name__ == "__main__":
    sys.exit(main())
