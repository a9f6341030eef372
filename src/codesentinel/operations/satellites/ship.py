"""``satellites ship``: what happened with procedures to an Elastic stack, or into files for a shipper."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from codesentinel.act.provision import write_text
from codesentinel.mixin import elastic, kibana
from codesentinel.model.errors import UsageError
from codesentinel.model.shipment import Shipment
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.keys import read_key
from codesentinel.render.ecs import ecs_document
from codesentinel.store.follow import Follower
from codesentinel.store.segments import Segments, keep_place, read_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from codesentinel.act.elasticsearch import DataStream, Rejected

_DOMAIN = "satellites"
_TOGETHER = 500
CONFIGURATION = "infrastructure/elastic"


def _counts(done: Shipment) -> dict[str, Any]:
    return {"created": done.created, "present": done.present, "rejected": done.rejected}


@operation("satellites.ship", Effect.WRITE, metadata=_counts)
def ship(
    context: Context, *, url: str = "", set_up: bool = False, progress: Callable[[str], None] | None = None
) -> Shipment:
    """Write what happened with procedures since the last time into a data stream of Elasticsearch.

    The cluster is ``url`` or the one of the settings. ``set_up`` writes the index template and the lifecycle
    policy first. Each event goes in by ``create`` under its id: it arrives at least once, and stands there
    once.

    Raises:
        UsageError: no cluster is named.
        Unreachable, Unauthorized, BadAnswer: it did not take them; the next run begins there.
        NotInstalled: the extra is missing.
    """
    settings = context.settings.elastic
    server = url or settings.url
    if not server:
        raise UsageError(
            "no cluster to ship to", hint="--url URL, or the setting elastic.url; files: --segments"
        )
    from codesentinel.act.elasticsearch import DataStream

    stream = DataStream(
        server,
        elastic.data_stream(settings.namespace),
        api_key=api_key(context),
        ca_file=settings.ca_file,
        timeout_seconds=settings.timeout_seconds,
    )
    try:
        if set_up:
            stream.set_up(elastic.index_template(), elastic.lifecycle_policy(), name=elastic.NAME)
        return _ship(context, stream, elastic.data_stream(settings.namespace), progress)
    finally:
        stream.close()


@operation("satellites.segments", Effect.WRITE, metadata=_counts)
def segments(context: Context, *, folder: str = "") -> Shipment:
    """Write what happened with procedures since the last time into daily files for Filebeat or rsyslog."""
    where = context.root / folder if folder else context.state_dir / "segments"
    place, written = where / ".place.json", set[str]()
    follower = Follower(context.memory.path(_DOMAIN), read_place(place))
    files, done = Segments(where, "procedure"), 0
    for documents in _batches(follower, context.settings.elastic.namespace):
        written |= {str(files.append(document)) for document in documents}
        done += len(documents)
        keep_place(place, follower.place)
    return Shipment(context.relative(where), done, 0, 0, files_modified=tuple(sorted(written)))


@operation("satellites.ship_configuration", Effect.WRITE)
def ship_configuration(context: Context, *, output: str = CONFIGURATION) -> tuple[str, ...]:
    """Write what an Elastic stack and its shippers are configured with; the files that changed."""
    texts = {
        "index-template.json": elastic.as_json(elastic.index_template()),
        "lifecycle-policy.json": elastic.as_json(elastic.lifecycle_policy()),
        "kibana-dashboard.ndjson": kibana.dashboard(f"{elastic.NAME}.procedure-*"),
        "filebeat.yml": elastic.filebeat("/srv/workspace/.codesentinel/segments"),
        "rsyslog.conf": elastic.rsyslog("/srv/workspace/.codesentinel/segments"),
    }
    folder = context.root / output
    changed = [name for name, text in texts.items() if write_text(folder / name, text)]
    return tuple(context.relative(folder / name) for name in changed)


def _ship(context: Context, stream: DataStream, to: str, progress: Callable[[str], None] | None) -> Shipment:
    place = context.state_dir / "shipped" / f"{to}.json"
    refused = place.with_suffix(".rejected.jsonl")
    follower = Follower(context.memory.path(_DOMAIN), read_place(place))
    total = Shipment(to, 0, 0, 0)
    for documents in _batches(follower, context.settings.elastic.namespace):
        done = stream.create(documents)
        keep_rejected(refused, done.rejected)
        keep_place(place, follower.place)
        total = replace(
            total,
            created=total.created + done.created,
            present=total.present + done.present,
            rejected=total.rejected + len(done.rejected),
        )
        if progress:
            progress(f"{total.created + total.present} events shipped")
    if not total.rejected:
        return total
    return replace(total, rejected_file=context.relative(refused), files_modified=(str(refused),))


def api_key(context: Context) -> str:
    """The key of the cluster that the settings name; empty where there is none."""
    settings = context.settings.elastic
    if settings.api_key or not settings.api_key_file:
        return settings.api_key
    return read_key(context, settings.api_key_file, hint="one line, as Kibana shows it, encoded")


def _batches(follower: Follower, namespace: str) -> Iterator[list[dict[str, Any]]]:
    """Documents in the order of the log, some at a time; events that are no procedure's are passed over."""
    reads = iter(follower)
    while some := list(islice(reads, _TOGETHER)):
        found = (ecs_document(read.event, namespace=namespace) for read in some if read.event)
        yield [document for document in found if document]


def keep_rejected(path: Path, rejected: Sequence[Rejected]) -> None:
    """What a server refuses for good is kept beside, with what it said: nothing is lost."""
    from codesentinel.store.log import AppendOnlyLog
    from codesentinel.store.strict_json import strict_json

    log = AppendOnlyLog(path) if rejected else None
    for one in rejected if log else ():
        log.append(strict_json({"reason": one.reason, "document": one.document}), durable=True)  # type: ignore[union-attr]
