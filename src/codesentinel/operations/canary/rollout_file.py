"""The file of a rollout: what is judged, and how the traffic is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.config.canary import canary_config, read_document
from codesentinel.config.rollout import rollout_plan

if TYPE_CHECKING:
    from codesentinel.model.canary import CanaryConfig
    from codesentinel.model.rollout import Plan
    from codesentinel.operations.base import Context


def read_rollout(context: Context, file: str) -> tuple[Plan, CanaryConfig]:
    """Both halves of ``canary.yaml``.

    Raises:
        ConfigurationError: naming every mistake in one of them.
    """
    path = context.root / file
    shown = context.relative(path)
    document = read_document(path, shown)
    return rollout_plan(document, shown), canary_config(document, shown)
