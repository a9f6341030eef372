"""`make release`: build what is published into dist/, with its bills of materials and checksums.

Usage: python tools/release.py [--draft]

Refused, with every reason, unless the tree is clean, the version is new, and the changelog has its date;
``--draft`` builds all the same. The wheel and the source distribution are built twice and must not differ by
a byte; the bills of materials (CycloneDX) are of an environment made from the wheel with all its extras at
the pinned versions, and of the packages that are built into the viewer.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NOT_PINNED = ("ray", "spark")


def main() -> int:
    """0 when all is in dist/; 1 when it was refused or came out differently."""
    problems = unready()
    for problem in problems:
        print(f"not ready: {problem}", file=sys.stderr)
    if problems and "--draft" not in sys.argv:
        return 1
    dist = ROOT / "dist"
    dist.mkdir(exist_ok=True)
    for old in dist.iterdir():
        old.unlink()
    with tempfile.TemporaryDirectory() as scratch:
        files = [build(kind, dist) for kind in ("wheel", "sdist")]
        for first, kind in zip(files, ("wheel", "sdist"), strict=True):
            if build(kind, Path(scratch)).read_bytes() != first.read_bytes():
                print(f"{first.name} came out differently the second time", file=sys.stderr)
                return 1
        bills = [python_bill(files[0], extras(), dist, Path(scratch)), viewer_bill(dist)]
    everything = [*files, *bills]
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in everything)
    (dist / "SHA256SUMS").write_text(sums, encoding="utf-8")
    print(sums, end="")
    return 0


def unready() -> list[str]:
    """Why this is no release yet."""
    version = re.findall(r'__version__ = "(.+)"', (ROOT / "src/codesentinel/__init__.py").read_text())[0]
    heading, date = re.findall(r"(?m)^## \[(.+)\] - (.+)$", (ROOT / "CHANGELOG.md").read_text())[0]
    viewer = json.loads((ROOT / "viewer/package.json").read_text())["version"]
    found = []
    if heading != version:
        found.append(f"the changelog begins with {heading}, and this is {version}")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", date):
        found.append(f"the changelog gives no date for {heading}: {date}")
    if viewer != version:
        found.append(f"the viewer says {viewer}, and this is {version}")
    if git("status", "--porcelain"):
        found.append("there are changes that are not committed")
    if f"v{version}" in git("tag", "--list").split():
        found.append(f"v{version} is tagged already")
    return found


def git(*words: str) -> str:
    """What git says; nothing outside of a repository."""
    done = subprocess.run(["git", *words], cwd=ROOT, check=False, capture_output=True, text=True)
    return done.stdout.strip()


def build(kind: str, folder: Path) -> Path:
    """The wheel or the source distribution."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl" if kind == "wheel" else "*.tar.gz"))


def extras() -> list[str]:
    """Those whose packages are pinned."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        known = tomllib.load(file)["project"]["optional-dependencies"]
    return [name for name in known if name not in NOT_PINNED]


def python_bill(wheel: Path, extras: list[str], dist: Path, scratch: Path) -> Path:
    """Of an environment with the wheel and some extras."""
    pinned = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")
    constraints = scratch / "constraints.txt"
    constraints.write_text("\n".join(re.findall(r"(?m)^([\w.-]+==[^\\\n]+)", pinned)), encoding="utf-8")
    environment = scratch / "environment"
    uv = str(BIN / "uv")
    python = str(environment / "bin/python")
    quiet = ["-q", "-c", str(constraints)]
    subprocess.run([uv, "venv", "-q", "-p", sys.executable, environment], check=True)
    subprocess.run([uv, "pip", "install", "-p", python, *quiet, f"{wheel}[{','.join(extras)}]"], check=True)
    target = dist / f"{wheel.name.split('-py3')[0]}.cdx.json"
    options = ["--output-reproducible", "--pyproject", str(ROOT / "pyproject.toml"), "-o", str(target)]
    subprocess.run([BIN / "cyclonedx-py", "environment", *options, python], check=True, capture_output=True)
    return target


def viewer_bill(dist: Path) -> Path:
    """Of what is built into the viewer, by its lock file; without the time, and a number that is made up."""
    command = ["npm", "sbom", "--package-lock-only", "--sbom-format", "cyclonedx", "--omit", "dev"]
    done = subprocess.run(command, cwd=ROOT / "viewer", check=True, capture_output=True, text=True)
    bill = json.loads(done.stdout)
    bill.pop("serialNumber", None)
    bill["metadata"].pop("timestamp", None)
    target = dist / f"codesentinel-viewer-{bill['metadata']['component']['version']}.cdx.json"
    target.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    return target


if __name__ == "__main__":
    sys.exit(main())
