"""Processes: what the recorder found, groups that take too much, and servers short of descriptors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.rule import Alert, Group, ticket
from codesentinel.model.duration import prometheus_duration

if TYPE_CHECKING:
    from codesentinel.mixin.timing import Timing

ANOMALY = "ProcessAnomaly"
DEMAND_HIGH = "ProcessDemandHigh"
MEMORY_HIGH = "ProcessMemoryHigh"
DESCRIPTORS_LOW = "ProcessFileDescriptorsLow"

_FOR_THE_RECORD = "program-.*|stopped|unusual-.*"
"""Worth a look in a review, and no reason to interrupt anybody."""

_SUMS = "[(].*"
"""Groups of what has no name of its own."""

_DEMAND_RATIO = 0.8
_MEMORY_RATIO = 0.6
_DESCRIPTORS_RATIO = 0.8


def processes(timing: Timing) -> Group:
    """Tickets, and patient ones: a program may work hard for a while."""
    return Group("processes", (_anomaly(timing), _demand(timing), _memory(timing), _descriptors(timing)))


def _anomaly(timing: Timing) -> Alert:
    window = prometheus_duration(timing.rate_window_seconds)
    return ticket(
        timing,
        ANOMALY,
        expr=f'last_over_time(codesentinel_process_anomalies{{kind!~"{_FOR_THE_RECORD}"}}[{window}]) > 0',
        for_seconds=timing.cause_for_seconds,
        summary="Processes misbehave",
        description=(
            "codesentinel {{ $labels.instance }} sees {{ $value }} processes of kind {{ $labels.kind }}; "
            "`codesentinel memory process anomalies` names them."
        ),
    )


def _demand(timing: Timing) -> Alert:
    return ticket(
        timing,
        DEMAND_HIGH,
        expr=(
            f'codesentinel_process_demand_ratio{{group!~"{_SUMS}"}}\n'
            '/ on () group_left () max(count by (instance) (node_cpu_seconds_total{mode="idle"}))'
            f" > {_DEMAND_RATIO}"
        ),
        for_seconds=timing.cause_for_seconds,
        summary="One program wants nearly all CPUs",
        description=(
            "{{ $labels.group }} uses or waits for {{ $value | humanizePercentage }} of the CPUs, and others "
            "have to wait for it."
        ),
    )


def _memory(timing: Timing) -> Alert:
    return ticket(
        timing,
        MEMORY_HIGH,
        expr=(
            f'codesentinel_process_resident_memory_bytes{{group!~"{_SUMS}"}}\n'
            f"/ on () group_left () max(node_memory_MemTotal_bytes) > {_MEMORY_RATIO}"
        ),
        for_seconds=timing.cause_for_seconds,
        summary="One program holds most of the memory",
        description="{{ $labels.group }} holds {{ $value | humanizePercentage }} of the memory.",
    )


def _descriptors(timing: Timing) -> Alert:
    window = prometheus_duration(timing.rate_window_seconds)
    return ticket(
        timing,
        DESCRIPTORS_LOW,
        expr=(
            f"last_over_time(process_open_fds[{window}])\n"
            f"/ last_over_time(process_max_fds[{window}]) > {_DESCRIPTORS_RATIO}"
        ),
        summary="A server runs out of file descriptors",
        description=(
            "{{ $labels.job }} at {{ $labels.instance }} has {{ $value | humanizePercentage }} of its file "
            "descriptors open; when none is left, it accepts no connection."
        ),
    )
