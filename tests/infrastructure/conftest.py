"""One image for all tests that run something in it."""

from __future__ import annotations

import re
import shutil

import pytest

from image import Image, sent
from manifests import ROOT

FEW = """
anyio attrs certifi click editables h11 hatchling idna msgspec packaging pathspec pluggy prometheus-client psutil
pyyaml starlette tomlkit trove-classifiers typing-extensions urllib3 uvicorn
""".split()
"""What the package needs to be built and to serve; the whole set takes a minute to fetch."""


@pytest.fixture(scope="session")
def image(tmp_path_factory):
    folder = tmp_path_factory.mktemp("image")
    context = folder / "context"
    for path in sent(ROOT, (ROOT / ".containerignore").read_text()):
        (context / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, context / path)
    pins = context / "requirements" / "image.txt"
    parts = re.split(r"(?m)^(?=[a-z0-9])", pins.read_text())
    pins.write_text("".join(part for part in parts if part.partition("==")[0] in FEW))
    made = Image(folder, context, BASE="debian", REVISION="0123abc")
    made.build((ROOT / "infrastructure" / "container" / "Containerfile").read_text())
    return made
