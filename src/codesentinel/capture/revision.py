"""What is being deployed, as far as the CI system or the version control says."""

from __future__ import annotations

import contextlib
import subprocess
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_SECONDS = 10.0
_GIT = "git"


class Revision(NamedTuple):
    """A commit, when it was made (epoch seconds), and the run that deploys it; "" or None if unknown."""

    commit: str
    committed_at: float | None
    run: str


def revision(folder: str, environment: Mapping[str, str], commit: str = "") -> Revision:
    """What the environment variables of GitHub Actions and GitLab CI say, and git for the rest.

    Args:
        folder: inside the working tree.
        environment: the variables.
        commit: the one that is meant, where it is not the one checked out.
    """
    name = commit or environment.get("GITHUB_SHA") or environment.get("CI_COMMIT_SHA") or ""
    told_at = environment.get("CI_COMMIT_TIMESTAMP", "") if not commit else ""
    committed_at = _epoch(told_at)
    if not name or committed_at is None:
        told = _git(folder, name or "HEAD")
        name, committed_at = name or told[0], committed_at if committed_at is not None else told[1]
    return Revision(name, committed_at, _run(environment))


def _run(environment: Mapping[str, str]) -> str:
    """The id that both ends of one deployment share, since they run in one job."""
    if environment.get("GITHUB_RUN_ID"):
        parts = (environment.get(f"GITHUB_{name}", "") for name in ("RUN_ID", "RUN_ATTEMPT", "JOB"))
        return "-".join(["github", *filter(None, parts)])
    return f"gitlab-{environment['CI_JOB_ID']}" if environment.get("CI_JOB_ID") else ""


def _git(folder: str, name: str) -> tuple[str, float | None]:
    """The commit of that name and its time; nothing where there is no git, or no such commit."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired, ValueError):
        done = subprocess.run(
            [_GIT, "-C", folder, "show", "--no-patch", "--format=%H %ct", "--end-of-options", name, "--"],
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
            text=True,
        )
        if done.returncode == 0:
            commit, time = done.stdout.split()[-2:]
            return commit, float(time)
    return "", None


def _epoch(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else None
