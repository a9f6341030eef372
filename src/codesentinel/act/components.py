"""Server programs: found where the user says, on PATH, or fetched from Debian without root.

Fetching downloads the packages with ``apt-get`` into a private folder, with package lists of its own
(the system's may be missing or stale), checks nothing away (apt verifies the signatures), unpacks
with ``dpkg -x`` and touches no system service. Alertmanager has its template folder compiled in as
an absolute path that only a system install creates; the unpacked copy is relocated as package
managers do it, by a prefix of equal length, relative to the folder it is started in.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.model.errors import NotInstalled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_COMPILED_IN = b"/usr/share/prometheus/alertmanager"
_RELOCATED = b"usr//share/prometheus/alertmanager"


@dataclass(frozen=True, slots=True)
class Component:
    """A server program: its names on PATH, its Debian package, and the setting that overrides both."""

    name: str
    programs: tuple[str, ...]
    package: str

    @property
    def setting(self) -> str:
        """The key in ``[stack]``."""
        return self.name.replace("-", "_") + "_path"


COMPONENTS: Mapping[str, Component] = {
    c.name: c
    for c in (
        Component("prometheus", ("prometheus",), "prometheus"),
        Component("alertmanager", ("prometheus-alertmanager", "alertmanager"), "prometheus-alertmanager"),
        Component("pushgateway", ("prometheus-pushgateway", "pushgateway"), "prometheus-pushgateway"),
        Component("node-exporter", ("prometheus-node-exporter", "node_exporter"), "prometheus-node-exporter"),
        Component("victoria-metrics", ("victoria-metrics", "victoria-metrics-prod"), "victoria-metrics"),
    )
}


@dataclass(frozen=True, slots=True)
class Program:
    """A program found: where it lies, where to start it, and where it is from.

    ``origin`` is ``setting``, ``PATH`` or the name of a Debian package.
    """

    component: str
    path: Path
    origin: str
    cwd: Path | None = None


def find(name: str, *, configured: str = "", cache: Path) -> Program | None:
    """The program of component ``name`` on this machine, or None.

    Raises:
        NotInstalled: when the configured path is no program.
    """
    component = COMPONENTS[name]
    if configured:
        path = Path(configured).expanduser()
        if not os.access(path, os.X_OK) or path.is_dir():
            raise NotInstalled(
                f"stack.{component.setting} names no program: {configured}",
                hint="correct the setting, or remove it to let codesentinel find one",
            )
        return Program(name, path, "setting")
    for word in component.programs:
        found = shutil.which(word)
        if found:
            return Program(name, Path(found), "PATH")
    return _fetched(component, cache)


def fetch(names: list[str], *, cache: Path, tell: Callable[[str], None]) -> None:
    """Download and unpack Debian's packages of the components ``names`` below ``cache``.

    Several callers may do so at once: one fetches, the others wait for it.

    Raises:
        NotInstalled: no apt here, or a package could not be had.
    """
    packages = [COMPONENTS[name].package for name in names]
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise NotInstalled(
            f"not found: {', '.join(names)}; and this is no Debian to fetch them from",
            hint="install them so that they are on PATH, or name them by the settings stack.*_path",
        )
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = [n for n in names if _fetched(COMPONENTS[n], cache) is None]
        if missing:
            tell(f"fetching {', '.join(packages)} from Debian's packages")
            _download([COMPONENTS[n].package for n in missing], cache)
        for name in missing:
            _unpack(COMPONENTS[name].package, cache)


def fetch_package(package: str, cache: Path) -> Path:
    """The folder below ``cache`` into which Debian's ``package`` was unpacked, now or before.

    Several callers may do so at once: one fetches, the others wait for it.

    Raises:
        NotInstalled: it could not be had.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (cache / package / ".complete").exists():
            _download([package], cache)
            _unpack(package, cache)
    return cache / package


def _fetched(component: Component, cache: Path) -> Program | None:
    root = cache / component.package
    stamp = root / ".complete"
    for word in component.programs:
        path = root / "usr" / "bin" / word
        if stamp.exists() and os.access(path, os.X_OK):
            return Program(component.name, path, stamp.read_text(encoding="utf-8").strip(), cwd=root)
    return None


def _download(packages: list[str], cache: Path) -> None:
    debs = cache / "debs"
    for folder in (debs / "partial", cache / "apt" / "lists" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    options = [
        f"Dir::State::Lists={cache / 'apt' / 'lists'}",
        f"Dir::Cache={cache / 'apt'}",
        f"Dir::Cache::Archives={debs}",
        "Acquire::Languages=none",
        "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false",
        f"APT::Sandbox::User={'root' if os.geteuid() == 0 else ''}",
    ]
    apt = ["apt-get", "-q", *(word for option in options if option[-1] != "=" for word in ("-o", option))]
    _run([*apt, "update"], cwd=debs, what="read Debian's package lists")
    _run([*apt, "download", *packages], cwd=debs, what=f"download {', '.join(packages)}")


def _unpack(package: str, cache: Path) -> None:
    fresh = cache / f".{package}.{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    deb = max((cache / "debs").glob(f"{package}_*.deb"), key=lambda path: path.stat().st_mtime)
    _run(["dpkg", "-x", str(deb), str(fresh)], cwd=cache, what=f"unpack {package}")
    for program in _holding(fresh / "usr" / "bin", _COMPILED_IN):
        program.write_bytes(program.read_bytes().replace(_COMPILED_IN, _RELOCATED))
    (fresh / ".complete").write_text(deb.name + "\n", encoding="utf-8")
    shutil.rmtree(cache / package, ignore_errors=True)
    fresh.rename(cache / package)
    deb.unlink()


def _holding(folder: Path, needle: bytes) -> Iterator[Path]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink() and needle in path.read_bytes():
            yield path


def _run(argv: list[str], *, cwd: Path, what: str) -> None:
    done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
        raise NotInstalled(
            f"could not {what}: {last[0]}",
            hint="check the network and the package sources, or install the servers on PATH",
        )
