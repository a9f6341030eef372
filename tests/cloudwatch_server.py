"""A server that speaks CloudWatch's protocol by botocore's own service model.

moto has no percentiles and no pages of ``GetMetricData``. This one has, and cannot make anything up: what it is
asked and what it answers is validated against the shapes of the model that boto3 itself is made of.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import botocore.session
from botocore.validate import ParamValidator

MODEL = botocore.session.Session().get_service_model("cloudwatch")
PROTOCOL, VERSION = "json", "1.0"
SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
LIST_PAGE = 500
MOST_QUERIES, MOST_POINTS = 500, 100_800
COMMON_ERRORS = {
    "AccessDenied",
    "ExpiredToken",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "Throttling",
    "ThrottlingException",
    "ValidationError",
}


def aws_environment(folder, url=""):
    """Variables by which boto3 finds these credentials and this server, and nothing of this machine's."""
    return {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_CONFIG_FILE": str(folder / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "no-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL_CLOUDWATCH": url,
    }


@dataclass
class Fault:
    """An answer that is none: an error of the protocol, or bytes that are not even that."""

    code: str = ""
    message: str = ""
    status: int = 400
    body: bytes | None = None
    hang_up: bool = False


@dataclass
class Asked:
    """One request: what was asked, and whether the answer was a fault."""

    operation: str
    parameters: dict
    fault: Fault | None
    headers: dict = field(default_factory=dict)


class CloudWatchServer:
    """Holds metrics and answers ``ListMetrics`` and ``GetMetricData``.

    Args:
        data: gives the value of (namespace, name, dimensions), statistic, period and time; None where
            there is no data.
        metrics: triples of namespace, name and dimensions, as pairs.
        owner: gives the account of one of them.
        faults: called with each request's operation and number; a fault is answered instead.
        by_time: whether pages are cut across the series, or one series after the other.
        page_points: the most that a page holds, whatever was asked for.
        overlap: how many points of a page the next one repeats.
        status: gives the status of (id, page number) instead of the right one; None for that.
    """

    def __init__(
        self,
        metrics,
        data,
        *,
        faults=lambda operation, number: None,
        by_time=False,
        page_points=MOST_POINTS,
        overlap=0,
        owner=lambda metric: "111111111111",
        status=lambda name, page: None,
        messages=(),
    ):
        self.metrics, self.data, self.faults = metrics, data, faults
        self.by_time, self.page_points, self.overlap = by_time, page_points, overlap
        self.status, self.messages, self.owner = status, messages, owner
        self.asked: list[Asked] = []
        self.authorization = ""
        """Of the request that is answered now; it names the region."""
        self._lock = threading.Lock()
        self._pages: dict[str, tuple[dict, int]] = {}
        self._operations = {"ListMetrics": self._list_metrics, "GetMetricData": self._get_metric_data}
        assert MODEL.resolved_protocol == PROTOCOL
        assert MODEL.metadata["jsonVersion"] == VERSION

    @contextlib.contextmanager
    def running(self):
        """Serve on a free port of the loopback interface; gives the URL."""
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm, wbufsize = True, 65536

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                owner._answer(self, body)

            def log_message(self, *_):
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join(10)

    def requests(self, operation):
        """The requests that were answered."""
        return [one for one in self.asked if one.operation == operation and one.fault is None]

    def _answer(self, handler, body):
        target, _, operation = handler.headers["x-amz-target"].partition(".")
        assert target == MODEL.metadata["targetPrefix"]
        assert handler.headers["content-type"] == f"application/x-amz-json-{VERSION}"
        assert handler.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=")
        shapes = MODEL.operation_model(operation)
        parameters = _from_wire(json.loads(body), shapes.input_shape)
        _validated(parameters, shapes.input_shape)
        with self._lock:
            self.authorization = handler.headers["authorization"]
            fault = self.faults(operation, len(self.asked))
            self.asked.append(Asked(operation, parameters, fault, dict(handler.headers)))
            if fault is None:
                try:
                    answer = self._operations[operation](parameters)
                except ValueError as exc:
                    fault = Fault(*exc.args)
        if fault is None:
            _validated(answer, shapes.output_shape)
            _send(handler, 200, json.dumps(_to_wire(answer, shapes.output_shape)).encode())
        elif fault.hang_up:
            handler.close_connection = True
            handler.connection.close()
        elif fault.body is not None:
            _send(handler, fault.status, fault.body)
        else:
            assert fault.code in COMMON_ERRORS | {error.name for error in shapes.error_shapes}
            text = json.dumps({"__type": fault.code, "message": fault.message}).encode()
            _send(handler, fault.status, text, {"x-amzn-query-error": f"{fault.code};Sender"})

    def _list_metrics(self, asked):
        wanted = {one["Name"]: one.get("Value") for one in asked.get("Dimensions", [])}
        found = [
            (namespace, name, dimensions)
            for namespace, name, dimensions in self.metrics
            if asked.get("Namespace", namespace) == namespace
            and asked.get("MetricName", name) == name
            and all(
                key in dict(dimensions) and value in (None, dict(dimensions)[key])
                for key, value in wanted.items()
            )
        ]
        start = self._resume(asked)
        page = found[start : start + LIST_PAGE]
        answer = {
            "Metrics": [
                {
                    "Namespace": namespace,
                    "MetricName": name,
                    "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions],
                }
                for namespace, name, dimensions in page
            ]
        }
        if asked.get("IncludeLinkedAccounts"):
            answer["OwningAccounts"] = [self.owner(metric) for metric in page]
        return self._with_token(answer, asked, start + LIST_PAGE, len(found))

    def _get_metric_data(self, asked):
        queries = asked["MetricDataQueries"]
        names = [query["Id"] for query in queries]
        if len(queries) > MOST_QUERIES or asked.get("MaxDatapoints", 1) > MOST_POINTS:
            raise ValueError("ValidationError", "too much at once")
        if len(set(names)) != len(names) or not all(re.fullmatch("[a-z][a-zA-Z0-9_]*", n) for n in names):
            raise ValueError("ValidationError", "ids")
        if asked["StartTime"] >= asked["EndTime"]:
            raise ValueError("ValidationError", "The parameter StartTime must be less than EndTime.")
        points = [(name, at, value) for query in queries for name, at, value in self._points(query, asked)]
        if self.by_time:
            points.sort(key=lambda point: point[1])
        size = min(asked.get("MaxDatapoints", MOST_POINTS), self.page_points)
        start = self._resume(asked)
        page = points[max(0, start - self.overlap) : start + size]
        rest = {name for name, _, _ in points[start + size :]}
        results = []
        for name in names:
            status = self.status(name, start // size) or ("PartialData" if name in rest else "Complete")
            mine = [] if status == "InternalError" else [(at, value) for n, at, value in page if n == name]
            results.append(
                {
                    "Id": name,
                    "Label": name,
                    "Timestamps": [at for at, _ in mine],
                    "Values": [value for _, value in mine],
                    "StatusCode": status,
                }
            )
        answer = {"MetricDataResults": results, "Messages": list(self.messages)}
        return self._with_token(answer, asked, start + size, len(points))

    def _points(self, query, asked):
        stat = query["MetricStat"]
        metric, period = stat["Metric"], stat["Period"]
        dimensions = tuple(sorted((one["Name"], one["Value"]) for one in metric["Dimensions"]))
        key = (metric["Namespace"], metric["MetricName"], dimensions)
        first, last = asked["StartTime"].timestamp(), asked["EndTime"].timestamp()
        at = int(-(-first // period) * period)
        while at < last:
            value = self.data(key, stat["Stat"], period, at)
            if value is not None:
                yield query["Id"], dt.datetime.fromtimestamp(at, dt.UTC), value
            at += period

    def _resume(self, asked):
        token = asked.get("NextToken")
        if token is None:
            return 0
        if token not in self._pages:
            raise ValueError("InvalidNextToken", "The token is not valid.")
        before, start = self._pages[token]
        rest = {key: value for key, value in asked.items() if key != "NextToken"}
        if rest != before:
            raise ValueError("InvalidNextToken", "The token belongs to another request.")
        return start

    def _with_token(self, answer, asked, end, total):
        if end < total:
            token = f"token-{len(self._pages)}"
            self._pages[token] = ({k: v for k, v in asked.items() if k != "NextToken"}, end)
            answer["NextToken"] = token
        return answer


def _send(handler, status, body, headers=None):
    handler.send_response(status)
    handler.send_header("content-type", f"application/x-amz-json-{VERSION}")
    handler.send_header("content-length", str(len(body)))
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def _validated(value, shape):
    report = ParamValidator().validate(value, shape)
    assert not report.has_errors(), report.generate_report()
    if shape.type_name == "structure":
        assert set(value) <= set(shape.members), f"{shape.name} has no {set(value) - set(shape.members)}"


def _to_wire(value, shape):
    """JSON types; a field that the model does not know is a KeyError."""
    if shape.type_name == "structure":
        return {name: _to_wire(item, shape.members[name]) for name, item in value.items()}
    if shape.type_name == "list":
        return [_to_wire(item, shape.member) for item in value]
    return value.timestamp() if shape.type_name == "timestamp" else value


def _from_wire(value, shape):
    if shape.type_name == "structure":
        return {name: _from_wire(item, shape.members[name]) for name, item in value.items()}
    if shape.type_name == "list":
        return [_from_wire(item, shape.member) for item in value]
    if shape.type_name == "timestamp":
        return dt.datetime.fromtimestamp(value, dt.UTC)
    return value
