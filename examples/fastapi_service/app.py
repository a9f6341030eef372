"""A service of FastAPI that is measured, with a stream, a WebSocket and what runs in the background.

pip install codesentinel fastapi 'uvicorn[standard]'
PROMETHEUS_MULTIPROC_DIR=$(mktemp -d) uvicorn app:app --workers 2
curl 127.0.0.1:8000/orders/7 127.0.0.1:8000/metrics
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fastapi import APIRouter, BackgroundTasks, FastAPI, HTTPException, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

from codesentinel.instrument import MetricsMiddleware

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ORDERS = 1000

orders = APIRouter(prefix="/orders")


@orders.get("/{order_id}")
async def order(order_id: int) -> dict[str, int]:
    """Show one order."""
    if order_id >= ORDERS:
        raise HTTPException(404, "no such order")
    return {"id": order_id}


@orders.post("", status_code=201)
async def place(tasks: BackgroundTasks) -> dict[str, str]:
    """Take an order; what happens to it afterwards is not part of the request."""
    tasks.add_task(asyncio.sleep, 0.01)
    return {"order": "placed"}


@orders.delete("/{order_id}", status_code=204)
async def cancel(order_id: int) -> None:
    """Forget an order."""


service = FastAPI()
service.include_router(orders)


@service.get("/report")
async def report(lines: int = 5) -> StreamingResponse:
    """Send line after line."""

    async def written() -> AsyncIterator[str]:
        for number in range(lines):
            await asyncio.sleep(0.002)
            yield f"line {number}\n"

    return StreamingResponse(written(), media_type="text/plain")


@service.get("/broken")
async def broken() -> None:
    """Fail as code does that has a bug."""
    raise RuntimeError("broken on purpose")


@service.websocket("/rooms/{room}")
async def talk(socket: WebSocket, room: str) -> None:
    """Repeat what is said, until the other side leaves."""
    await socket.accept()
    try:
        while True:
            await socket.send_text(f"{room}: {await socket.receive_text()}")
    except WebSocketDisconnect:
        return


app = MetricsMiddleware(service, service="orders", environment="demo", version="1.0", metrics_path="/metrics")
