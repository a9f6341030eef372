"""``bottleneck``: which resource explains that a service is slow, and how much load it could take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from codesentinel.capture.http_stream import without_credentials
from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.model.errors import UsageError
from codesentinel.operations.base import Context, operation
from codesentinel.operations.deploy.history import DeployLog
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.history import history_reader, needs_arrays
from codesentinel.operations.http_names import http_names
from codesentinel.operations.profile.shelf import latest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codesentinel.analysis.efficiency.bottleneck.question import Landed
    from codesentinel.model.bottleneck import Bottleneck

SPAN_SECONDS = 3600.0
_SHORTEST = 30.0


def _facts(found: Bottleneck) -> Mapping[str, Any]:
    return {"verdict": found.verdict, "causes": [one.cause for one in found.causes]}


@operation("bottleneck", named=("service",), metadata=_facts)
def bottleneck(
    context: Context,
    *,
    service: str,
    start: float | None = None,
    end: float | None = None,
    environment: str = "",
    url: str = "",
    progress: Callable[[float, int], None] | None = None,
) -> Bottleneck:
    """Say which resource limits a service, on what evidence, since when and since which deployment.

    The window goes from ``start`` to ``end`` (epoch seconds), by default over the last hour; moments at which
    the service did worse are compared with those at which it did as usual, so it should hold both.

    Raises:
        UsageError: the window is none, or shorter than half a minute.
        NoData: there are no requests of such a service.
        Unreachable, BadAnswer, NotInstalled: it could not be read.
    """
    return explain(
        context, service=service, start=start, end=end, environment=environment, url=url, progress=progress
    )


def explain(
    context: Context,
    *,
    service: str,
    start: float | None = None,
    end: float | None = None,
    environment: str = "",
    url: str = "",
    progress: Callable[[float, int], None] | None = None,
) -> Bottleneck:
    """The same for servers, which are not on record for each time."""
    until = time.time() if end is None else end
    begin = until - SPAN_SECONDS if start is None else start
    if not service:
        raise UsageError("of which service?", hint="--service NAME")
    if until - begin < _SHORTEST:
        raise UsageError(
            f"a window of {max(until - begin, 0):g} s tells nothing",
            hint="--from 1h, or --from TIME --to TIME",
        )
    with needs_arrays():
        from codesentinel.analysis.efficiency.bottleneck.judge import judge
        from codesentinel.analysis.efficiency.bottleneck.question import Question
        from codesentinel.operations.efficiency.reading import Reading, find, red, window

    names = http_names(context)
    server = url or endpoints(context).prometheus
    client = PrometheusClient(server, timeout_seconds=context.settings.sources.timeout_seconds)
    where = find(client, names, (service, environment), begin, until)
    span = window(client, names, where, begin, until)
    reading = Reading(history_reader(context, url=server), names, where, span)
    measured = reading.measured(lambda share: progress(share, 0) if progress else None)
    question = Question(
        source=without_credentials(server),
        service=service,
        deployments=_deployments(context, service, environment),
        profile=profile_command(context, service),
        processes=where.processes,
    )
    return judge(question, reading.service(), measured, red(client, names, where, span))


def profile_command(context: Context, service: str) -> str:
    """What shows the newest profile of the service; empty where there is none."""
    newest = latest(context, service)
    return f"codesentinel profile report {newest.id}" if newest else ""


def _deployments(context: Context, service: str, environment: str) -> list[Landed]:
    from codesentinel.analysis.efficiency.bottleneck.question import Landed

    log = DeployLog(context)
    log.catch_up()
    found = []
    for one in log.ledger.deployments.values():
        at = one.finished_at or one.started_at
        if one.service == service and at is not None and environment in ("", one.environment):
            found.append(Landed(at, f"{one.id} ({one.revision})" if one.revision else one.id))
    return found
