"""Real servers for tests: fetched once, started on free ports, always stopped."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.act import components

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CACHE = Path(
    os.environ.get("CODESENTINEL_STACK_COMPONENTS_DIR", "~/.cache/codesentinel/components")
).expanduser()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _to_stderr(line: str) -> None:
    """What is told of fetching is none of the output that a test looks at."""
    print(line, file=sys.stderr)


def program(name: str) -> components.Program:
    """The server program of a component, fetched on first use."""
    found = components.find(name, cache=CACHE)
    if found is None:
        components.fetch([name], cache=CACHE, tell=_to_stderr)
        found = components.find(name, cache=CACHE)
    assert found is not None, f"{name} could not be fetched"
    return found


def tool(component: str, name: str) -> Path:
    """A tool that lies beside a server program, such as promtool or amtool."""
    path = program(component).path.with_name(name)
    assert path.exists(), f"{name} does not lie beside {component}"
    return path


def get(url: str, timeout: float = 5) -> bytes:
    """The body of a GET; raises on any status but 200."""
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        body: bytes = answer.read()
        return body


def eventually(condition, *, within: float = 20, every: float = 0.05):
    """The first true value of ``condition()``; an assertion error names the last one."""
    end = time.monotonic() + within
    last = None
    while time.monotonic() < end:
        try:
            last = condition()
        except (OSError, ValueError) as exc:
            last = exc
        else:
            if last:
                return last
        time.sleep(every)
    raise AssertionError(f"not within {within} s; last: {last!r}")


@contextlib.contextmanager
def serving(name: str, arguments: Sequence[str], ready_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a component's program until the block ends; ``arguments`` follow the program."""
    with running(program(name), arguments, ready_url) as process:
        yield process


@contextlib.contextmanager
def running(
    found: components.Program, arguments: Sequence[str], ready_url: str, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """The same of any program."""
    process = subprocess.Popen(
        [str(found.path), *arguments],
        cwd=found.cwd,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: get(ready_url) or True, within=30)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
