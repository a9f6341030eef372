"""Make .venv with what requirements/<name>.txt pins, on a machine that has little more than python3.

Usage: python3 tools/make_venv.py run|dev

Debian leaves ``ensurepip`` out of python3; where it is missing, pip comes as the wheel in Debian's own
package, unpacked without root.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


def main(name: str) -> int:
    """Bring .venv up to date and leave a stamp for make."""
    if sys.version_info < OLDEST:
        print(f"codesentinel needs Python 3.11 or newer; this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    if not works(PYTHON):
        print("making .venv", file=sys.stderr)
        venv.create(VENV, clear=True, with_pip=False, symlinks=True)
    pip = pip_command()
    print(f"installing what requirements/{name}.txt pins", file=sys.stderr)
    quiet = ["-q", "--disable-pip-version-check", "--no-input"]
    pinned = [*pip, "install", *quiet, "--require-hashes", "-r", f"requirements/{name}.txt"]
    project = [*pip, "install", *quiet, "--no-deps", "--no-build-isolation", "-e", "."]
    for command in (project,) if quickly(pip, quiet, name) else (pinned, project):
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if status:
            print("the packages could not be installed; pip's message stands above", file=sys.stderr)
            return status
    (VENV / f".{name}").touch()
    return 0


def quickly(pip: list[str], quiet: list[str], name: str) -> bool:
    """Whether uv has installed the set, in a fifth of pip's time; pip installs uv itself."""
    wanted, taken = [], False
    for line in (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith(" "):
            taken = line.startswith("uv==")
        if taken:
            wanted.append(line)
    only_uv = VENV / "uv.txt"
    only_uv.write_text("\n".join(wanted) + "\n", encoding="utf-8")
    own = [*pip, "install", *quiet, "--require-hashes", "-r", str(only_uv)]
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "-q", "-p", str(PYTHON), "--require-hashes"]
    steps = (own, [*uv, "-r", f"requirements/{name}.txt"])
    return not any(
        subprocess.run(step, cwd=ROOT, check=False, capture_output=True).returncode for step in steps
    )


def works(python: Path) -> bool:
    """Whether this interpreter starts; a .venv that was moved or whose Python went does not."""
    try:
        return subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def pip_command() -> list[str]:
    """How pip is run inside .venv."""
    own = [str(PYTHON), "-m", "pip"]
    if subprocess.run([*own, "--version"], check=False, capture_output=True).returncode == 0:
        return own
    if subprocess.run([PYTHON, "-m", "ensurepip"], check=False, capture_output=True).returncode == 0:
        return own
    return [str(PYTHON), f"{debian_wheel()}/pip"]


def debian_wheel() -> Path:
    """The pip wheel of Debian's package python3-pip-whl."""
    sys.path.insert(0, str(ROOT / "src"))
    from codesentinel.act.components import fetch_package
    from codesentinel.model.errors import NotInstalled

    print("python3 has no ensurepip; fetching pip from Debian's packages", file=sys.stderr)
    try:
        folder = fetch_package("python3-pip-whl", VENV / "debian")
    except NotInstalled as exc:
        sys.exit(f"{exc.message}\nhint: install python3-venv, or {exc.hint}")
    return next(folder.glob("usr/share/python-wheels/pip-*.whl"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
