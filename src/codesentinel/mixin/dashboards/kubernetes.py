"""Kubernetes, by the names of kube-state-metrics and of the kubelet's cAdvisor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.dashboards import style
from codesentinel.mixin.dashboards.panel import ORANGE, RED, Query, Row

if TYPE_CHECKING:
    from codesentinel.mixin.dashboards.panel import Panel

_EMPTY = "neither kube-state-metrics nor cAdvisor is scraped"
_CONTAINER = 'container!=""'
"""cAdvisor counts each pod and node once more as a whole, with no container."""


def kubernetes() -> Row:
    """Nodes, pods, workloads that lack replicas, and what containers use of what they asked for."""
    return Row("Kubernetes", (*_objects(), *_containers()), collapsed=True)


def _objects() -> tuple[Panel, ...]:
    ready = 'kube_node_status_condition{condition="Ready",status="true"}'
    missing = "kube_deployment_spec_replicas - kube_deployment_status_replicas_available"

    def requested(resource: str) -> str:
        match = f'{{resource="{resource}"}}'
        asked = f"sum(kube_pod_container_resource_requests{match})"
        return f"{asked} / sum(kube_node_status_allocatable{match})"

    return (
        style.trend(
            "Nodes not ready",
            "Nodes on which no pod can be started.",
            Query(f"sum(1 - {ready})", "not ready"),
            width=6,
            steps=style.NONE_WANTED,
            may_be_empty=_EMPTY,
        ),
        style.trend(
            "Pods by phase",
            "Pods that run, wait, have ended or failed.",
            Query("sum by (phase) (kube_pod_status_phase)", "{{phase}}"),
            width=6,
            stacked=True,
            may_be_empty=_EMPTY,
        ),
        style.trend(
            "Replicas missing",
            "Replicas of each deployment that should be available and are not.",
            Query(f"sum by (namespace, deployment) ({missing}) > 0", "{{namespace}}/{{deployment}}"),
            width=6,
            steps=style.FEW_WANTED,
            may_be_empty=f"{_EMPTY}, or no replica is missing",
        ),
        style.trend(
            "Requested of allocatable",
            "Share of the cluster's processors and memory that is reserved: at 1 nothing more is placed.",
            Query(requested("cpu"), "processors"),
            Query(requested("memory"), "memory"),
            unit=style.RATIO,
            width=6,
            steps=style.FULLNESS,
            may_be_empty=_EMPTY,
        ),
    )


def _containers() -> tuple[Panel, ...]:
    def by_namespace(expr: str) -> Query:
        return Query(f"sum by (namespace) ({expr})", "{{namespace}}")

    def rate(metric: str) -> str:
        return f"rate({metric}{{{_CONTAINER}}}[$__rate_interval])"

    throttled = f"sum by (namespace) ({rate('container_cpu_cfs_throttled_periods_total')})"
    periods = f"sum by (namespace) ({rate('container_cpu_cfs_periods_total')})"
    return (
        style.trend(
            "Processors by namespace",
            "Processor cores that the containers of a namespace keep busy.",
            by_namespace(rate("container_cpu_usage_seconds_total")),
            unit=style.CORES,
            width=6,
            may_be_empty=_EMPTY,
        ),
        style.trend(
            "Memory by namespace",
            "Working set of the containers of a namespace: what counts against their limit.",
            by_namespace(f"container_memory_working_set_bytes{{{_CONTAINER}}}"),
            unit=style.BYTES,
            width=6,
            may_be_empty=_EMPTY,
        ),
        style.trend(
            "Throttled containers",
            "Share of scheduling periods in which containers were held back by their processor limit.",
            Query(f"{throttled} / ({periods} > 0)", "{{namespace}}"),
            unit=style.RATIO,
            width=6,
            steps=style.scale((0.25, ORANGE), (0.5, RED)),
            may_be_empty=_EMPTY,
        ),
        style.trend(
            "Container restarts",
            "Restarts of containers within each step.",
            by_namespace("increase(kube_pod_container_status_restarts_total[$__rate_interval])"),
            width=6,
            steps=style.FEW_WANTED,
            may_be_empty=_EMPTY,
        ),
    )
