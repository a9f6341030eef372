"""A service of Flask that is measured.

pip install codesentinel flask gunicorn
PROMETHEUS_MULTIPROC_DIR=$(mktemp -d) gunicorn --workers 2 app:app
curl 127.0.0.1:8000/orders/7 127.0.0.1:8000/metrics

gunicorn reads gunicorn.conf.py beside this file.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, abort, request, send_file

from codesentinel.instrument import WsgiMetricsMiddleware

if TYPE_CHECKING:
    from collections.abc import Iterator

ORDERS = 1000

orders = Blueprint("orders", __name__, url_prefix="/orders")


@orders.get("/<int:order_id>")
def order(order_id: int) -> dict[str, int]:
    """Show one order."""
    if order_id >= ORDERS:
        abort(404)
    return {"id": order_id}


@orders.post("")
def place() -> tuple[dict[str, str], int]:
    """Take an order."""
    return {"order": "placed"}, 201


@orders.delete("/<int:order_id>")
def cancel(order_id: int) -> tuple[str, int]:  # noqa: ARG001
    """Forget an order."""
    return "", 204


app = Flask(__name__)
app.register_blueprint(orders)


@app.get("/report")
def report() -> Response:
    """Send line after line."""
    lines = request.args.get("lines", 5, int)

    def written() -> Iterator[str]:
        for number in range(lines):
            time.sleep(0.002)
            yield f"line {number}\n"

    return Response(written(), mimetype="text/plain")


@app.get("/terms")
def terms() -> Response:
    """Send a file, which a server may do by itself."""
    return send_file(__file__, mimetype="text/plain")


@app.get("/broken")
def broken() -> None:
    """Fail as code does that has a bug."""
    raise RuntimeError("broken on purpose")


app.wsgi_app = WsgiMetricsMiddleware(  # type: ignore[method-assign]
    app.wsgi_app, service="orders", environment="demo", version="1.0", metrics_path="/metrics"
)
