"""The programs of others that scenarios take: found where they are installed, else fetched from Debian."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.act.components import fetch_package
from codesentinel.calamum import tools

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codesentinel.calamum.experiment import Experiment
    from codesentinel.calamum.tools import Tool
    from codesentinel.operations.base import Context


def tools_for(context: Context, every: Iterable[Experiment]) -> tuple[dict[str, Tool], dict[str, str]]:
    """Those that these scenarios need or use, by their names; and why others cannot be had."""
    wanted = sorted({name for one in every for name in (*one.needs, *one.uses) if name in tools.NAMES})
    cache = Path(context.settings.stack.components_dir).expanduser()

    def fetch(package: str) -> Path:
        if not (cache / package).is_dir():
            context.tell(f"fetching {package} from Debian's packages")
        return fetch_package(package, cache)

    return tools.find(wanted, fetch)
