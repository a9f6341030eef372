"""A run over very many series: where its results are, and how far it is."""

from __future__ import annotations

from typing import NamedTuple


class SeriesRun(NamedTuple):
    """All of ``parts`` are done; ``parts_before`` were when this call began.

    Attributes:
        name: of the run.
        what: forecast, seasonality or anomalies.
        source: the file, or the server, of the series.
        results: the folder of JSON lines, one a series, as ``data.series[]`` of the command without a run.
        series: how many there are.
        judged: how many of them could be.
        parts: of some series each.
        parts_before: that an earlier call had done.
    """

    name: str
    what: str
    source: str
    results: str
    series: int
    judged: int
    parts: int
    parts_before: int

    @property
    def exit_status(self) -> int:
        """3 where no series could be judged."""
        return 0 if self.judged else 3
