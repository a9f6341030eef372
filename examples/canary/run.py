"""Three releases of the shop behind Envoy: a slow and a failing one are rolled back, a good one is promoted.

python run.py [--port 8720] [--only slow|failing|good]

It runs the shop twice, a Prometheus that scrapes both, load in front of the Envoy, and for each release
`codesentinel canary run` with the canary.yaml beside this file. It takes about two minutes, leaves nothing
running, and exits with 0 if all three ended as they should.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from codesentinel.act import components

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
SHOP = HERE.parent / "shop"
RELEASES: dict[str, tuple[str, dict[str, float], int]] = {
    "slow": ("every request waits 0.1 s", {"delay_seconds": 0.1}, 1),
    "failing": ("one request in five fails", {"error_ratio": 0.2}, 1),
    "good": ("as good as the first", {}, 0),
}
"""What is the matter with it, the fault that the shop is told to have, and the exit status of its rollout."""

RATE = 80
READY_SECONDS = 60.0


@contextlib.contextmanager
def running(argv: list[str], **how: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A program, until the block ends."""
    with subprocess.Popen(argv, **how) as process:
        try:
            yield process
        finally:
            process.terminate()


def prometheus(folder: Path, port: int, targets: list[str]) -> tuple[list[str], Path | None]:
    """The command line of a Prometheus that scrapes the targets twice a second, and where it is started."""
    cache = os.environ.get("CODESENTINEL_STACK_COMPONENTS_DIR", "~/.cache/codesentinel/components")
    where = Path(cache).expanduser()
    found = components.find("prometheus", cache=where)
    if found is None:
        components.fetch(["prometheus"], cache=where, tell=print)
        found = components.find("prometheus", cache=where)
    if found is None:
        sys.exit("there is no Prometheus here: codesentinel doctor")
    scrape = {
        "job_name": "shop",
        "scrape_interval": "500ms",
        "scrape_timeout": "500ms",
        "static_configs": [{"targets": targets}],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump({"scrape_configs": [scrape]}), encoding="utf-8")
    options = {
        "config.file": folder / "prometheus.yml",
        "storage.tsdb.path": folder / "data",
        "web.listen-address": f"127.0.0.1:{port}",
        "log.level": "error",
    }
    return [str(found.path), *(f"--{name}={value}" for name, value in options.items())], found.cwd


def wait_for(url: str) -> None:
    """Return once it answers."""
    end = time.monotonic() + READY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def tell(url: str, fault: dict[str, float]) -> None:
    """Tell a shop how to misbehave."""
    request = urllib.request.Request(f"{url}/fault", data=json.dumps(fault).encode(), method="PUT")  # noqa: S310
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        pass


def release(workspace: Path, names: list[str], url: str, canary: str) -> list[str]:
    """Roll out these releases; what did not end as it should."""
    command = [sys.executable, "-m", "codesentinel", "canary", "run", "--yes"]
    wrong = []
    for what, fault, expected in (RELEASES[name] for name in names):
        print(f"\n== a release: {what}", flush=True)
        tell(canary, fault)
        status = subprocess.run([*command, "--url", url], cwd=workspace, check=False, timeout=400).returncode
        if status != expected:
            wrong.append(f"{what}: exit status {status}, not {expected}")
    print(flush=True)
    subprocess.run([sys.executable, "-m", "codesentinel", "deploy", "list"], cwd=workspace, check=False)
    return wrong


def main() -> int:
    """Run all of it; 0 when each release ended as it should."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=8720, help="the first of four that are free")
    parser.add_argument("--only", choices=RELEASES, help="this release alone")
    options = parser.parse_args()
    front, names = options.port, [options.only] if options.only else list(RELEASES)
    old, new, watch = (f"127.0.0.1:{front + n}" for n in (1, 2, 3))
    document = yaml.safe_load((HERE / "canary.yaml").read_text(encoding="utf-8"))
    document["rollout"]["traffic"] |= {"listen": f"127.0.0.1:{front}", "baseline": old, "canary": new}
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        workspace = Path(name)
        (workspace / ".git").mkdir()
        (workspace / "canary.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
        for version, address in (("1.0", old), ("2.0", new)):
            port = address.rpartition(":")[2]
            shop = [sys.executable, str(SHOP / "app.py"), "--port", port, "--version", version]
            stack.enter_context(running(shop))
            wait_for(f"http://{address}/-/ready")
        argv, cwd = prometheus(workspace, front + 3, [old, new])
        stack.enter_context(running(argv, cwd=cwd))
        wait_for(f"http://{watch}/-/ready")
        load = [
            sys.executable,
            str(SHOP / "load.py"),
            "--url",
            f"http://127.0.0.1:{front}",
            "--rate",
            str(RATE),
        ]
        stack.enter_context(running(load))
        stop = [sys.executable, "-m", "codesentinel", "canary", "run", "--stop", "--yes"]
        stack.callback(subprocess.run, stop, cwd=workspace, check=False)
        wrong = release(workspace, names, f"http://{watch}", f"http://{new}")
    for line in wrong:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
