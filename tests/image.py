"""The Containerfile, carried out instruction by instruction on an overlay of this machine, for want of an engine.

The base is this machine's Debian with its python3, not the image that a Containerfile names; the folders of
people and projects are hidden, so that only what was copied is there. Layers, caches and registries are not.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

HIDDEN = ("/root", "/home", "/work", "/opt", "/srv", "/mnt", "/tmp", "/var/lib", "/var/tmp")
"""What is empty in the base: what stands there on this machine is none of its business."""

OUTSIDE = ("PIP_CERT", "PIP_DEFAULT_TIMEOUT", "PIP_INDEX_URL", "SSL_CERT_FILE")
"""Variables of this machine that a build needs to reach the registry."""

SECONDS = 300


class Instruction(NamedTuple):
    """One of a Containerfile: its word, its options, and what it says."""

    word: str
    options: dict[str, str]
    text: str

    def words(self) -> list[str]:
        """As a list, from either form."""
        return json.loads(self.text) if self.text.startswith("[") else shlex.split(self.text)


def instructions(text: str) -> list[Instruction]:
    """Those of a Containerfile; comments and continued lines are understood."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    whole = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found = []
    for line in filter(str.strip, whole.splitlines()):
        word, _, rest = line.strip().partition(" ")
        options = {}
        while match := re.match(r"--(\w[\w-]*)=(\S+)\s+", rest):
            options[match[1]] = match[2]
            rest = rest[match.end() :]
        found.append(Instruction(word.upper(), options, rest.strip()))
    return found


def sent(root: Path, ignore: str) -> list[Path]:
    """The files below ``root`` that a builder is sent, relative to it."""
    rules = [line for line in ignore.splitlines() if line and not line.startswith("#")]
    found = []
    for folder, folders, files in os.walk(root):
        here = Path(folder).relative_to(root)
        folders[:] = [name for name in folders if name not in {".git", ".venv", "node_modules"}]
        found += [here / name for name in files if not _is_ignored(here / name, rules)]
    return found


def _is_ignored(path: Path, rules: list[str]) -> bool:
    names = [str(path), *map(str, path.parents)]
    ignored = False
    for rule in rules:
        pattern = rule.removeprefix("!").removeprefix("**/")
        anywhere = rule.removeprefix("!").startswith("**/")
        tried = [Path(name).name for name in names] if anywhere else names
        if pattern == "*" or any(fnmatch.fnmatchcase(name, pattern) for name in tried):
            ignored = not rule.startswith("!")
    return ignored


class Image:
    """What was built: its files, and how a container of it starts.

    Args:
        folder: for the layers; a stage is a folder below it.
        context: the folder that is sent to the builder.
        arguments: of the build, by name.
    """

    def __init__(self, folder: Path, context: Path, **arguments: str) -> None:
        self._folder, self._context, self._arguments = folder, context, arguments
        self._stages: dict[str, Path] = {}
        self._known: dict[str, str] = {}

    @property
    def files(self) -> Path:
        """What the last stage adds to its base."""
        return self._stages[self._stage]

    def build(self, text: str) -> None:
        """Carry out all instructions."""
        self._known = {}
        for one in instructions(text):
            known = one._replace(text=re.sub(r"\$\{(\w+)\}", lambda m: self._known.get(m[1], ""), one.text))
            getattr(self, f"_{one.word.lower()}")(known)

    def start(
        self,
        words: list[str],
        *,
        user: str = "",
        capabilities: tuple[str, ...] = (),
        mounts: dict[str, Path] | None = None,
        within: tuple[str, ...] = (),
        variables: dict[str, str] | None = None,
    ) -> subprocess.Popen[str]:
        """Start a command line: unable to gain privileges, on a read-only root.

        Args:
            words: the command line.
            user: UID:GID instead of the image's.
            capabilities: all that it may have, for root.
            mounts: place to folder of this machine; nothing else can be written to.
            within: words before it that enter namespaces.
            variables: in addition to the image's.
        """
        kept = "".join(f",+{name.lower()}" for name in capabilities)
        sealed = ["--no-new-privs", "--inh-caps=-all", f"--bounding-set=-all{kept}"]
        known = self.environment | (variables or {})
        line = [*_as(user or self.user), *sealed, "env", "-i", *_set(known), *words]
        return self._process(line, mounts or {}, sealed=True, within=within)

    def _process(
        self, line: list[str], mounts: dict[str, Path], *, sealed: bool, within: tuple[str, ...] = ()
    ) -> subprocess.Popen[str]:
        upper, place = self._stages[self._stage], self._folder / "root"
        work = upper.with_suffix(".work")
        for path in (work, place, *(upper / name.lstrip("/") for name in mounts)):
            path.mkdir(parents=True, exist_ok=True)
        steps = [
            f"mount -t overlay overlay -o lowerdir=/,upperdir={upper},workdir={work} {place}",
            *([f"mount -o remount,ro,bind {place}"] if sealed else []),
            *(f"mount --bind {source} {place}{name}" for name, source in mounts.items()),
            *(f"mount --rbind /{name} {place}/{name}" for name in ("proc", "dev")),
        ]
        steps.append(f"exec chroot {place} {shlex.join(['env', f'--chdir={self.workdir}', *line])}")
        return subprocess.Popen(
            [*within, "unshare", "--mount", "sh", "-ec", "\n".join(steps)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _arg(self, one: Instruction) -> None:
        name, _, default = one.text.partition("=")
        self._known[name] = self._arguments.get(name, default)

    def _from(self, one: Instruction) -> None:
        assert one.words()[0], "no base is named"
        self._stage = one.words()[-1]
        upper = self._stages[self._stage] = self._folder / f"stage-{len(self._stages)}"
        for name in HIDDEN:
            hidden = upper / name.lstrip("/")
            hidden.mkdir(parents=True)
            os.setxattr(hidden, "trusted.overlay.opaque", b"y")
        for name in ("tmp", "var/tmp"):
            (upper / name).chmod(0o1777)
        program = upper / "usr/local/bin/python"
        program.parent.mkdir(parents=True)
        program.symlink_to("/usr/bin/python3")
        self.environment = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
        self.labels: dict[str, str] = {}
        self.user, self.workdir = "0:0", "/"
        self.entrypoint: list[str] = []
        self.command: list[str] = []
        self.health: list[str] = []

    def _run(self, one: Instruction) -> None:
        words = one.words() if one.text.startswith("[") else ["/bin/sh", "-c", one.text]
        outside = {name: os.environ[name] for name in OUTSIDE if name in os.environ}
        line = [*_as(self.user), "env", "-i", *_set(outside | self.environment), *words]
        process = self._process(line, {}, sealed=False)
        said, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, f"RUN {one.text}: {said}"

    def _copy(self, one: Instruction) -> None:
        *sources, target = one.words()
        upper = self._stages[self._stage]
        for source in sources:
            origin = self._stages[one.options["from"]] if "from" in one.options else self._context
            found = origin / source.lstrip("/")
            into = upper / self.workdir.lstrip("/") / target
            into = upper / target.lstrip("/") if target.startswith("/") else into
            into = into / found.name if target.endswith("/") else into
            into.parent.mkdir(parents=True, exist_ok=True)
            if found.is_dir():
                shutil.copytree(found, into, symlinks=True, dirs_exist_ok=True)
            else:
                shutil.copy(found, into)

    def _workdir(self, one: Instruction) -> None:
        self.workdir = one.text
        (self._stages[self._stage] / one.text.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def _env(self, one: Instruction) -> None:
        self.environment |= dict(word.split("=", 1) for word in one.words())

    def _label(self, one: Instruction) -> None:
        self.labels |= dict(word.split("=", 1) for word in one.words())

    def _user(self, one: Instruction) -> None:
        self.user = one.text

    def _healthcheck(self, one: Instruction) -> None:
        self.health = json.loads(one.text.removeprefix("CMD "))

    def _entrypoint(self, one: Instruction) -> None:
        self.entrypoint = one.words()

    def _cmd(self, one: Instruction) -> None:
        self.command = one.words()

    def _expose(self, one: Instruction) -> None:
        """Documents ports."""

    def _stopsignal(self, one: Instruction) -> None:
        assert one.text == "SIGTERM"


def _as(user: str) -> list[str]:
    owner, _, group = user.partition(":")
    return ["setpriv", f"--reuid={owner}", f"--regid={group}", "--clear-groups"]


def _set(variables: dict[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in variables.items()]
