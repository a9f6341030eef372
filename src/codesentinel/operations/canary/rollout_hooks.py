"""The commands that come before and after a rollout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.act.hooks import run_hook
from codesentinel.model.errors import Failed
from codesentinel.operations.canary.splitters import state_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.model.rollout import Ended, Plan
    from codesentinel.operations.base import Context


class Hooks:
    """Each has the rollout in its environment; those that come after also how it ended."""

    def __init__(self, context: Context, plan: Plan, identity: str) -> None:
        self._context = context
        self._plan = plan
        self._facts = {"CANARY_TARGET": plan.target, "CANARY_ROLLOUT": identity}

    def before(self) -> str:
        """Run those that come before; why the rollout must not begin, or nothing."""
        try:
            self._run(self._plan.before, "before", self._facts)
        except Failed as exc:
            return f"a command that comes before failed: {exc.message}"
        return ""

    def after(self, ended: Ended) -> None:
        """Run those that come after; that one fails is told, and changes nothing."""
        try:
            self._run(self._plan.after, "after", {**self._facts, "CANARY_OUTCOME": ended.outcome})
        except Failed as exc:
            self._context.tell(f"warning: a command that comes after failed: {exc.message}")

    def _run(self, commands: Sequence[Sequence[str]], which: str, facts: Mapping[str, str]) -> None:
        for number, argv in enumerate(commands, 1):
            self._context.tell(f"{which}: {argv[0]}")
            log = state_folder(self._context, self._plan.target) / f"{which}-{number}.log"
            run_hook(argv, facts, timeout_seconds=self._plan.hook_timeout_seconds, log=log)
