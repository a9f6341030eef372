"""All metrics that tell of causes, those of the processes and of the host first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.analysis.efficiency.bottleneck.resources import RESOURCES
from codesentinel.analysis.efficiency.bottleneck.waits import WAITS

if TYPE_CHECKING:
    from codesentinel.analysis.efficiency.bottleneck.candidate import Candidate

CANDIDATES: tuple[Candidate, ...] = (*RESOURCES, *WAITS)
