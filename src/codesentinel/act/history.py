"""Writing samples into VictoriaMetrics by its JSON lines import."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codesentinel.model.errors import BadAnswer, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codesentinel.model.series import Series

_HTTP_NO_CONTENT = 204


def import_series(base_url: str, series: Iterable[Series], *, timeout_seconds: float) -> int:
    """Write the samples and return how many they were; one that is there already counts once there.

    Samples that are not finite are left out: VictoriaMetrics keeps staleness in its own way.

    Raises:
        Unreachable: nothing answers at ``base_url``.
        BadAnswer: the import was refused.
    """
    import urllib3

    count = 0
    lines = []
    for line, samples in _lines(series):
        lines.append(line)
        count += samples
    try:
        answer = urllib3.request(
            "POST",
            f"{base_url}/api/v1/import",
            body="\n".join(lines).encode(),
            retries=False,
            timeout=timeout_seconds,
        )
    except urllib3.exceptions.HTTPError as exc:
        raise Unreachable(f"{base_url} could not take the import: {exc}") from exc
    if answer.status != _HTTP_NO_CONTENT:
        raise BadAnswer(f"{base_url} refused the import with status {answer.status}")
    return count


def _lines(series: Iterable[Series]) -> Iterator[tuple[str, int]]:
    for one in series:
        finite = one.values - one.values == 0
        times, values = one.times[finite], one.values[finite]
        if len(times):
            row = {
                "metric": dict(one.labels),
                "values": values.tolist(),
                "timestamps": (times * 1000).round().astype("int64").tolist(),
            }
            yield json.dumps(row, separators=(",", ":")), len(times)
