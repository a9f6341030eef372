"""Records into the data streams of an Elasticsearch, each created under the id of its event."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codesentinel.act.elasticsearch import DataStream
from codesentinel.mixin import elastic
from codesentinel.model.errors import UsageError
from codesentinel.operations.satellites.ship import api_key, keep_rejected
from codesentinel.render.ecs_event import ecs_event
from codesentinel.store.archive_blocks import ArchiveBlocks
from codesentinel.store.object_names import partition_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.operations.base import Context
    from codesentinel.store.spool import Spooled

_TOGETHER_BYTES = 1_000_000


class ElasticSink:
    """The cluster of the settings.

    Raises:
        UsageError: it is not named.
        NotInstalled: the extra is missing.
    """

    def __init__(self, context: Context) -> None:
        settings = context.settings.elastic
        if not settings.url:
            raise UsageError("no cluster to deliver to", hint="the setting elastic.url")
        self.shown = settings.url
        self._context = context
        self._api_key = api_key(context)
        self._streams: dict[str, DataStream] = {}

    def deliver(self, one: Spooled) -> int:
        """Deliver the records of one object; how many the cluster will never take, which are kept beside."""
        refused = self._context.state_dir / "collect" / "rejected.jsonl"
        rejected = 0
        for name, documents in self._batches(one):
            if not name:  # no event, or one without an id: nothing could tell it from another
                rejected += len(documents)
                continue
            done = self._stream(name).create(documents)
            keep_rejected(refused, done.rejected)
            rejected += len(done.rejected)
        return rejected

    def probe(self) -> float | None:
        """See that the cluster answers; it does not tell its time."""
        self._stream(elastic.data_stream(self._context.settings.elastic.namespace)).ask()
        return None

    def _batches(self, one: Spooled) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        partition, blocks = partition_of(one.name), ArchiveBlocks(one.file)
        assert partition is not None  # noqa: S101 - the spool names what it keeps
        namespace = self._context.settings.elastic.namespace
        while lines := blocks.read(_TOGETHER_BYTES):
            of_stream: dict[str, list[dict[str, Any]]] = {}
            for line in lines:
                found = _document(line, partition.domain, partition.host, namespace)
                name, document = found or ("", {})
                of_stream.setdefault(name, []).append(document)
            yield from of_stream.items()

    def _stream(self, name: str) -> DataStream:
        if name not in self._streams:
            settings = self._context.settings.elastic
            self._streams[name] = DataStream(
                settings.url,
                name,
                api_key=self._api_key,
                ca_file=settings.ca_file,
                timeout_seconds=settings.timeout_seconds,
                tries=1,
            )
        return self._streams[name]


def _document(line: bytes, domain: str, host: str, namespace: str) -> tuple[str, dict[str, Any]] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict):
        return None
    text = line.decode("utf-8", "backslashreplace")
    return ecs_event(event, text, domain=domain, host=host, namespace=namespace)
