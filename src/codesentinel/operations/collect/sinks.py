"""Where records go: objects of a store, or the data streams of an Elasticsearch."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Protocol

from codesentinel.model.errors import BadAnswer
from codesentinel.operations.record_store import open_store
from codesentinel.store.object_names import quoted_host

if TYPE_CHECKING:
    from codesentinel.operations.base import Context
    from codesentinel.store.objects import Objects
    from codesentinel.store.spool import Spooled

ELASTIC = "elastic"


class Sink(Protocol):
    """Takes what was spooled."""

    shown: str

    def deliver(self, one: Spooled) -> int:
        """Deliver one object; how many of its records will never be taken.

        Raises:
            CodesentinelError: it was not delivered, and is to be tried again.
        """

    def probe(self) -> float | None:
        """See that it can be delivered to; how far its clock is behind ours, where that can be told.

        Raises:
            CodesentinelError: it cannot.
        """


def open_sink(context: Context, to: str, host: str) -> Sink:
    """What ``to`` names, for the records of a host.

    Raises:
        UsageError: it names nothing.
        NotInstalled: an extra is missing.
    """
    if to == ELASTIC:
        from codesentinel.operations.collect.elastic_sink import ElasticSink

        return ElasticSink(context)
    return ObjectSink(open_store(context, to), host)


class ObjectSink:
    """Puts objects into a store under their names."""

    def __init__(self, objects: Objects, host: str) -> None:
        self._objects = objects
        self._host = host
        self.shown = objects.shown

    def deliver(self, one: Spooled) -> int:
        """Deliver one object; none of its records is ever refused."""
        with open(one.file, "rb") as file:
            self._objects.put(one.name, file.read())
        return 0

    def probe(self) -> float | None:
        """Write, find and read an object; how far our clock is ahead of the store's.

        It stays there, one for each host: who delivers need not be allowed to remove anything.

        Raises:
            CodesentinelError: one of these did not work.
        """
        name, content = f"checks/{quoted_host(self._host)}.parquet", os.urandom(16)
        before = time.time()
        self._objects.put(name, content)
        after = time.time()
        written = [one.written_at for one in self._objects.listed("checks") if one.name == name]
        if not written or self._objects.get(name) != content:
            raise BadAnswer(f"{self.shown} does not hold what was just written", hint="see what it is")
        # the store tells whole seconds, of a moment between the two
        ahead, behind = before - written[0] - 1.0, written[0] - after
        return max(ahead, 0.0) or -max(behind, 0.0)
