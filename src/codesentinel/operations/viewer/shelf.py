"""The dashboards that the viewer shows: the shipped ones, the workspace's own, and those of folders named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import codesentinel
from codesentinel.capture.dashboard_files import read_dashboards
from codesentinel.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.capture.dashboard_files import DashboardFile, NoDashboard
    from codesentinel.operations.base import Context

FOLDER = "infrastructure/grafana/dashboards"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Dashboards by their uid, and the files that are none."""

    dashboards: tuple[DashboardFile, ...]
    problems: tuple[NoDashboard, ...]

    def find(self, uid: str) -> DashboardFile | None:
        """One of them."""
        return next((one for one in self.dashboards if one.uid == uid), None)


def shelf(context: Context, folders: Sequence[Path] = ()) -> Shelf:
    """What lies there now. A uid that occurs twice is the one of the folder that was named last."""
    found: dict[str, DashboardFile] = {}
    problems: list[NoDashboard] = []
    for name, folder in _places(context, folders):
        dashboards, wrong = read_dashboards(folder, name)
        found |= {one.uid: one for one in dashboards}
        problems += wrong
    return Shelf(
        tuple(sorted(found.values(), key=lambda one: (one.folder != "codesentinel",))), tuple(problems)
    )


def named_folder(text: str) -> Path:
    """A folder as typed.

    Raises:
        UsageError: it is none.
    """
    folder = Path(text).expanduser().absolute()
    if not folder.is_dir():
        raise UsageError(
            f"no such folder: {text}", hint="--folder names a folder that holds dashboards as *.json"
        )
    return folder


def shipped_folder() -> Path | None:
    """The dashboards of codesentinel: inside an installed wheel, or beside the source in a checkout."""
    package = Path(codesentinel.__file__).parent
    places = (package / FOLDER, package.parents[1] / FOLDER)
    return next((folder for folder in places if folder.is_dir()), None)


def _places(context: Context, folders: Sequence[Path]) -> list[tuple[str, Path]]:
    shipped, own = shipped_folder(), context.root / FOLDER
    places = [("codesentinel", shipped)] if shipped else []
    if own.is_dir() and not (shipped and own.resolve() == shipped.resolve()):
        places.append(("this workspace", own))
    return places + [(folder.name, folder) for folder in folders]
