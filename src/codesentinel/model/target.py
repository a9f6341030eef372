"""What Prometheus says of the things it watches: alerts that are not quiet, and targets it scrapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class ActiveAlert:
    """An alert that is ``pending`` or ``firing``."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    state: str
    active_at: datetime | None

    @property
    def name(self) -> str:
        """Its ``alertname``."""
        return self.labels.get("alertname", "unnamed")


@dataclass(frozen=True, slots=True)
class Target:
    """Something scraped; ``health`` is up, down or unknown, ``error`` why it is down."""

    job: str
    instance: str
    health: str
    error: str
    interval_seconds: float
