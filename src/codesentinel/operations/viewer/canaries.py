"""The last judgements of canaries, as the log keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.model.canary import FAIL, INCONCLUSIVE, PASS
from codesentinel.store.reader import events

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.operations.base import Context

DOMAIN, ACTION = "canary", "verdict"
_NEWEST = 20
_SHOWN = (
    "verdict reason baseline canary source judge looks alpha e_value from to block_times evidence metrics"
    " service environment target"
).split()


def canaries(context: Context, limit: int = _NEWEST) -> Mapping[str, Any]:
    """The newest first: ``judgements`` with when each was made and what it rests on; ``total`` are on record.

    Whoever may write the log may write anything into it: what is no judgement is left out.
    """
    found = [one for event in events(context.memory.path(DOMAIN)) if (one := _judgement(event))]
    return {"total": len(found), "judgements": found[: -limit - 1 : -1]}


def _judgement(event: Mapping[str, Any]) -> dict[str, Any] | None:
    activity = event.get("activity")
    if not isinstance(activity, dict) or activity.get("action") != ACTION:
        return None
    facts = activity.get("metadata")
    if not isinstance(facts, dict) or facts.get("verdict") not in (PASS, FAIL, INCONCLUSIVE):
        return None
    return {"at": event.get("timestamp")} | {name: facts.get(name) for name in _SHOWN}
