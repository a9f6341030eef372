"""A cluster's engine: parts go there in batches, through Fugue's ``transform``, the same on each.

A row is a part; a batch is as many rows as keep the workers busy for some seconds, and two batches are on
their way at once, so that no worker waits for what is read here. The results are pickled: what comes back
is bit for bit what was computed.
"""

from __future__ import annotations

import pickle
import time
from typing import TYPE_CHECKING, Any, TypeVar

from codesentinel.model.errors import CodesentinelError, Failed
from codesentinel.operations.engines.ahead import in_order
from codesentinel.operations.engines.carried import SCHEMA, carried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Part = TypeVar("Part")
Result = TypeVar("Result")

_AHEAD = 2
_FIRST_ROUNDS = 2
_MOST_ROUNDS = 64
_SECONDS = 4.0
_MOST_BYTES = 64 << 20


class Fugued:
    """Maps over the parts on a running cluster.

    Args:
        name: of the engine, for messages.
        native: what Fugue takes for it: a client, a session, or a name.
        workers: how many there are.
    """

    def __init__(self, name: str, native: Any, workers: int) -> None:
        self._name, self._native, self._workers = name, native, workers
        self._rounds = _FIRST_ROUNDS

    def map(self, work: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
        """The results, in the order of the parts.

        Raises:
            Failed: the cluster gave up on them.
        """
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(_AHEAD) as threads:
            batches = self._batches(work, parts)
            for results in in_order(lambda one: threads.submit(self._done, one), batches, lambda: _AHEAD):
                for succeeded, content in results:
                    if not succeeded:
                        raise content
                    yield content

    def _batches(self, work: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[list[bytes]]:
        batch: list[bytes] = []
        size = 0
        for part in parts:
            batch.append(pickle.dumps((work, part)))
            size += len(batch[-1])
            if len(batch) >= self._rounds * self._workers or size >= _MOST_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _done(self, batch: list[bytes]) -> list[tuple[bool, Any]]:
        """What came of each part; the next batches are larger where this one was done soon."""
        import pandas as pd
        from fugue import transform

        frame = pd.DataFrame({"place": range(len(batch)), "content": batch})
        began = time.monotonic()
        try:
            answer = transform(
                frame,
                carried,
                schema=SCHEMA,
                partition={"num": len(batch)},
                engine=self._native,
                as_local=True,
            )
            rows = dict(zip(answer["place"], answer["content"], strict=True))
            results = [pickle.loads(bytes(rows[place])) for place in range(len(batch))]  # noqa: S301 - ours
        except CodesentinelError:
            raise
        except Exception as exc:
            raise Failed(
                f"{self._name} gave up: {type(exc).__name__}: {str(exc).strip().partition(chr(10))[0][:300]}",
                hint="workers need this version of codesentinel, and memory for a few parts; see their logs",
            ) from exc
        if time.monotonic() - began < _SECONDS:
            self._rounds = min(2 * self._rounds, _MOST_ROUNDS)
        return results
