"""Export requests of OTLP, JSON or protobuf, to documents: within bounds, whoever sends them."""

from __future__ import annotations

import json
from typing import Any

from codesentinel.model.errors import NotInstalled, UsageError

SIGNALS = {"logs": "resourceLogs", "traces": "resourceSpans", "metrics": "resourceMetrics"}
"""Which field holds the resources of a signal."""

_MOST_PARTS = 200_000
"""Objects and messages in one request; two bytes are enough for one, and as an object it takes hundreds."""


def decoded(signal: str, body: bytes, *, is_protobuf: bool) -> dict[str, Any]:
    """The document of an export request of ``signal``: logs, traces or metrics.

    Raises:
        UsageError: it is none, or has too many parts.
        NotInstalled: it is protobuf, and the extra is missing.
    """
    try:
        document = _from_protobuf(signal, body) if is_protobuf else _from_json(body)
    except ModuleNotFoundError as exc:
        raise NotInstalled(
            f"OTLP in protobuf needs the satellites extra ({exc.name} is missing)",
            hint="pip install 'codesentinel[satellites]', or set OTEL_EXPORTER_OTLP_PROTOCOL=http/json",
        ) from exc
    except (ValueError, RecursionError) as exc:
        raise UsageError(f"not an OTLP request for {signal}", hint="send what an OTLP exporter does") from exc
    if not isinstance(document, dict) or not isinstance(document.get(SIGNALS[signal], []), list):
        raise UsageError(f"not an OTLP request for {signal}", hint="send what an OTLP exporter does")
    return document


def _from_json(body: bytes) -> Any:
    if body.count(b"{") + body.count(b"[") > _MOST_PARTS:
        raise _too_many()
    return json.loads(body)


def _from_protobuf(signal: str, body: bytes) -> Any:
    from google.protobuf.json_format import MessageToDict
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs
    from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as traces

    request: Any = {
        "logs": logs.ExportLogsServiceRequest,
        "metrics": metrics.ExportMetricsServiceRequest,
        "traces": traces.ExportTraceServiceRequest,
    }[signal]()
    try:
        request.ParseFromString(body)
    except DecodeError as exc:
        raise ValueError(str(exc)) from exc
    if _parts(request, 0) > _MOST_PARTS:
        raise _too_many()
    return MessageToDict(request)


def _parts(message: Any, known: int) -> int:
    """How many messages there are in a message, beside those that are known; too many are not counted out."""
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE or known > _MOST_PARTS:
            continue
        inner = value if field.is_repeated else (value,)
        known += len(inner)
        for one in inner:
            if known > _MOST_PARTS:
                break
            known = _parts(one, known)
    return known


def _too_many() -> UsageError:
    return UsageError(f"it has more than {_MOST_PARTS} parts", hint="send smaller batches")
