"""The splitter that a plan names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.act.single import only_one
from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.model.errors import UsageError
from codesentinel.model.rollout import ENVOY, HAPROXY, ISTIO
from codesentinel.model.traffic import Address, Arrived
from codesentinel.operations.endpoints import endpoints

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Callable
    from pathlib import Path

    from codesentinel.act.traffic.splitter import Splitter
    from codesentinel.model.rollout import Plan, Traffic
    from codesentinel.operations.base import Context

_BUSY = "Ctrl-C or SIGTERM ends it, and brings the weights back"


def state_folder(context: Context, target: str) -> Path:
    """Where the state of a target lies."""
    return context.state_dir / "canary" / target


def alone(context: Context, plan: Plan) -> contextlib.AbstractContextManager[None]:
    """The right to work on a target, which one process has at a time."""
    return only_one(
        state_folder(context, plan.target) / "lock", f"a rollout of {plan.target} runs already", _BUSY
    )


def splitter_of(context: Context, plan: Plan) -> Splitter:
    """The splitter; nothing is asked of it yet."""
    traffic = plan.traffic
    if traffic.kind == ENVOY:
        return _envoy(context, plan)
    if traffic.kind == HAPROXY:
        from codesentinel.act.traffic.haproxy import HaproxySplitter

        return HaproxySplitter(
            str(context.root / traffic.socket),
            traffic.backend,
            baseline=traffic.baseline,
            canary=traffic.canary,
            timeout_seconds=traffic.timeout_seconds,
        )
    from codesentinel.act.traffic.gateway_api import GatewaySplitter
    from codesentinel.act.traffic.istio import IstioSplitter
    from codesentinel.act.traffic.kubernetes import Where

    made = IstioSplitter if traffic.kind == ISTIO else GatewaySplitter
    return made(
        Where(traffic.namespace, traffic.name, traffic.context),
        traffic.part,
        baseline=traffic.baseline,
        canary=traffic.canary,
        count=_counted(context, traffic),
        timeout_seconds=traffic.timeout_seconds,
    )


def stop_envoy(context: Context, plan: Plan) -> bool:
    """End the Envoy of this target; False where none runs.

    Raises:
        UsageError: it is not ours to end.
        Failed: it does not end.
    """
    if plan.traffic.listen is None:
        raise UsageError(
            f"the {plan.traffic.kind} of {plan.target} is run by somebody else",
            hint="--stop ends an Envoy that a rollout started",
        )
    from codesentinel.act.traffic.envoy_server import OwnEnvoy

    envoy = _envoy(context, plan)
    return isinstance(envoy, OwnEnvoy) and envoy.stop()


def _envoy(context: Context, plan: Plan) -> Splitter:
    traffic = plan.traffic
    if traffic.listen is not None:
        from codesentinel.act.traffic.envoy_server import OwnEnvoy

        return OwnEnvoy(
            state_folder(context, plan.target) / "envoy",
            plan.target,
            listen=traffic.listen,
            baseline=_address(traffic.baseline),
            canary=_address(traffic.canary),
            metrics=traffic.metrics,
            program=traffic.program,
            timeout_seconds=traffic.timeout_seconds,
        )
    from codesentinel.act.traffic.envoy import EnvoySplitter

    return EnvoySplitter(
        str(context.root / traffic.rds_file),
        traffic.admin,
        route=traffic.part,
        baseline=traffic.baseline,
        canary=traffic.canary,
        timeout_seconds=traffic.timeout_seconds,
    )


def _counted(context: Context, traffic: Traffic) -> Callable[[], Arrived]:
    """Counts by a Prometheus' own count of what the mesh or the gateway sent on."""
    client = PrometheusClient(endpoints(context).prometheus, timeout_seconds=traffic.timeout_seconds)

    def count() -> Arrived:
        return Arrived(
            *(
                round(sum(value for _, value in client.instant(query)))
                for query in (traffic.count_baseline, traffic.count_canary)
            )
        )

    return count


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return Address(host, int(port))
