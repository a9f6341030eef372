"""What a process and its host lack, in PromQL.

``$target`` stands for the matchers of the service's own processes, ``$service`` for its name's, ``$host``
for those of its host's node exporter, ``$window`` for the window of rates.
"""

from __future__ import annotations

from codesentinel.analysis.efficiency.bottleneck.candidate import SPENT, STALLED, Candidate

_OWN = "codesentinel_runtime"
_TRIPS = "codesentinel_client_round_trip_seconds"
_STALL = 0.1

RESOURCES: tuple[Candidate, ...] = (
    Candidate(
        "cpu-used",
        "cpu",
        "CPU time of its processes",
        "sum(rate(process_cpu_seconds_total{$target}[$window]))",
        "cores",
        SPENT,
        limit=0.85,
        use="utilization",
    ),
    Candidate(
        "run-delay",
        "cores",
        "its threads wait for a core",
        f"sum(rate({_OWN}_run_delay_seconds_total{{$target}}[$window]))",
        "seconds/s",
        SPENT,
        use="saturation",
    ),
    Candidate(
        "host-cpu",
        "cores",
        "use of the host's cores",
        '1 - avg(rate(node_cpu_seconds_total{mode="idle",$host}[$window]))',
        "ratio",
        limit=0.95,
        least=0.9,
        use="utilization",
    ),
    Candidate(
        "host-load",
        "cores",
        "threads that run or wait, for each core",
        'max(node_load1{$host}) / count(node_cpu_seconds_total{mode="idle",$host})',
        limit=2.0,
        least=1.5,
        use="saturation",
    ),
    Candidate(
        "throttled",
        "throttling",
        "its CPU quota is used up",
        f"max(rate({_OWN}_cpu_throttled_seconds_total{{$target}}[$window]))",
        "ratio",
        STALLED,
        least=0.03,
        use="saturation",
    ),
    Candidate(
        "memory-pressure",
        "memory",
        "its tasks wait for memory",
        f'max(rate({_OWN}_pressure_waiting_seconds_total{{resource="memory",$target}}[$window]))',
        "ratio",
        STALLED,
        least=_STALL,
        use="saturation",
    ),
    Candidate(
        "major-faults",
        "memory",
        "pages that it had to read from the disk",
        f"sum(rate({_OWN}_major_page_faults_total{{$target}}[$window]))",
        "1/s",
        least=20.0,
        use="saturation",
    ),
    Candidate(
        "host-memory-pressure",
        "memory",
        "tasks of the host wait for memory",
        "max(rate(node_pressure_memory_waiting_seconds_total{$host}[$window]))",
        "ratio",
        STALLED,
        least=_STALL,
        use="saturation",
    ),
    Candidate(
        "host-memory",
        "memory",
        "use of the host's memory",
        "1 - min(node_memory_MemAvailable_bytes{$host} / node_memory_MemTotal_bytes{$host})",
        "ratio",
        limit=0.95,
        least=0.9,
        use="utilization",
    ),
    Candidate(
        "gc-pause",
        "gc",
        "garbage collection stops it",
        f"sum(rate({_OWN}_gc_pause_seconds_total{{$target}}[$window]))"
        " or sum(rate(jvm_gc_pause_seconds_sum{$target}[$window]))"
        " or sum(rate(jvm_gc_collection_seconds_sum{$target}[$window]))"
        " or sum(rate(go_gc_duration_seconds_sum{$target}[$window]))",
        "ratio",
        STALLED,
        least=0.03,
        use="saturation",
    ),
    Candidate(
        "io-pressure",
        "disk",
        "its tasks wait for the disk",
        f'max(rate({_OWN}_pressure_waiting_seconds_total{{resource="io",$target}}[$window]))',
        "ratio",
        STALLED,
        least=_STALL,
        use="saturation",
    ),
    Candidate(
        "blocked-threads",
        "disk",
        "its threads that wait for the disk",
        f"sum(avg_over_time({_OWN}_blocked_threads{{$target}}[$window]))",
        "seconds/s",
        SPENT,
    ),
    Candidate(
        "host-io-pressure",
        "disk",
        "tasks of the host wait for the disk",
        "max(rate(node_pressure_io_waiting_seconds_total{$host}[$window]))",
        "ratio",
        STALLED,
        least=_STALL,
        use="saturation",
    ),
    Candidate(
        "disk-latency",
        "disk",
        "time that the disk takes for a request",
        "max((rate(node_disk_read_time_seconds_total{$host}[$window])"
        " + rate(node_disk_write_time_seconds_total{$host}[$window]))"
        " / (rate(node_disk_reads_completed_total{$host}[$window])"
        " + rate(node_disk_writes_completed_total{$host}[$window]) > 0))",
        "seconds",
        least=0.005,
        use="saturation",
    ),
    Candidate(
        "disk-busy",
        "disk",
        "the disk is at work",
        "max(rate(node_disk_io_time_seconds_total{$host}[$window]))",
        "ratio",
        limit=0.9,
        least=0.6,
        use="utilization",
    ),
    Candidate(
        "round-trip",
        "network",
        "round trips to another service, one for each request",
        f"sum by (server_address) (rate({_TRIPS}_sum{{$service}}[$window]))"
        f" / (sum by (server_address) (rate({_TRIPS}_count{{$service}}[$window])) > 0)"
        " * sum by (server_address) (rate(http_client_request_duration_seconds_count{$service}[$window]))",
        "seconds/s",
        SPENT,
        use="saturation",
    ),
    Candidate(
        "segments-resent",
        "network",
        "TCP segments sent again, where the service lives",
        f"sum(rate({_OWN}_tcp_retransmitted_segments_total{{$target}}[$window]))",
        "1/s",
        least=1.0,
        use="errors",
    ),
    Candidate(
        "packets-dropped",
        "network",
        "packets that the host's devices dropped",
        "sum(rate(node_network_receive_drop_total{$host}[$window]))"
        " + sum(rate(node_network_transmit_drop_total{$host}[$window]))",
        "1/s",
        least=1.0,
        use="errors",
    ),
    Candidate(
        "descriptors",
        "descriptors",
        "open descriptors, of those allowed",
        "max(process_open_fds{$target} / process_max_fds{$target})",
        "ratio",
        limit=0.95,
        least=0.8,
        use="utilization",
    ),
)
