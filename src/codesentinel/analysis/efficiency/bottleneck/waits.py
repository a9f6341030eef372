"""What requests wait for inside a service, in PromQL.

``$target`` stands for the matchers of the service's own processes, ``$service`` for its name's, ``$host``
for those of its host's node exporter, ``$window`` for the window of rates.
"""

from __future__ import annotations

from codesentinel.analysis.efficiency.bottleneck.candidate import SPENT, Candidate

WAITS: tuple[Candidate, ...] = (
    Candidate(
        "lock-wait",
        "lock",
        "requests wait for a lock",
        "sum by (lock) (rate(codesentinel_lock_wait_seconds_sum{$service}[$window]))",
        "seconds/s",
        SPENT,
        use="saturation",
    ),
    Candidate(
        "dependency",
        "dependency",
        "requests wait for another service",
        "sum by (server_address) (rate(http_client_request_duration_seconds_sum{$service}[$window]))",
        "seconds/s",
        SPENT,
        use="saturation",
    ),
    Candidate(
        "pool-wait",
        "pool",
        "requests wait for a connection",
        "sum by (db_client_connection_pool_name)"
        " (rate(db_client_connection_wait_time_seconds_sum{$service}[$window]))",
        "seconds/s",
        SPENT,
        use="saturation",
    ),
    Candidate(
        "log-records",
        "log",
        "records in its log",
        "sum(rate(codesentinel_log_records_total{$service}[$window]))",
        "1/s",
        least=50.0,
        use="utilization",
    ),
    Candidate(
        "log-time",
        "log",
        "time that writing its log takes",
        "sum(rate(codesentinel_log_write_seconds_total{$service}[$window]))",
        "seconds/s",
        SPENT,
        needs="log-records",
    ),
)
