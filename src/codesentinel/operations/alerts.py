"""Alert rules and routing as users deploy them: written from the mixin into ``infrastructure/``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.act.provision import read_text, remove, write_text
from codesentinel.mixin.alertmanager import Receivers, alertmanager_config
from codesentinel.mixin.http_names import OTEL
from codesentinel.mixin.objectives import DEFAULT
from codesentinel.mixin.rules import rule_files
from codesentinel.mixin.timing import PRODUCTION
from codesentinel.mixin.yaml_text import header
from codesentinel.model.service import PORTS
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.http_names import http_names
from codesentinel.operations.mixin_files import read_objectives

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.config.settings import Settings
    from codesentinel.mixin.http_names import HttpNames
    from codesentinel.mixin.objectives import Objectives

_SECRETS = Path("/etc/alertmanager/secrets")
RULES = Path("prometheus/rules")
_ROUTING = Path("alertmanager/alertmanager.yml")


@dataclass(frozen=True, slots=True)
class Built:
    """The generated files, and those of them that were not as generated; relative to the workspace.

    ``stale`` files were generated once and no longer are: a build removes them, because Prometheus
    reads every rule file it finds.
    """

    files: tuple[str, ...]
    changed: tuple[str, ...]
    stale: tuple[str, ...]
    files_modified: tuple[str, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether everything was as generated."""
        return not self.changed and not self.stale


@operation(
    "alerts.build",
    Effect.WRITE,
    metadata=lambda built: {"changed": list(built.changed), "stale": list(built.stale)},
)
def build(
    context: Context, *, output: str = "infrastructure", metrics: str = "", check: bool = False
) -> Built:
    """Write the alert rules and the routing of notifications; with ``check`` only compare.

    ``output`` is relative to the workspace root; ``metrics`` is a file that names the services' HTTP
    metrics, instead of the one in the settings. Files that are as generated are not touched.

    Raises:
        ConfigurationError: all mistakes in the objectives or in the mapping of names.
        Failed: a file cannot be read or written.
    """
    folder = context.root / output
    settings = context.settings
    texts = infrastructure(settings, read_objectives(context), http_names(context, metrics))
    files = {folder / path: text for path, text in texts.items()}
    changed = [path for path, text in files.items() if read_text(path) != text]
    stale = [path for path in _generated(folder / RULES) if path not in files]
    if not check:
        for path in changed:
            write_text(path, files[path])
        for path in stale:
            remove(path)

    def shown(paths: list[Path]) -> tuple[str, ...]:
        return tuple(context.relative(path) for path in paths)

    modified = () if check else shown(changed + stale)
    return Built(shown(list(files)), shown(changed), shown(stale), modified)


def infrastructure(
    settings: Settings, objectives: Objectives = DEFAULT, http: HttpNames = OTEL
) -> dict[Path, str]:
    """Relative path to text, with the timing of production and keys in files outside the repository."""
    alerting = settings.alerting
    rules = rule_files(
        PRODUCTION,
        team=alerting.team,
        runbook_base_url=alerting.runbook_base_url,
        objectives=objectives,
        http=http,
    )
    receivers = Receivers(
        local_url=f"http://127.0.0.1:{PORTS['codesentinel']}/alerts",
        pagerduty_routing_key_file=str(_SECRETS / "pagerduty_routing_key"),
        pagerduty_url=alerting.pagerduty_url,
        slack_webhook_url_file=str(_SECRETS / "slack_webhook_url"),
        slack_channel=alerting.slack_channel,
    )
    return {RULES / name: text for name, text in rules.items()} | {
        _ROUTING: alertmanager_config(receivers, PRODUCTION)
    }


def _generated(folder: Path) -> Iterator[Path]:
    """The files below ``folder`` that open with our header; a user's own are none of our business."""
    for path in sorted(folder.glob("*.yml")):
        if (read_text(path) or "").startswith(header()):
            yield path
