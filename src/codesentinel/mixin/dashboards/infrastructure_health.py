"""Infrastructure Health: hosts by the USE method, processes, databases, Kubernetes."""

from __future__ import annotations

from codesentinel.mixin.catalog import host_series, overview
from codesentinel.mixin.dashboards import style
from codesentinel.mixin.dashboards.databases import databases
from codesentinel.mixin.dashboards.kubernetes import kubernetes
from codesentinel.mixin.dashboards.panel import Dashboard, Query, Row, Variable

_HERE = 'instance=~"$instance"'
_NO_LOOPBACK = 'device!="lo"'
_NO_DISK = "every file system lies in memory or on an overlay, as in a container"
_NO_PRESSURE = "the kernel does not measure pressure (CONFIG_PSI)"


def infrastructure_health() -> Dashboard:
    """What services run on, and what wears out there."""
    return Dashboard(
        "infrastructure-health",
        "Infrastructure Health",
        "Hosts by utilisation, saturation and errors; the processes on them; databases and Kubernetes where "
        "their exporters are scraped.",
        ("infrastructure",),
        (_hosts(), _devices(), _processes(), databases(), kubernetes()),
        (
            Variable(
                "instance",
                "Host",
                "label_values(node_uname_info, instance)",
                "Node exporters, by the address at which they are scraped.",
            ),
        ),
    )


def _hosts() -> Row:
    return Row(
        "Hosts",
        (
            style.gauge(
                "Busy processors",
                "Share of the time in which the host's processors do work.",
                Query(f"{overview.CPU_BUSY}{{{_HERE}}}", "{{instance}}"),
                width=12,
            ),
            style.gauge(
                "Used memory",
                "Share of the memory that is not available to new work.",
                Query(f"1 - {host_series.MEMORY}{{{_HERE}}}", "{{instance}}"),
                width=12,
            ),
            style.trend(
                "Processor time by use",
                "What the processors of the hosts chosen do. iowait and steal are time that is lost.",
                Query(
                    f'avg by (mode) (rate(node_cpu_seconds_total{{mode!="idle",{_HERE}}}[$__rate_interval]))',
                    "{{mode}}",
                ),
                unit=style.RATIO,
                stacked=True,
            ),
            style.trend(
                "Work that waits",
                "Share of the time in which some work waited for processors, memory or disks: what use alone "
                "does not show.",
                *(
                    Query(
                        f"max by (instance) "
                        f"(rate(node_pressure_{what}_waiting_seconds_total{{{_HERE}}}[$__rate_interval]))",
                        f"{{{{instance}}}} {name}",
                    )
                    for what, name in (("cpu", "processors"), ("memory", "memory"), ("io", "disks"))
                ),
                unit=style.RATIO,
                may_be_empty=_NO_PRESSURE,
            ),
            style.trend(
                "Available memory",
                "Memory that new work can have without swapping.",
                Query(f"node_memory_MemAvailable_bytes{{{_HERE}}}", "{{instance}}"),
                unit=style.BYTES,
            ),
        ),
    )


def _devices() -> Row:
    def rate(metric: str, *matchers: str) -> str:
        return f"rate({metric}{{{','.join((_HERE, *matchers))}}}[$__rate_interval])"

    def network(metric: str) -> str:
        return f"sum by (instance) ({rate(metric, _NO_LOOPBACK)})"

    lost = " + ".join(
        network(f"node_network_{way}_{what}_total")
        for way in ("receive", "transmit")
        for what in ("errs", "drop")
    )
    return Row(
        "Disks and networks",
        (
            style.trend(
                "File systems in use",
                "Share of each file system's space that is in use.",
                Query(f"1 - {host_series.SPACE}{{{_HERE}}}", "{{instance}} {{mountpoint}}"),
                unit=style.RATIO,
                maximum=1,
                steps=style.FULLNESS,
                may_be_empty=_NO_DISK,
            ),
            style.trend(
                "Busy disks",
                "Share of the time in which a disk had work to do.",
                Query(rate("node_disk_io_time_seconds_total"), "{{instance}} {{device}}"),
                unit=style.RATIO,
                may_be_empty="no disk belongs to this machine or container",
            ),
            style.trend(
                "Disk traffic",
                "Bytes read from and written to all disks of a host.",
                Query(f"sum by (instance) ({rate('node_disk_read_bytes_total')})", "{{instance}} read"),
                Query(f"sum by (instance) ({rate('node_disk_written_bytes_total')})", "{{instance}} written"),
                unit=style.BYTES_RATE,
                may_be_empty="no disk belongs to this machine or container",
            ),
            style.trend(
                "Network traffic",
                "Bytes received and sent, without the loopback.",
                Query(network("node_network_receive_bytes_total"), "{{instance}} received"),
                Query(network("node_network_transmit_bytes_total"), "{{instance}} sent"),
                unit=style.BYTES_RATE,
                width=12,
                may_be_empty="no network but the loopback",
            ),
            style.trend(
                "Network packets lost",
                "Packets a second that a network device dropped or found broken.",
                Query(lost, "{{instance}}"),
                unit="pps",
                width=12,
                may_be_empty="no network but the loopback",
            ),
            style.trend(
                "Time until full",
                "How long until a resource is full, as the last review expects it: see "
                "`codesentinel trends capacity` for the interval and what would move it.",
                Query(
                    f'{host_series.UNTIL_FULL}{{bound="estimate"}}',
                    "{{kind}} of {{resource}}",
                ),
                unit=style.SECONDS,
                width=24,
                may_be_empty="the last review saw nothing run out within its horizon",
            ),
        ),
    )


def _processes() -> Row:
    def by_group(metric: str) -> Query:
        return Query(f"topk(10, sum by (group) ({metric}))", "{{group}}")

    return Row(
        "Processes",
        (
            style.trend(
                "Demand for processors",
                "Processor cores that each group of processes used or waited for; the ten with most.",
                by_group("codesentinel_process_demand_ratio"),
                unit=style.CORES,
                width=6,
            ),
            style.trend(
                "Resident memory",
                "Memory that each group of processes holds; the ten with most.",
                by_group("codesentinel_process_resident_memory_bytes"),
                unit=style.BYTES,
                width=6,
            ),
            style.trend(
                "Open descriptors",
                "Descriptors that each group of processes holds open; the ten with most.",
                by_group("codesentinel_process_open_fds"),
                width=6,
            ),
            style.trend(
                "Anomalies",
                "Processes that the last review found to misbehave, by kind: see "
                "`codesentinel memory process anomalies`.",
                Query("sum by (kind) (codesentinel_process_anomalies)", "{{kind}}"),
                width=6,
                steps=style.FEW_WANTED,
                may_be_empty="no process misbehaved in the time shown",
            ),
        ),
    )
