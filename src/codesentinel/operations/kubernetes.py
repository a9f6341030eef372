"""Rules and dashboards as objects for a cluster: written from the mixin into the Helm chart."""

from __future__ import annotations

from codesentinel.mixin.kubernetes import dashboard_objects, kustomization, rule_objects
from codesentinel.operations.alerts import RULES, infrastructure
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.dashboards import EMPTY_PANELS, dashboard_files
from codesentinel.operations.http_names import http_names
from codesentinel.operations.mixin_files import read_objectives
from codesentinel.operations.provision import Provisioned, kept_as_made

FOLDER = "infrastructure/helm/codesentinel/monitoring"


@operation("dashboards.kubernetes", Effect.WRITE, metadata=lambda done: {"changed": list(done.changed)})
def kubernetes(
    context: Context, *, output: str = FOLDER, metrics: str = "", check: bool = False
) -> Provisioned:
    """Write the alert rules and dashboards as objects of a cluster; with ``check`` only compare.

    They are the rules of ``alerts build`` and the dashboards of ``dashboards build``, as ``PrometheusRule``
    and ``GrafanaDashboard``. ``output`` is relative to the workspace root; ``metrics`` is a file that names
    the services' HTTP metrics, instead of the one in the settings. Files as generated are not touched.

    Raises:
        NotInstalled: Grafana's SDK is missing; only a build needs it.
        ConfigurationError: all mistakes in the objectives or in the mapping of names.
        Failed: a file cannot be read or written.
    """
    http = http_names(context, metrics)
    texts = infrastructure(context.settings, read_objectives(context), http)
    rules = {path.name: text for path, text in texts.items() if path.is_relative_to(RULES)}
    pages = {name: text for name, text in dashboard_files(http).items() if name != EMPTY_PANELS}
    made = {"rules.yaml": rule_objects(rules), "dashboards.yaml": dashboard_objects(pages)}
    made["kustomization.yaml"] = kustomization(made)
    files = {context.root / output / name: text for name, text in made.items()}
    return kept_as_made(context, files, check=check)
