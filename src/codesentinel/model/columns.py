"""What the columns of a CSV file mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codesentinel.model.samples import NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TIME_UNITS = {"s": 1000, "ms": 1, "us": 1e-3, "ns": 1e-6}
"""Milliseconds in one."""

LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


@dataclass(frozen=True, slots=True)
class Columns:
    """Every column that is neither time nor value is a label of its own name.

    Attributes:
        time: the column of times: RFC 3339, or numbers since 1970.
        value: the column of values.
        metric: the metric's name; where it is empty a column ``__name__`` holds it.
        rename: columns that become labels of another name.
        ignore: columns that are left out.
        delimiter: between the cells of a row.
        time_unit: of times that are numbers; one of ``TIME_UNITS``.
        assume_utc: what times without an offset mean; without it they are refused.
    """

    time: str = "timestamp"
    value: str = "value"
    metric: str = ""
    rename: Mapping[str, str] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    delimiter: str = ","
    time_unit: str = "s"
    assume_utc: bool = False

    def labels_of(self, header: Sequence[str]) -> dict[int, str]:
        """The label's name by the place of its column.

        Raises:
            ValueError: the header does not hold what it has to, or what is no label's name.
        """
        for wanted in (self.time, self.value, *self.rename, *self.ignore):
            if header.count(wanted) != 1:
                count = header.count(wanted)
                raise ValueError(f"{count or 'no'} column{'s' if count else ''} {wanted!r} in {list(header)}")
        apart = {self.time, self.value, *self.ignore}
        labels = {i: self.rename.get(name, name) for i, name in enumerate(header) if name not in apart}
        names = list(labels.values())
        for i, label in labels.items():
            if not LABEL.fullmatch(label):
                raise ValueError(f"the column {header[i]!r} is no label's name: rename it, or leave it out")
            if names.count(label) > 1:
                raise ValueError(f"more than one column gives the label {label}")
        if self.metric and NAME in names:
            raise ValueError(f"both a metric and a column {NAME} are given")
        if not self.metric and NAME not in names:
            raise ValueError(f"no metric is named, and no column {NAME} is there")
        return labels
