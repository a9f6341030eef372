"""Rules and dashboards as objects of a cluster: what the operators of Prometheus and of Grafana take up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from codesentinel.mixin.yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COMMAND = "codesentinel dashboards kubernetes"
FOLDER = "codesentinel"
_LABELS = {"app.kubernetes.io/name": "codesentinel", "app.kubernetes.io/part-of": "codesentinel"}
_GRAFANA = {"dashboards": "grafana"}
"""The label of a Grafana in the examples of its operator."""


def rule_objects(files: Mapping[str, str]) -> str:
    """A ``PrometheusRule`` for each rule file, given by name and text."""
    return _documents(
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": _metadata(name.removesuffix(".yml")),
            "spec": {"groups": yaml.safe_load(text)["groups"]},
        }
        for name, text in files.items()
    )


def dashboard_objects(files: Mapping[str, str]) -> str:
    """A ``GrafanaDashboard`` for each dashboard, given by file name and text."""
    return _documents(
        {
            "apiVersion": "grafana.integreatly.org/v1beta1",
            "kind": "GrafanaDashboard",
            "metadata": _metadata(name.removesuffix(".json")),
            "spec": {
                "instanceSelector": {"matchLabels": _GRAFANA},
                "allowCrossNamespaceImport": True,
                "folder": FOLDER,
                "json": text,
            },
        }
        for name, text in files.items()
    )


def kustomization(names: Iterable[str]) -> str:
    """Lets kustomize take these files."""
    return yaml_text(
        {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": list(names),
        },
        command=COMMAND,
    )


def _metadata(name: str) -> dict[str, Any]:
    return {"name": f"codesentinel-{name.replace('_', '-')}", "labels": dict(_LABELS)}


def _documents(documents: Iterable[Mapping[str, Any]]) -> str:
    return "---\n".join(yaml_text(document, command=COMMAND) for document in documents)
