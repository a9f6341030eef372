"""Dashboards written into a Grafana that reads no files of ours."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codesentinel.act.grafana import GrafanaClient
from codesentinel.act.provision import read_text
from codesentinel.model.errors import ConfigurationError, NoData, UsageError
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.dashboards import FOLDER
from codesentinel.operations.keys import read_key

if TYPE_CHECKING:
    from pathlib import Path

    from codesentinel.act.grafana import Saved

_OURS = "codesentinel "
_DIGEST_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class PushedDashboard:
    """``outcome`` is created, updated, unchanged or conflict; ``detail`` says who was there before."""

    file: str
    uid: str
    title: str
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was done, or with ``dry_run`` would be."""

    url: str
    folder: str
    folder_created: bool
    dry_run: bool
    dashboards: tuple[PushedDashboard, ...]

    @property
    def succeeded(self) -> bool:
        """Whether every dashboard is there now, as it is in its file."""
        return not self.conflicts

    @property
    def conflicts(self) -> tuple[PushedDashboard, ...]:
        """Dashboards that somebody else has changed."""
        return tuple(one for one in self.dashboards if one.outcome == "conflict")


def _counts(pushed: Pushed) -> dict[str, Any]:
    outcomes = [one.outcome for one in pushed.dashboards]
    return {name: outcomes.count(name) for name in ("created", "updated", "unchanged", "conflict")}


@operation("dashboards.push", Effect.WRITE, metadata=_counts)
def push(
    context: Context,
    *,
    url: str = "",
    source: str = FOLDER,
    folder: str = "codesentinel",
    token_file: str = "",
    overwrite: bool = False,
    dry_run: bool = False,
) -> Pushed:
    """Write the dashboards of a folder into a Grafana; what is there already is left alone.

    A dashboard whose last change was not made by us is a conflict, and is kept, unless ``overwrite``.
    The last change is ours when its message in the dashboard's history says so, with a digest of what was
    written: so it does not matter what a server makes of the JSON.

    Args:
        context: of the command.
        url: of the Grafana; else the one in the settings.
        source: folder with the JSON files, relative to the workspace root.
        folder: uid and title of Grafana's folder, created where it is missing.
        token_file: file with a service account's token, else the settings' or the environment's.
        overwrite: replace what others have changed.
        dry_run: only ask, and write nothing.

    Raises:
        UsageError: no URL, no token, or a file that is no dashboard.
        NoData: there is no dashboard in the folder.
        Unreachable, BadAnswer, Refused: what Grafana answers.
    """
    settings = context.settings.grafana
    address = url or settings.url
    if not address:
        raise UsageError("which Grafana?", hint="give --url http://grafana:3000, or set grafana.url")
    pages = _pages(context, context.root / source)
    token = _token(context, token_file)
    client = GrafanaClient(address, token, timeout_seconds=context.settings.sources.timeout_seconds)
    is_new = not client.has_folder(folder)
    if is_new and not dry_run:
        client.create_folder(folder, folder)
    done = []
    for path, page in pages.items():
        context.tell(f"{'asking about' if dry_run else 'writing'} {context.relative(path)}")
        outcome, detail = _push(client, page, folder, overwrite=overwrite, dry_run=dry_run)
        done.append(
            PushedDashboard(context.relative(path), str(page["uid"]), str(page["title"]), outcome, detail)
        )
    return Pushed(client.base_url, folder, is_new, dry_run, tuple(done))


def _push(
    client: GrafanaClient, page: dict[str, Any], folder: str, *, overwrite: bool, dry_run: bool
) -> tuple[str, str]:
    """Outcome and detail of one dashboard."""
    message = _OURS + _digest(page)
    before = client.saved(str(page["uid"]))
    if before and before.message == message and before.folder_uid == folder:
        return "unchanged", ""
    if before and not before.message.startswith(_OURS) and not overwrite:
        return "conflict", _told(before)
    if not dry_run:
        version = before.version if before else 0
        conflict = client.save(page, folder_uid=folder, message=message, version=version, overwrite=overwrite)
        if conflict:  # somebody was quicker, or another dashboard has this title
            return "conflict", conflict.reason
    return "updated" if before else "created", ""


def _told(before: Saved) -> str:
    said = f": {before.message}" if before.message else ""
    return f"version {before.version} is by {before.author}{said}"


def _digest(page: dict[str, Any]) -> str:
    text = json.dumps(page, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS]


def _pages(context: Context, folder: Path) -> dict[Path, dict[str, Any]]:
    """The dashboards of a folder, by file."""
    found: dict[Path, dict[str, Any]] = {}
    problems = []
    for path in sorted(folder.glob("*.json")):
        try:
            document = json.loads(read_text(path) or "")
        except ValueError:
            document = None
        if isinstance(document, dict) and document.get("uid") and document.get("title"):
            found[path] = document
        else:
            problems.append(f"{path.name}: no dashboard: JSON with a uid and a title")
    if problems:
        raise ConfigurationError(context.relative(folder), problems)
    if not found:
        raise NoData(
            f"there is no dashboard in {context.relative(folder)}",
            hint="`codesentinel dashboards build` writes ours",
        )
    return found


def _token(context: Context, file: str) -> str:
    """The token, from a file or from the environment."""
    settings = context.settings.grafana
    path = file or settings.token_file
    if settings.token and not file:
        return settings.token
    if not path:
        raise UsageError(
            "no token for Grafana",
            hint="give --token-file, or set CODESENTINEL_GRAFANA_TOKEN in the environment",
        )
    return read_key(context, path, hint="one line, as Grafana shows it for a service account")
