"""Dashboards as users deploy them: written from the mixin into ``infrastructure/grafana``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codesentinel.act.provision import read_text, write_text
from codesentinel.mixin.dashboards.catalog import dashboards, empty_panels
from codesentinel.mixin.http_names import OTEL
from codesentinel.model.errors import NotInstalled
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.http_names import http_names

if TYPE_CHECKING:
    from pathlib import Path

    from codesentinel.mixin.http_names import HttpNames

FOLDER = "infrastructure/grafana/dashboards"
EMPTY_PANELS = "empty-panels.yml"


@dataclass(frozen=True, slots=True)
class BuiltDashboards:
    """The generated files, and those of them that were not as generated; relative to the workspace."""

    files: tuple[str, ...]
    changed: tuple[str, ...]
    panels: int
    files_modified: tuple[str, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether everything was as generated."""
        return not self.changed


@operation("dashboards.build", Effect.WRITE, metadata=lambda built: {"changed": list(built.changed)})
def build_dashboards(
    context: Context, *, output: str = FOLDER, metrics: str = "", check: bool = False
) -> BuiltDashboards:
    """Write Grafana's dashboards from the code; with ``check`` only compare.

    ``output`` is relative to the workspace root; ``metrics`` is a file that names the HTTP metrics of
    services that do not use OpenTelemetry's names, instead of the one in the settings. Files that are as
    generated are not touched.

    Raises:
        NotInstalled: Grafana's SDK is missing; only a build needs it.
        ConfigurationError: the file with the names is wrong.
        Failed: a file cannot be read or written.
    """
    http = http_names(context, metrics)
    folder = context.root / output
    files = {folder / name: text for name, text in dashboard_files(http).items()}
    changed = [path for path, text in files.items() if read_text(path) != text]
    if not check:
        for path in changed:
            write_text(path, files[path])

    def shown(paths: list[Path]) -> tuple[str, ...]:
        return tuple(context.relative(path) for path in paths)

    panels = sum(len(page.panels) for page in dashboards(http))
    return BuiltDashboards(shown(list(files)), shown(changed), panels, () if check else shown(changed))


def dashboard_files(http: HttpNames = OTEL) -> dict[str, str]:
    """File name to text.

    Raises:
        NotInstalled: Grafana's SDK is missing.
    """
    try:
        from codesentinel.mixin.dashboards.grafana import dashboard_json
    except ImportError as exc:
        raise NotInstalled(
            f"building dashboards needs Grafana's SDK ({exc.name or exc} is missing)",
            hint="pip install 'grafana-foundation-sdk==0.0.21'; the built dashboards need nothing",
        ) from exc
    pages = dashboards(http)
    return {f"{page.name}.json": dashboard_json(page) for page in pages} | {EMPTY_PANELS: empty_panels(pages)}
