"""Plain ASGI calls, and real servers for them."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from pathlib import Path
from typing import Any

from servers import eventually, free_port, get

ROOT = Path(__file__).resolve().parent.parent


def request(
    app: Any, path: str, method: str = "GET", *, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """Status and body of one request."""
    return asyncio.run(call(app, path, method, body=body, headers=headers))


async def call(
    app: Any,
    path: str,
    method: str = "GET",
    *,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    stays: bool = True,
) -> tuple[int, bytes]:
    """As :func:`request`, inside a running loop; the client leaves after its request unless it ``stays``."""
    sent: list[dict[str, Any]] = []
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not messages and stays:
            await asyncio.Event().wait()
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    names = {"host": "127.0.0.1"} | (headers or {})
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(k.encode(), v.encode()) for k, v in names.items()],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }
    await app(scope, receive, send)
    return sent[0]["status"], b"".join(m.get("body", b"") for m in sent[1:])


@contextlib.contextmanager
def python_server(*words: str, port_option: str = "--port", ready: str = "/-/ready", **more: Any):
    """A Python program that serves on a free port, until the block ends; yields its process and URL."""
    port = free_port()
    process = subprocess.Popen([sys.executable, *words, port_option, str(port)], **more)
    url = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: get(url + ready), within=60)
        yield process, url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
