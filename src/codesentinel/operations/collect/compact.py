"""``collect --compact``: many small objects of a day and a host into few, for readers to be quick.

The new object is written before the old ones are removed, and names them: whoever reads between the two takes
each event once, and whoever had the old ones need not fetch the new one.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any

from codesentinel.model.collection import Compaction
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.collect.run import store_named
from codesentinel.operations.record_store import open_store
from codesentinel.store import record_tables
from codesentinel.store.object_names import ROOT, merged_name, partition_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codesentinel.store.object_names import Partition
    from codesentinel.store.objects import Listed, Objects

HOUR_SECONDS = 3600.0
_MOST_BYTES = 64 << 20  # of lines in one object: it is made in memory


@operation(
    "collect.compact",
    Effect.WRITE,
    metadata=lambda done: {"written": done.written, "removed": done.removed},
)
def compact(
    context: Context,
    *,
    to: str = "",
    older_seconds: float = HOUR_SECONDS,
    progress: Callable[[str], None] | None = None,
) -> Compaction:
    """Join the objects of each domain, day and host that are older than a while, by the store's clock.

    Args:
        context: where this runs.
        to: the store; the setting ``collect.to`` where empty.
        older_seconds: younger ones are left alone.
        progress: takes a line for each object written.

    Raises:
        UsageError: no store is named.
        Unreachable, Unauthorized, BadAnswer: it does not let us; nothing is lost, run it again.
    """
    objects = open_store(context, store_named(context, to))
    before = time.time() - older_seconds
    of_partition: dict[Partition, list[Listed]] = {}
    for one in objects.listed(ROOT):
        partition = partition_of(one.name)
        if partition and one.written_at <= before:
            of_partition.setdefault(partition, []).append(one)
    written = removed = 0
    for partition, found in of_partition.items():
        for names, table in _groups(objects, found):
            merged = record_tables.joined(table)
            digest = hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
            name = merged_name(partition, digest)
            objects.put(name, record_tables.content_of(merged, _all_replaced(names, table)))
            for old in names:
                objects.remove(old)
            written, removed = written + 1, removed + len(names)
            if progress:
                progress(f"{len(names)} objects became {name}")
    return Compaction(objects.shown, written, removed)


def _groups(objects: Objects, found: list[Listed]) -> Iterator[tuple[list[str], list[Any]]]:
    """Names and tables of two or more that fit into one object together."""
    names: list[str] = []
    tables: list[Any] = []
    size = 0
    for one in found:
        content = objects.get(one.name)
        table = record_tables.table_of(content) if content is not None else None
        if table is None:
            continue  # removed meanwhile, or none of ours: it is left as it is
        wanted = record_tables.line_bytes(table)
        if size + wanted > _MOST_BYTES and names:
            if len(names) > 1:
                yield names, tables
            names, tables, size = [], [], 0
        names.append(one.name)
        tables.append(table)
        size += wanted
    if len(names) > 1:
        yield names, tables


def _all_replaced(names: list[str], tables: list[Any]) -> list[str]:
    """The objects that hosts delivered: also those that were merged before."""
    before = {name for table in tables for name in record_tables.replaced_by(table)}
    return sorted({*names, *before})
