"""A notebook run from its first cell to its last by a kernel of its own, as Jupyter would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
_RUN = """
import json, sys
import jupytext, nbclient
book = jupytext.read(sys.argv[1])
nbclient.NotebookClient(book, timeout=300, kernel_name="python3").execute()
print(json.dumps([[out for out in cell.get("outputs", [])] for cell in book.cells if cell.cell_type == "code"]))
"""


class Executed(NamedTuple):
    """The outputs of each cell of code."""

    cells: list[list[dict[str, Any]]]

    @property
    def texts(self) -> list[str]:
        """What each printed."""
        return ["".join(out.get("text", "") for out in cell) for cell in self.cells]

    @property
    def text(self) -> str:
        """What all of them printed."""
        return "\n".join(self.texts)


def execute(name: str, workspace: Path, scratch: Path, **environment: str) -> Executed:
    """Run ``notebooks/NAME.py`` in a workspace; a cell that fails fails the test."""
    own = {
        **os.environ,
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        **environment,
    }
    done = subprocess.run(
        [sys.executable, "-c", _RUN, NOTEBOOKS / f"{name}.py"],
        cwd=workspace,
        env=own,
        capture_output=True,
        text=True,
        check=False,
        timeout=350,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Executed(json.loads(done.stdout.splitlines()[-1]))
