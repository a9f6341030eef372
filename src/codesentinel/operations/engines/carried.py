"""What a worker of a cluster runs: the work that a row carries, on the part that it carries.

Fugue reads the annotations while it runs, so what they name is imported here in truth.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable  # noqa: TC003 - see above
from typing import Any

SCHEMA = "place:long,content:bytes"


def carried(rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """For each row, its place and what the work made of the part, or the error that it raised."""
    for row in rows:
        work, part = pickle.loads(bytes(row["content"]))  # noqa: S301 - the caller of this cluster sent it
        try:
            done = (True, work(part))
        except Exception as exc:  # noqa: BLE001 - raised again where it was asked for
            done = (False, exc)
        yield {"place": row["place"], "content": pickle.dumps(done)}
