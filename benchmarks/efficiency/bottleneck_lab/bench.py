"""The servers of the lab: Prometheus with a scrape every second, node exporter, link, backend and service."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from faults import GROUPS, Lab

from codesentinel.act import components

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).resolve().parent
PROMETHEUS_PORT, NODE_PORT, SERVICE_PORT, BACKEND_PORT = 9090, 9100, 8710, 8720
CONTROLLERS = ("cpu", "memory", "blkio", "unified")
GROUP = "codesentinel-bottleneck-lab"
CACHE = Path("~/.cache/codesentinel/components").expanduser()
_CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - {{job_name: node, static_configs: [{{targets: ["127.0.0.1:{node}"]}}]}}
  - {{job_name: shop, static_configs: [{{targets: ["127.0.0.1:{service}"]}}]}}
"""


def wait_for(url: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=2).close()
            return
        if time.monotonic() > end:
            raise SystemExit(f"{url} does not answer")
        time.sleep(0.05)


@contextlib.contextmanager
def running(argv: Sequence[str], **options: object) -> Iterator[subprocess.Popen[str]]:
    """A child that is ended with the block."""
    child = subprocess.Popen([str(one) for one in argv], text=True, **options)  # type: ignore[call-overload]
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextlib.contextmanager
def servers(folder: Path) -> Iterator[None]:
    """Prometheus and node exporter, for the whole of a run."""
    components.fetch(["prometheus", "node-exporter"], cache=CACHE, tell=print)
    config = folder / "prometheus.yml"
    config.write_text(_CONFIG.format(node=NODE_PORT, service=SERVICE_PORT))
    programs = {name: components.find(name, cache=CACHE) for name in ("prometheus", "node-exporter")}
    assert all(programs.values())
    wanted = "cpu diskstats loadavg meminfo netdev netstat pressure stat vmstat filefd sockstat".split()
    with (
        running(
            [
                programs["node-exporter"].path,
                f"--web.listen-address=127.0.0.1:{NODE_PORT}",
                "--collector.disable-defaults",
                *(f"--collector.{name}" for name in wanted),
            ],
            stderr=subprocess.DEVNULL,
        ),
        running(
            [
                programs["prometheus"].path,
                f"--config.file={config}",
                f"--storage.tsdb.path={folder / 'tsdb'}",
                f"--web.listen-address=127.0.0.1:{PROMETHEUS_PORT}",
            ],
            stderr=subprocess.DEVNULL,
        ),
    ):
        wait_for(f"http://127.0.0.1:{PROMETHEUS_PORT}/-/ready")
        wait_for(f"http://127.0.0.1:{NODE_PORT}/metrics")
        yield


@contextlib.contextmanager
def control_group() -> Iterator[str]:
    """A group of its own in every hierarchy that can be written; those that cannot are left out."""
    made = []
    for controller in CONTROLLERS:
        with contextlib.suppress(OSError):
            (GROUPS / controller / GROUP).mkdir(exist_ok=True)
            made.append(controller)
    try:
        yield GROUP
    finally:
        for controller in made:
            for _ in range(50):
                try:
                    (GROUPS / controller / GROUP).rmdir()
                    break
                except OSError:
                    time.sleep(0.1)


def join_group(pid: int) -> None:
    for controller in CONTROLLERS:
        with contextlib.suppress(OSError):
            (GROUPS / controller / GROUP / "cgroup.procs").write_text(str(pid))


@contextlib.contextmanager
def service(folder: Path) -> Iterator[Lab]:
    """A new service with its backend behind the link."""
    folder.mkdir(exist_ok=True)
    with control_group() as group:
        link = running(
            [sys.executable, HERE / "delayed_link.py", str(BACKEND_PORT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with link as carrying:
            assert carrying.stdout is not None
            if carrying.stdout.readline() != "ready\n":
                raise SystemExit("the link did not start")
            wait_for(f"http://10.213.7.2:{BACKEND_PORT}/")
            argv = [
                sys.executable,
                HERE / "service.py",
                str(SERVICE_PORT),
                "10.213.7.2",
                str(BACKEND_PORT),
                folder,
            ]
            with running(argv, preexec_fn=lambda: join_group(0)) as shop:
                wait_for(f"http://127.0.0.1:{SERVICE_PORT}/metrics")
                yield Lab(SERVICE_PORT, shop.pid, ("10.213.7.2", BACKEND_PORT), carrying, group, folder)
