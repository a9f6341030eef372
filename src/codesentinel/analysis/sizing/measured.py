"""What a series and a sample cost, as ``benchmarks/scale`` found it: the least, the usual and the most.

Prometheus 2.42 and VictoriaMetrics 1.79.5 on two cores of a shared machine. Newer versions need less; what is
least and most is from steps of different size, from constant and from changing series.
"""

from __future__ import annotations

from typing import NamedTuple

from codesentinel.model.interval import Interval


class Range(NamedTuple):
    """The least, the usual and the most."""

    least: float
    usual: float
    most: float

    def times(self, factor: float, base: float = 0.0) -> Interval:
        """So many of it, and a base."""
        return Interval(base + self.usual * factor, base + self.least * factor, base + self.most * factor)


class Costs(NamedTuple):
    """Of a server."""

    base_memory_bytes: float
    series_memory_bytes: Range
    write_cpu_seconds: Range
    """Of one sample."""
    sample_disk_bytes: Range
    index_disk_bytes: Range
    """Of a series on a day on which it is written."""
    read_cpu_seconds: Range
    """Of one sample, in an average over a day."""


PROMETHEUS = Costs(
    base_memory_bytes=60e6,
    series_memory_bytes=Range(2.9e3, 3.6e3, 4.5e3),
    write_cpu_seconds=Range(4.2e-6, 5.4e-6, 8.0e-6),
    sample_disk_bytes=Range(0.6, 1.7, 3.7),
    index_disk_bytes=Range(10, 20, 40),
    read_cpu_seconds=Range(100e-9, 150e-9, 400e-9),
)
VICTORIA = Costs(
    base_memory_bytes=230e6,
    series_memory_bytes=Range(0.8e3, 1.0e3, 1.5e3),
    write_cpu_seconds=Range(1.2e-6, 1.5e-6, 1.8e-6),
    sample_disk_bytes=Range(0.05, 0.25, 0.7),
    index_disk_bytes=Range(30, 50, 70),
    read_cpu_seconds=Range(20e-9, 30e-9, 60e-9),
)
THINNED_DISK_BYTES = Range(0.01, 0.04, 0.11)
"""On disk of the storage for years, of one sample that is sent to it; one of twenty is kept."""

MOST_SAMPLES_A_QUERY = 1e9
"""VictoriaMetrics answers no query that reads more, unless ``-search.maxSamplesPerQuery`` is raised."""
