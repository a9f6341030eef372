"""What the one who ends a process allows, and who can be asked about it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codesentinel.model.kill import KillPlan


class Asker:
    """Somebody who can be asked; the command line implements it on a terminal."""

    def confirms(self, plan: KillPlan) -> bool:
        """Whether the target is to be ended."""
        raise NotImplementedError

    def insists(self, plan: KillPlan, because: str) -> bool:
        """Whether SIGKILL is to follow, now that it lives on."""
        raise NotImplementedError


class Permit:
    """What the caller allows.

    Args:
        force: send SIGKILL where SIGTERM does not suffice.
        yes: do not ask.
        tree: end all descendants too.
        dry_run: stop before the intent is recorded.
        grace_seconds: how long SIGTERM may take.
        asker: who can be asked; None where nobody is there.
    """

    __slots__ = ("asker", "dry_run", "force", "grace_seconds", "tree", "yes")

    def __init__(
        self, *, force: bool, yes: bool, tree: bool, dry_run: bool, grace_seconds: float, asker: Asker | None
    ) -> None:
        self.force = force
        self.yes = yes
        self.tree = tree
        self.dry_run = dry_run
        self.grace_seconds = grace_seconds
        self.asker = asker
