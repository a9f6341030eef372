"""A real systemd with our units, in namespaces and control groups of its own, on the image's files."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

SYSTEMD = Path("/lib/systemd/systemd")
GROUPS = Path("/sys/fs/cgroup")
TARGETS = (
    "sysinit",
    "basic",
    "multi-user",
    "network",
    "network-online",
    "shutdown",
    "umount",
    "final",
    "exit",
)
EMPTY = ("usr/lib/systemd/system", "etc/systemd/system", "etc/codesentinel", "var/lib/codesentinel")
UNSHARED = ("--pid", "--fork", "--kill-child", "--mount", "--uts", "--ipc", "--cgroup", "--net")
USER = 64871


class Booted:
    """systemd as the first process of its namespaces; it starts the units that are named, and nothing else.

    Args:
        upper: the files of an image, over those of this machine; units and users are added to them.
        place: an empty folder for mount points.
        units: folder with the units.
        wanted: those to start.
        environment: text of ``/etc/codesentinel/environment``.
    """

    def __init__(self, upper: Path, place: Path, units: Path, wanted: list[str], environment: str) -> None:
        self._place = place
        self._group = f"codesentinel-test-{os.getpid()}"
        for name in EMPTY:
            (upper / name).mkdir(parents=True, exist_ok=True)
            os.setxattr(upper / name, "trusted.overlay.opaque", b"y")
        for path in units.glob("codesentinel-*"):
            copied = upper / "etc/systemd/system" / path.name
            (shutil.copytree if path.is_dir() else shutil.copy)(path, copied)
        for name in TARGETS:
            shutil.copy(SYSTEMD.parent / "system" / f"{name}.target", upper / "usr/lib/systemd/system")
        target = f"[Unit]\nDefaultDependencies=no\nWants={' '.join(wanted)}\n"
        (upper / "etc/systemd/system/tried.target").write_text(target)
        (upper / "etc/codesentinel/environment").write_text(environment)
        for name, line in (
            ("passwd", f"codesentinel:x:{USER}:{USER}::/var/lib/codesentinel:/usr/sbin/nologin\n"),
            ("group", f"codesentinel:x:{USER}:\n"),
        ):
            (upper / "etc" / name).write_text(Path("/etc", name).read_text() + line)
        self._script = _SCRIPT.format(
            upper=upper,
            work=upper.with_suffix(".boot"),
            place=place,
            groups="\n".join(f"mount --bind {own} {place}{whole}" for whole, own in self._hierarchies()),
        )
        upper.with_suffix(".boot").mkdir()

    def __enter__(self) -> Self:
        for folder in self._groups():
            folder.mkdir()
        enter = "".join(f"echo $$ > {folder}/cgroup.procs\n" for folder in self._groups())
        start = f"{enter}exec unshare {' '.join(UNSHARED)} sh -ec '{self._script}'"
        self._outer = subprocess.Popen(
            ["sh", "-ec", start], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._outer.kill()  # and with it, by --kill-child, all that it started
        self._outer.wait(timeout=60)
        end = time.monotonic() + 20
        while time.monotonic() < end and any(folder.exists() for folder in self._groups()):
            for folder in self._groups():
                for one in sorted(folder.rglob("*/"), reverse=True) if folder.exists() else ():
                    with contextlib.suppress(OSError):
                        one.rmdir()
                with contextlib.suppress(OSError):
                    folder.rmdir()
            time.sleep(0.1)

    def first(self) -> str:
        """The id of the first process of its namespaces; empty while there is none."""
        children = Path(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children").read_text().split()
        return children[0] if children else ""

    def said(self, script: str) -> str:
        """What a shell says in there; nothing while nobody answers."""
        words = ["nsenter", "-t", self.first() or "0", "-a", "--root", "--wd", "sh", "-c", script]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        return done.stdout

    def _groups(self) -> list[Path]:
        return [own for _, own in self._hierarchies()]

    def _hierarchies(self) -> Iterator[tuple[Path, Path]]:
        """Every hierarchy that systemd writes to, and in it a group of its own below ours."""
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, names, path = line.split(":", 2)
            name = "unified" if names == "" else names.removeprefix("name=")
            whole = GROUPS if names == "" and (GROUPS / "cgroup.controllers").exists() else GROUPS / name
            if name not in {"cpuset", "freezer"} and whole.is_dir():
                yield whole, whole / path.lstrip("/") / self._group


_SCRIPT = """
mount -t overlay overlay -o lowerdir=/,upperdir={upper},workdir={work} {place}
mount -t proc proc {place}/proc
mount --rbind /sys {place}/sys
{groups}
mount --rbind /dev {place}/dev
mount -t tmpfs tmpfs {place}/run
mount -t tmpfs tmpfs {place}/tmp
exec chroot {place} env -i container=other PATH=/usr/bin:/bin:/usr/sbin:/sbin \
  {systemd} --system --unit=tried.target --log-target=null
""".replace("{systemd}", str(SYSTEMD))
