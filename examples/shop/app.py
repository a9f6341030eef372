"""A small shop, instrumented as any service would be, that can be told to misbehave.

python app.py --port 8710
curl -X PUT 127.0.0.1:8710/fault -d '{"error_ratio": 0.5, "delay_seconds": 1}'
curl -X DELETE 127.0.0.1:8710/fault
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from codesentinel.instrument import MetricsMiddleware, measure_resources, metrics_app

if TYPE_CHECKING:
    from starlette.requests import Request

CATALOGUE = {
    number: {"id": number, "name": f"lamp {number}", "price_cents": 900 + 7 * number}
    for number in range(1, 41)
}
LARGEST_ORDER = 100


@dataclass(frozen=True)
class Fault:
    """How the shop misbehaves: which share of requests fails, and how long each one waits."""

    error_ratio: float = 0.0
    delay_seconds: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not 0 <= self.error_ratio <= 1:
            raise ValueError("error_ratio lies between 0 and 1")
        if not 0 <= self.delay_seconds <= 30:
            raise ValueError("delay_seconds lies between 0 and 30")


class Shop:
    """The routes, and the fault they suffer from at the moment."""

    def __init__(self, seed: int = 1) -> None:
        self.fault = Fault()
        self._random = random.Random(seed)  # noqa: S311

    async def suffer(self) -> Response | None:
        """Wait and fail as the fault says."""
        if self.fault.delay_seconds:
            await asyncio.sleep(self.fault.delay_seconds)
        if self._random.random() < self.fault.error_ratio:
            return JSONResponse({"error": "the shop is broken"}, status_code=500)
        return None

    async def home(self, _: Request) -> Response:
        """Say what there is."""
        return await self.suffer() or JSONResponse({"products": len(CATALOGUE)})

    async def products(self, request: Request) -> Response:
        """List the catalogue, or the products whose name holds ``q``."""
        wanted = request.query_params.get("q", "")
        found = [product for product in CATALOGUE.values() if wanted in product["name"]]
        return await self.suffer() or JSONResponse(found)

    async def product(self, request: Request) -> Response:
        """Show one product."""
        found = CATALOGUE.get(request.path_params["product_id"])
        answer = JSONResponse(found) if found else JSONResponse({"error": "no such product"}, status_code=404)
        return await self.suffer() or answer

    async def checkout(self, request: Request) -> Response:
        """Order something."""
        try:
            order = json.loads(await request.body())
            price, quantity = CATALOGUE[order["product_id"]]["price_cents"], int(order["quantity"])
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"error": "not an order"}, status_code=400)
        if not 1 <= quantity <= LARGEST_ORDER:
            return JSONResponse({"error": f"order 1 to {LARGEST_ORDER}"}, status_code=400)
        return await self.suffer() or JSONResponse({"total_cents": price * quantity}, status_code=201)

    async def change_fault(self, request: Request) -> Response:
        """Show, set or clear the fault."""
        if request.method == "PUT":
            try:
                self.fault = Fault(**json.loads(await request.body()))
            except (ValueError, TypeError) as exc:
                return JSONResponse({"error": str(exc)}, status_code=400)
        elif request.method == "DELETE":
            self.fault = Fault()
        return JSONResponse(asdict(self.fault))


async def ready(_: Request) -> Response:
    """Answer at once, whatever the fault."""
    return PlainTextResponse("ready\n")


def create_app(version: str = "1.0") -> Starlette:
    """The shop behind the middleware; its own plumbing is not measured."""
    measure_resources()
    shop = Shop()
    routes = Starlette(
        routes=[
            Route("/", shop.home),
            Route("/products", shop.products),
            Route("/products/{product_id:int}", shop.product),
            Route("/checkout", shop.checkout, methods=["POST"]),
        ]
    )
    measured = MetricsMiddleware(routes, service="shop", environment="demo", version=version)
    return Starlette(
        routes=[
            Route("/-/ready", ready),
            Route("/fault", shop.change_fault, methods=["GET", "PUT", "DELETE"]),
            Route("/metrics", metrics_app()),
            Mount("/", measured),
        ]
    )


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description="A small instrumented shop that can be told to misbehave.")
    parser.add_argument("--port", type=int, default=8710)
    parser.add_argument("--version", default="1.0", help="what its metrics are labelled with")
    options = parser.parse_args()
    app = create_app(options.version)
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
