"""Grafana's own packages, fetched once by npm, and asked about dashboards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from npm_packages import modules

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT = Path(__file__).parent / "grafana"


def types_say(pages: Mapping[str, dict[str, Any]], folder: Path) -> dict[str, list[str]]:
    """What the type checker says of each page, by the page's name; nothing of those that are right."""
    (folder / "node_modules").symlink_to(modules(PROJECT))
    for name in ("model.ts", "tsconfig.json"):
        shutil.copy(PROJECT / name, folder)
    for name, page in pages.items():
        text = f"import type {{ DashboardFile }} from './model';\n({json.dumps(page)} satisfies DashboardFile);\n"
        (folder / f"{name}.ts").write_text(text)
    done = subprocess.run(
        ["node", "node_modules/typescript/bin/tsc", "-p", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    found: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        file, separator, problem = line.partition(".ts(")
        if separator and not line.startswith(" "):
            found.setdefault(file, []).append(problem)
    assert (done.returncode == 0) is not bool(found), done.stdout + done.stderr
    return found


def engine_says(pages: Mapping[str, dict[str, Any]], folder: Path) -> dict[str, list[str]]:
    """What Grafana's data engine says of each page, by the page's name; nothing of those that are right."""
    files = {folder / f"{name}.json": name for name in pages}
    for path, name in files.items():
        path.write_text(json.dumps(pages[name]))
    done = subprocess.run(
        ["node", str(PROJECT / "oracle.cjs"), *map(str, files)],
        env=os.environ | {"NODE_PATH": str(modules(PROJECT))},
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    found: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        file, separator, problem = line.partition(".json: ")
        if separator:
            found.setdefault(files[Path(f"{file}.json")], []).append(problem)
    assert (done.returncode == 0) is not bool(found), done.stdout + done.stderr
    return found


def compose_schema_says(document: dict[str, Any], folder: Path) -> str:
    """What the Compose specification says of a file's document; nothing where it is right."""
    path = folder / "compose.json"
    path.write_text(json.dumps(document))
    done = subprocess.run(
        ["node", str(PROJECT / "compose.cjs"), str(path)],
        env=os.environ | {"NODE_PATH": str(modules(PROJECT))},
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    assert not done.stderr, done.stderr
    assert (done.returncode == 0) is not bool(done.stdout)
    return done.stdout
