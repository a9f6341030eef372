"""Flame graphs of reports and differences: as a file of its own, and as what the viewer draws."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import codesentinel.render.profiles
from codesentinel.act.new_file import check_free, draft_of, drafted, publish
from codesentinel.model.errors import NotInstalled
from codesentinel.model.profile_views import Diff
from codesentinel.render.profile_text import change_text, head_text
from codesentinel.render.profiles.flame import flame
from codesentinel.render.profiles.page import page

if TYPE_CHECKING:
    from codesentinel.model.profile_views import Report

BUILT = Path(codesentinel.render.profiles.__file__).parent / "flame"
_MOST_CHANGES = 20


def drawn(found: Report | Diff) -> tuple[dict[str, Any], list[str]]:
    """The graph, and what is said under it."""
    if isinstance(found, Diff):
        changed = (*found.slower, *found.faster)[:_MOST_CHANGES]
        told = [change_text(one) for one in changed] or [
            f"no function is shown to have changed ({found.tested} tested)"
        ]
        title = f"{found.after.name} compared with {found.before.name}"
        return flame(found.after.profile, title, found.before.profile), [*told, *found.notes]
    head = head_text(found.profile, found.stored)
    return flame(found.profile, head), list(found.notes)


def write_flame_graph(path: str, found: Report | Diff, *, overwrite: bool = False) -> None:
    """Write a page of its own: one file, which asks nobody for anything.

    Raises:
        NotInstalled: this installation was not built whole.
        Refused, Failed: the file is there already, or cannot be written.
    """
    check_free(path, overwrite=overwrite)
    try:
        script, style = ((BUILT / name).read_text(encoding="utf-8") for name in ("flame.js", "flame.css"))
    except OSError as exc:
        raise NotInstalled("the flame graph's script is missing", hint="build it: make viewer") from exc
    text = page(*drawn(found), script, style)
    with drafted(draft_of(path)) as file:
        file.write(text.encode("utf-8", "backslashreplace"))
    publish(draft_of(path), path, overwrite=overwrite)
