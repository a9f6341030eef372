"""The chart and the overlays: what Helm and kustomize make of them, against the real schemas."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from codesentinel import __version__
from codesentinel.operations.kubernetes import kubernetes
from manifests import (
    CHART,
    OVERLAYS,
    ROOT,
    charted,
    documents,
    helm,
    named,
    needs_kustomize,
    overlaid,
    pods,
    wrong_with,
)

ALL = (Path(__file__).parent / "every_part.yaml").read_text()
NO_AGENT = "{agent: {enabled: false}, networkPolicy: {enabled: false}, listen: '::'}"
OVERLAY_NAMES = sorted(path.name for path in OVERLAYS.iterdir())


@pytest.fixture(scope="module")
def everything():
    return charted(ALL)


@pytest.mark.parametrize("values", ["", ALL, NO_AGENT], ids=["defaults", "all", "no-agent"])
def test_what_the_chart_gives_is_valid(values):
    made = charted(values)
    assert wrong_with(made) == []
    names = [(one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"]) for one in made]
    assert len(set(names)) == len(names)


@needs_kustomize
@pytest.mark.parametrize("name", OVERLAY_NAMES)
def test_what_an_overlay_gives_is_valid(name):
    assert wrong_with(documents(overlaid(name)), versions=("1.37",)) == []


@needs_kustomize
def test_overlays_have_what_they_are_for():
    kinds = {name: {one["kind"] for one in documents(overlaid(name))} for name in OVERLAY_NAMES}
    assert "DaemonSet" not in kinds["restricted"] | kinds["canary"]
    assert {"DaemonSet", "PodMonitor", "ServiceMonitor", "PrometheusRule", "GrafanaDashboard"} <= kinds[
        "monitoring"
    ]
    assert {"Role", "RoleBinding", "Job"} <= kinds["canary"]
    for one in documents(overlaid("monitoring")):
        assert one["kind"] == "Namespace" or one["metadata"]["namespace"] == "codesentinel"
        assert one["metadata"]["labels"]["release"] == "kube-prometheus-stack"


MUTATIONS = {
    "a wrong type": ("Deployment", lambda one: one["spec"].update(replicas="two"), "replicas"),
    "an unknown field": ("DaemonSet", lambda one: one["spec"]["template"]["spec"].update(hostPid=True), "hostPid"),
    "a missing selector": ("Deployment", lambda one: one["spec"].pop("selector"), "selector"),
    "a wrong port": ("NetworkPolicy", lambda one: one["spec"].update(podSelector=[]), "podSelector"),
    "a field of an operator's": ("PodMonitor", lambda one: one["spec"].update(podMetricEndpoints=[]), "no such field"),
    "a missing one of an operator's": ("ServiceMonitor", lambda one: one["spec"].pop("selector"), "selector"),
    "a wrong duration": ("PrometheusRule", lambda one: one["spec"]["groups"][0].update(interval="soon"), "interval"),
    "a rule's typing error": ("PrometheusRule", lambda one: one["spec"]["groups"][0]["rules"][0].update({"for ": "1m"}), "no such field"),
    "a dashboard that is no text": ("GrafanaDashboard", lambda one: one["spec"].update(json={"title": "x"}), "json"),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_manifest_with_a_mistake_is_refused(everything, name):
    kind, spoil, told = MUTATIONS[name]
    one = copy.deepcopy(next(one for one in everything if one["kind"] == kind))
    assert wrong_with([one], versions=("1.37",)) == []
    spoil(one)
    found = wrong_with([one], versions=("1.37",))
    assert found
    assert any(told in text for text in found), found


@pytest.mark.parametrize("values", ["", ALL], ids=["defaults", "all"])
def test_helm_finds_no_fault(values, tmp_path):
    (tmp_path / "values.yaml").write_text(values)
    done = helm("lint", "--strict", str(CHART), "-f", str(tmp_path / "values.yaml"))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("image.digest=sha256:12", "image"),
        ("agent.intervall=5s", "intervall"),
        ("web.replicas=two", "web"),
        ("listen=127.0.0.1", "listen"),
        ("canary.enabled=true", "canary"),
        ("networkPolicy.webFrom[0].podselector.a=b", "podselector"),
        ("monitoring.rules=yes please", "rules"),
        ("sources.prometheusUrl=prometheus:9090", "prometheusUrl"),
    ],
)
def test_wrong_values_are_refused(setting, told):
    done = helm("template", "codesentinel", str(CHART), "--set", setting)
    assert done.returncode != 0
    assert told in done.stderr


def test_every_value_is_known_to_the_schema_and_the_other_way_round():
    def shape(value, schema):
        assert schema.get("additionalProperties") is False
        assert set(schema["properties"]) - {"global"} == set(value)
        for key, inner in value.items():
            if schema["properties"][key].get("additionalProperties") is False and key != "resources":
                shape(inner, schema["properties"][key])

    schema = json.loads((CHART / "values.schema.json").read_text())
    shape(yaml.safe_load((CHART / "values.yaml").read_text()), schema)


def test_the_committed_manifests_are_what_the_chart_gives():
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "kubernetes.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr} - run `make kubernetes`"


def test_rules_and_dashboards_are_those_of_the_mixin(context, everything):
    done = kubernetes(context)
    assert done.changed == done.files == done.files_modified
    for name in done.files:
        same = (ROOT / name).read_bytes() == (context.root / name).read_bytes()
        assert same, f"{name} differs - run `make kubernetes`"
    assert kubernetes(context, check=True).is_current
    (context.root / done.files[0]).write_text("")
    assert kubernetes(context, check=True).changed == done.files[:1]
    rules = {
        path.stem: yaml.safe_load(path.read_text())["groups"]
        for path in (ROOT / "infrastructure/prometheus/rules").glob("*.yml")
    }
    dashboards = {
        path.stem: json.loads(path.read_text())
        for path in (ROOT / "infrastructure/grafana/dashboards").glob("*.json")
    }
    found = {
        kind: {
            one["metadata"]["name"].removeprefix("codesentinel-"): one
            for one in everything
            if one["kind"] == kind
        }
        for kind in ("PrometheusRule", "GrafanaDashboard")
    }
    assert {name: one["spec"]["groups"] for name, one in found["PrometheusRule"].items()} == rules
    assert {
        name: json.loads(one["spec"]["json"]) for name, one in found["GrafanaDashboard"].items()
    } == dashboards
    for one in found["PrometheusRule"].values():
        assert one["metadata"]["labels"]["release"] == "kube-prometheus-stack"
        assert one["metadata"]["labels"]["app.kubernetes.io/part-of"] == "codesentinel"
    for one in found["GrafanaDashboard"].values():
        assert one["spec"]["instanceSelector"] == {"matchLabels": {"grafana": "main"}}


def test_the_version_is_that_of_the_package():
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert (chart["version"], chart["appVersion"]) == (__version__, __version__)
    overlay = (OVERLAYS / "monitoring" / "kustomization.yaml").read_text()
    assert f"newTag: {__version__}\n" in overlay


def test_an_image_can_be_named_by_its_digest(everything):
    images = {c["image"] for pod in pods(everything).values() for c in pod["spec"]["containers"]}
    assert images == {f"images.example.org/codesentinel@sha256:{'0' * 64}"}
    assert {c["image"] for pod in pods(charted()).values() for c in pod["spec"]["containers"]} == {
        f"codesentinel:{__version__}"
    }


def test_every_container_is_watched_bounded_and_writes_nowhere_but_where_it_may(everything):
    for name, pod in pods(everything).items():
        volumes = {one["name"]: one for one in pod["spec"]["volumes"]}
        for container in pod["spec"]["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert {"memory"} <= set(container["resources"]["limits"])
            assert {"cpu", "memory"} == set(container["resources"]["requests"])
            assert container["name"] in {"canary", "shipper"} or "livenessProbe" in container
            for mount in container["volumeMounts"]:
                volume = volumes[mount["name"]]
                writable = "emptyDir" in volume or "persistentVolumeClaim" in volume
                assert writable != mount.get("readOnly", False), mount
        for volume in volumes.values():
            if "emptyDir" in volume:
                assert volume["emptyDir"]["sizeLimit"]
        assert pod["spec"]["enableServiceLinks"] is False  # CODESENTINEL_WEB_PORT would be an unknown setting
        assert pod["spec"]["automountServiceAccountToken"] is (name == "canary")


def test_each_server_gets_its_own_token_and_no_token_stands_in_a_manifest(everything):
    keys = {}
    for name, pod in pods(everything).items():
        for volume in pod["spec"]["volumes"]:
            if "secret" in volume:
                assert volume["secret"]["secretName"] == "codesentinel-tokens"
                keys[name] = [item["key"] for item in volume["secret"]["items"]]
    assert keys == {"agent": ["metrics"], "judge": ["metrics"], "web": ["web"], "mcp": ["mcp"]}
    assert not [one for one in everything if one["kind"] == "Secret"]
    for monitor in (one for one in everything if one["kind"] in {"PodMonitor", "ServiceMonitor"}):
        (endpoint,) = monitor["spec"].get("endpoints") or monitor["spec"]["podMetricsEndpoints"]
        assert endpoint["authorization"]["credentials"] == {"name": "codesentinel-tokens", "key": "metrics"}


def test_what_is_selected_is_there(everything):
    labels = {name: pod["metadata"]["labels"] for name, pod in pods(everything).items()}
    for one in everything:
        selector = one["spec"].get("selector") if "spec" in one else None
        if one["kind"] in {
            "Service",
            "PodDisruptionBudget",
            "PodMonitor",
            "NetworkPolicy",
            "Deployment",
            "DaemonSet",
        }:
            wanted = (
                selector
                if one["kind"] == "Service"
                else (selector or one["spec"]["podSelector"])["matchLabels"]
            )
            hit = [name for name, has in labels.items() if wanted.items() <= has.items()]
            whole = one["metadata"]["name"] == "codesentinel-default-deny"
            assert hit == (list(labels) if whole else [one["metadata"]["name"].removeprefix("codesentinel-")])
        if one["kind"] == "ServiceMonitor":
            services = [s for s in everything if s["kind"] == "Service"]
            wanted = selector["matchLabels"].items()
            assert [s["metadata"]["name"] for s in services if wanted <= s["metadata"]["labels"].items()] == [
                "codesentinel-judge"
            ]
    accounts = {one["metadata"]["name"] for one in everything if one["kind"] == "ServiceAccount"}
    assert accounts == {pod["spec"]["serviceAccountName"] for pod in pods(everything).values()}


NOTES = """
apiVersion: v1
kind: ConfigMap
metadata: {name: notes}
data:
  notes: |
    {{- tpl (.Files.Get "NOTES.txt") . | nindent 4 }}
"""


def test_the_notes_say_what_is_left_to_do(tmp_path):
    chart = shutil.copytree(CHART, tmp_path / "chart")
    (chart / "templates" / "NOTES.txt").rename(chart / "NOTES.txt")  # only a cluster is told them
    (chart / "templates" / "notes.yaml").write_text(NOTES)
    words = ["template", "codesentinel", str(chart), "--namespace", "watch", "-s", "templates/notes.yaml"]
    done = helm(*words)
    assert done.returncode == 0, done.stderr
    notes = documents(done.stdout)[0]["data"]["notes"]
    assert "kubectl -n watch create secret generic codesentinel-tokens" in notes
    assert set(re.findall(r"--from-literal=(\w+)=", notes)) == {"metrics", "web", "mcp"}
    assert "Prometheus does not scrape it yet" in notes


def test_every_alert_and_setting_that_the_chart_names_is_one_of_ours():
    settings = named(charted(ALL), "ConfigMap", "codesentinel-sources")["data"]
    assert set(settings) == {
        "CODESENTINEL_SOURCES_PROMETHEUS_URL",
        "CODESENTINEL_SOURCES_HISTORY_URL",
        "CODESENTINEL_SOURCES_ALERTMANAGER_URL",
        "CODESENTINEL_MCP_WRITES",
    }
