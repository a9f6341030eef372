"""The image: linted, its instructions carried out, and the rendered pods run in what comes of it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codesentinel import __version__
from codesentinel.store.process_samples import SampleReader
from image import instructions, sent
from manifests import ROOT, charted, pods
from registry_programs import program
from servers import eventually

FOLDER = ROOT / "infrastructure" / "container"
TEXT = (FOLDER / "Containerfile").read_text()
ALL = (Path(__file__).parent / "every_part.yaml").read_text()
WORKSPACE = "/var/lib/codesentinel"
TOKEN = "a-token-of-the-test-0123456789"
needs_overlays = pytest.mark.skipif(
    os.geteuid() != 0 or not all(shutil.which(name) for name in ("unshare", "nsenter", "setpriv", "chroot"))
    or not Path("/usr/lib/python3/dist-packages").exists(),
    reason="carrying out the instructions takes root and Debian's python3",
)  # fmt: skip


def lint(text):
    words = [program("hadolint"), "--no-color", "--failure-threshold", "warning", "-"]
    return subprocess.run(words, input=text, capture_output=True, text=True, check=False)


def test_the_linter_finds_no_fault_and_can_find_one():
    assert lint(TEXT).returncode == 0, lint(TEXT).stdout
    for spoilt, code in [
        (TEXT.replace("WORKDIR /build", "WORKDIR build"), "DL3000"),
        (TEXT.replace('ENTRYPOINT ["codesentinel"]', "ENTRYPOINT codesentinel"), "DL3025"),
        (TEXT.replace("FROM ${BASE} AS build", "FROM python:latest AS build"), "DL3007"),
        (TEXT.replace("COPY src src", "ADD src src"), "DL3020"),
    ]:
        found = lint(spoilt)
        assert spoilt != TEXT
        assert found.returncode != 0
        assert code in found.stdout


def test_the_base_is_named_by_whoever_builds_and_the_user_by_number():
    found = instructions(TEXT)
    assert [one.text for one in found if one.word == "ARG"] == ["BASE", "REVISION=unknown"]
    assert {one.words()[0] for one in found if one.word == "FROM"} == {"${BASE}"}
    assert not re.search(r"\b[\w-]+\.(?:io|com|org)/", re.sub(r"org\.opencontainers\.\S+", "", TEXT))
    assert [one.text for one in found if one.word == "USER"] == ["64870:64870"]
    assert f'version="{__version__}"' in TEXT
    assert "python:3.13-slim@sha256:..." in TEXT


def test_what_is_sent_to_the_builder_is_what_it_copies_and_no_more():
    ignore = (ROOT / ".containerignore").read_text()
    assert (ROOT / ".dockerignore").read_text() == ignore
    files = {str(path) for path in sent(ROOT, ignore)}
    assert {path.partition("/")[0] for path in files} == {
        *("LICENSE", "README.md", "examples", "infrastructure", "pyproject.toml", "requirements", "src")
    }
    assert {path for path in files if path.startswith("requirements/")} == {"requirements/image.txt"}
    assert not [path for path in files if "__pycache__" in path]
    for one in instructions(TEXT):
        if one.word == "COPY" and "from" not in one.options:
            for source in one.words()[:-1]:
                assert any(path == source or path.startswith(f"{source}/") for path in files), source


def test_everything_that_is_installed_is_pinned_by_hashes():
    text = (ROOT / "requirements" / "image.txt").read_text()
    pinned = re.findall(r"(?m)^([a-z0-9-]+)(?:\[.*\])?==.*\\\n    --hash=sha256:", text)
    assert len(pinned) == len(re.findall(r"(?m)^[a-z0-9]", text))
    assert {"lightkube", "starlette", "mcp", "hatchling", "pyarrow"} <= set(pinned)
    assert "://" not in text


class Running:
    """The containers of one pod, with a network and volumes of their own."""

    def __init__(self, image, folder, pod):
        self._image, self._folder, self._pod = image, folder, pod["spec"]
        security = self._pod["securityContext"]
        self.user = f"{security['runAsUser']}:{security['runAsGroup']}"
        for name in ("workspace", "scratch", "token"):
            (folder / name).mkdir()
            os.chown(folder / name, security["runAsUser"], security["runAsGroup"])
        token = folder / "token" / "token"
        token.write_text(TOKEN)
        os.chown(token, 0, security.get("fsGroup", 0))  # as the kubelet does
        token.chmod(next(v["secret"]["defaultMode"] for v in self._pod["volumes"] if "secret" in v))

    def __enter__(self):
        up = "import fcntl, socket, struct, sys, time\nwith socket.socket() as s:\n fcntl.ioctl(s, 0x8914, struct.pack('16sh', b'lo', 0x41))\nprint('up', flush=True)\nsys.stdin.read()"
        self._holder = subprocess.Popen(
            ["unshare", "--net", sys.executable, "-c", up],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout.readline() == "up\n"
        self._within = ("nsenter", f"--net=/proc/{self._holder.pid}/ns/net")
        self._started = []
        return self

    def __exit__(self, *_):
        for process in self._started:
            process.terminate()
        for process in self._started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=60)
            process.kill()
        self._holder.communicate("", timeout=60)

    def start(self, name, *instead, **variables):
        """A container with what the manifest says of it, or with other words."""
        (found,) = [one for one in self._pod["containers"] if one["name"] == name]
        places = {m["mountPath"]: self._folder / m["name"] for m in found["volumeMounts"]}
        process = self._image.start(
            list(instead) or [*self._image.entrypoint, *map(str, found["args"])],
            user=self.user,
            capabilities=tuple(found["securityContext"]["capabilities"].get("add", ())),
            mounts=places,
            within=self._within,
            variables={"CODESENTINEL_AGENT_ID": "node-1", "HOME": "/tmp"} | variables,
        )
        self._started.append(process)
        return process

    def said(self, name, *words, **variables):
        """What a container says that ends by itself, and its exit status."""
        process = self.start(name, *words, **variables)
        text, _ = process.communicate(timeout=60)
        return process.returncode, text

    def ask(self, port, path, token=""):
        """Status and body of a request from within the pod's network."""
        script = (
            "import http.client, sys\n"
            "c = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=30)\n"
            "c.request('GET', sys.argv[2], headers={'Authorization': sys.argv[3]} if sys.argv[3] else {})\n"
            "a = c.getresponse()\nprint(a.status)\nprint(a.read().decode())"
        )
        words = [
            *self._within,
            sys.executable,
            "-c",
            script,
            str(port),
            path,
            f"Bearer {token}" if token else "",
        ]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        status, _, body = done.stdout.partition("\n")
        return int(status or 0), body

    def samples(self):
        """What the recorder wrote."""
        return list(SampleReader(str(self._folder / "workspace/.codesentinel/process")).samples())


@contextlib.contextmanager
def agent(image, folder, values=""):
    folder.mkdir()
    with Running(image, folder, pods(charted(values))["agent"]) as pod:
        yield pod


@needs_overlays
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("image")
def test_an_agent_runs_in_the_image_as_its_manifest_says(image, tmp_path):
    assert image.labels["org.opencontainers.image.version"] == __version__
    assert image.labels["org.opencontainers.image.revision"] == "0123abc"
    with agent(image, tmp_path / "pod") as pod:
        assert pod.said("exporter", "codesentinel", "--version") == (0, f"codesentinel {__version__}\n")
        health = image.health
        assert pod.said("recorder", *health) == (1, "")
        assert pod.said("recorder", *health, "recorder") == (1, "")
        pod.start("recorder")
        eventually(pod.samples, within=60)
        assert pod.said("recorder", *health, "recorder") == (0, "")
        assert pod.said("recorder", *health, "server") == (1, "")
        pod.start("exporter")
        eventually(lambda: pod.ask(8701, "/-/ready") == (200, "ready\n\n"), within=60)
        assert pod.said("exporter", *health, "server") == (0, "")
        assert pod.ask(8701, "/metrics")[0] == 401
        status, text = eventually(
            lambda: (got := pod.ask(8701, "/metrics", TOKEN))[1].count("codesentinel_process_count{") and got,
            within=60,
        )
        assert status == 200
        assert "codesentinel_process_resident_memory_bytes{" in text


@needs_overlays
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("image")
def test_what_an_agent_sees_and_may_do_is_what_the_table_says(image, tmp_path):
    probe = (
        "import json, os, sys\n"
        "def tried(what):\n"
        "    try: what()\n"
        "    except OSError as e: return type(e).__name__\n"
        "    return 'done'\n"
        "pid = sys.argv[1]\n"
        "print(json.dumps([tried(lambda: os.kill(int(pid), 0)), tried(lambda: open(f'/proc/{pid}/environ').read()),\n"
        "    tried(lambda: open('/anywhere', 'w')), tried(lambda: open('/tmp/scratch', 'w')), os.getuid(), os.getgroups()]))"
    )
    me, seen = str(os.getpid()), {}
    for name, values in (("plain", ""), ("whole", ALL)):
        with agent(image, tmp_path / name, values) as pod:
            status, text = pod.said("exporter", "python", "-c", probe, me)
            assert status == 0, text
            kill, environ, anywhere, scratch, uid, groups = json.loads(text)
            assert (anywhere, scratch, groups) == ("OSError", "done", [])
            assert uid == (64870 if name == "plain" else 0)
            if name == "plain":
                assert (kill, environ) == ("PermissionError", "PermissionError")
            record = ["codesentinel", "memory", "process", "record", "--interval", "1s", "--duration", "2s"]
            status, text = pod.said("recorder", *record)
            assert status == 0, text
            last = pod.samples()[-1].processes
            ours = last[os.getpid()]
            assert ours.process.argv_shape
            assert None not in (ours.fds, ours.fds_limit, ours.private_bytes, ours.waited_seconds)
            seen[name] = ours.exe
    assert seen == {"plain": "", "whole": os.path.realpath(f"/proc/{me}/exe")}


@needs_overlays
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("image")
def test_the_viewer_runs_in_the_image_and_variables_of_services_would_stop_it(image, tmp_path):
    (tmp_path / "pod").mkdir()
    with Running(image, tmp_path / "pod", pods(charted())["web"]) as pod:
        link = {"CODESENTINEL_WEB_SERVICE_HOST": "10.0.0.1"}  # what enableServiceLinks would add
        status, text = pod.said("web", **link)
        assert status == 2
        assert "CODESENTINEL_WEB_SERVICE_HOST" in text
        pod.start("web")
        eventually(lambda: pod.ask(8700, "/-/ready")[0] == 200, within=60)
        assert pod.ask(8700, "/api/dashboards")[0] == 401
        status, text = pod.ask(8700, "/api/dashboards", TOKEN)
        assert status == 200
        assert "codesentinel-system-overview" in text
