from codesentinel.mixin.http_names import OTEL, HttpNames

FASTAPI = HttpNames(
    duration="http_request_duration_seconds",
    active="",
    service="job",
    environment="",
    version="",
    route="handler",
    method="method",
    status="status",
)


def test_opentelemetry_s_names_are_taken_as_they_are():
    rate = f"rate({OTEL.count(OTEL.is_failed)}[5m])"
    assert rate == 'rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[5m])'
    assert OTEL.by_service("sum", rate) == f"sum by (service, environment) ({rate})"
    assert OTEL.by_service("sum", "x", "le") == "sum by (service, environment, le) (x)"
    assert OTEL.count() == "http_server_request_duration_seconds_count"


def test_what_is_recorded_has_our_labels_whatever_the_services_call_them():
    assert FASTAPI.by_service("sum", "x", "le") == (
        'sum by (service, environment, le) (label_replace(x, "service", "$1", "job", "(.*)"))'
    )
    assert FASTAPI.buckets('job="a"') == 'http_request_duration_seconds_bucket{job="a"}'


def test_routes_are_recorded_under_opentelemetry_s_names():
    assert FASTAPI.by_route("sum", "x") == (
        "sum by (service, environment, http_route, http_request_method) (label_replace("
        'label_replace(label_replace(x, "http_route", "$1", "handler", "(.*)"), '
        '"http_request_method", "$1", "method", "(.*)"), "service", "$1", "job", "(.*)"))'
    )
