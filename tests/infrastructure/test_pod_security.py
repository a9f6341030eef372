"""What pods may do: the "restricted" profile, network policies, and the canary's role."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
import yaml

from codesentinel.act.traffic.gateway_api import GatewaySplitter
from codesentinel.act.traffic.kubernetes import Where
from codesentinel.model.traffic import Arrived, Split
from kubernetes_api import KubernetesApi
from manifests import ROOT, charted, documents, named, needs_kustomize, overlaid, pods
from network_policy import Pod, allows
from pod_security import beyond_restricted

PAGE = ROOT / "docs" / "how-to" / "run-on-kubernetes.md"
ALL = (Path(__file__).parent / "every_part.yaml").read_text()
PROGRAM_FILES = "agent.programFiles"
HARMLESS = {
    "securityContext": {
        "runAsNonRoot": True,
        "runAsUser": 1000,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    "containers": [
        {
            "name": "one",
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
            "ports": [{"containerPort": 80}],
            "livenessProbe": {"httpGet": {"path": "/", "port": 80}},
        }
    ],
    "volumes": [{"name": "a", "emptyDir": {}}],
}


def beyond(manifests):
    return {
        (name, field) for name, pod in pods(manifests).items() for field in beyond_restricted(pod["spec"])
    }


def table():
    """The exceptions that the how-to page explains: with which value, which pod, which field."""
    rows = re.findall(r"(?m)^\| (.*?) \| `(\w+)` \| `(.+?)` \| (.+?) \|$", PAGE.read_text())
    assert all(len(why) > 40 for *_, why in rows)
    return {(value.strip("`"), pod, field) for value, pod, field, _ in rows}


def test_what_goes_beyond_the_restricted_profile_is_explained_and_nothing_else_is():
    plain, whole = beyond(charted()), beyond(charted(ALL))
    found = {("always", *one) for one in plain} | {(PROGRAM_FILES, *one) for one in whole - plain}
    assert plain <= whole
    assert found == table()


@needs_kustomize
@pytest.mark.parametrize("name", ["restricted", "canary"])
def test_a_namespace_that_enforces_the_profile_takes_all_of_an_overlay(name):
    made = documents(overlaid(name))
    labels = named(made, "Namespace", "codesentinel")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert beyond(made) == set()
    assert len(pods(made)) >= 3


def of_pod(**fields):
    return lambda pod: pod.update(fields)


def of_container(**fields):
    return lambda pod: pod["containers"][0].update(fields)


def of_context(**fields):
    return lambda pod: pod["containers"][0]["securityContext"].update(fields)


SPOILT = [
    ("hostNetwork", of_pod(hostNetwork=True)),
    ("hostPID", of_pod(hostPID=True)),
    ("hostIPC", of_pod(hostIPC=True)),
    ("volumes: hostPath", of_pod(volumes=[{"name": "a", "hostPath": {"path": "/"}}])),
    ("volumes: nfs", of_pod(volumes=[{"name": "a", "nfs": {}}])),
    ("sysctls: kernel.msgmax", lambda pod: pod["securityContext"].update(sysctls=[{"name": "kernel.msgmax"}])),
    ("runAsNonRoot", lambda pod: pod["securityContext"].pop("runAsNonRoot")),
    ("runAsNonRoot", of_context(runAsNonRoot=False)),
    ("runAsUser", of_context(runAsUser=0)),
    ("seccompProfile", lambda pod: pod["securityContext"].pop("seccompProfile")),
    ("seccompProfile", of_context(seccompProfile={"type": "Unconfined"})),
    ("privileged", of_context(privileged=True)),
    ("allowPrivilegeEscalation", lambda pod: pod["containers"][0].pop("securityContext")),
    ("capabilities.drop", of_context(capabilities={"drop": ["NET_RAW"]})),
    ("capabilities.add: SYS_PTRACE", of_context(capabilities={"drop": ["ALL"], "add": ["SYS_PTRACE"]})),
    ("procMount", of_context(procMount="Unmasked")),
    ("appArmorProfile", of_context(appArmorProfile={"type": "Unconfined"})),
    ("seLinuxOptions", of_context(seLinuxOptions={"type": "spc_t"})),
    ("hostProcess", of_context(windowsOptions={"hostProcess": True})),
    ("hostPort", of_container(ports=[{"containerPort": 80, "hostPort": 80}])),
    ("probe host", of_container(livenessProbe={"httpGet": {"host": "10.0.0.1", "port": 80}})),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "spoil"), SPOILT, ids=[f"{n}-{field}" for n, (field, _) in enumerate(SPOILT)]
)
def test_each_check_of_the_profile_can_fail(field, spoil):
    assert beyond_restricted(HARMLESS) == set()
    for kind in ("containers", "initContainers"):
        pod = copy.deepcopy(HARMLESS)
        spoil(pod)
        if kind == "initContainers":
            pod["initContainers"], pod["containers"] = pod["containers"], HARMLESS["containers"]
        assert field in beyond_restricted(pod)


PROMETHEUS = Pod("monitoring", {"app.kubernetes.io/name": "prometheus"})
DNS = Pod("kube-system", {"k8s-app": "kube-dns"})
INGRESS, STRANGER = Pod("ingress", {}), Pod("shop", {"app": "shop"})
NEIGHBOUR = Pod("codesentinel", {"app": "an-agent"})
OTHERS = (PROMETHEUS, DNS, INGRESS, STRANGER, NEIGHBOUR)
ASKING = ("judge", "web", "mcp", "canary")


def allowed(ours):
    """Every connection that there has to be, and its reason is its line."""
    yield from ((PROMETHEUS, ours[name], ("TCP", 8701)) for name in ("agent", "judge"))
    yield (INGRESS, ours["web"], ("TCP", 8700))
    yield (NEIGHBOUR, ours["mcp"], ("TCP", 8702))
    for name in ASKING:
        yield from ((ours[name], PROMETHEUS, ("TCP", port)) for port in (9090, 9093, 443))
        yield from ((ours[name], DNS, (kind, 53)) for kind in ("TCP", "UDP"))
    yield from ((ours["agent"], DNS, (kind, 53)) for kind in ("TCP", "UDP"))
    yield from ((ours["agent"], one, ("TCP", 9000)) for one in OTHERS)
    yield from ((ours["canary"], one, ("TCP", port)) for one in OTHERS for port in (443, 6443))


def key(connection):
    source, target, door = connection
    return (
        (source.namespace, *sorted(source.labels.items())),
        (target.namespace, *sorted(target.labels.items())),
        door,
    )


def test_nothing_is_reached_but_what_is_needed():
    made = charted(ALL)
    policies = [one for one in made if one["kind"] == "NetworkPolicy"]
    ours = {name: Pod("codesentinel", pod["metadata"]["labels"]) for name, pod in pods(made).items()}
    ends = [*ours.values(), *OTHERS]
    doors = [("TCP", port) for port in (53, 80, 443, 6443, 8700, 8701, 8702, 9000, 9090, 9093)] + [
        ("UDP", 53)
    ]
    found = {
        key((source, target, door))
        for source in ends
        for target in ends
        for door in doors
        if (source in ours.values() or target in ours.values()) and allows(policies, source, target, door)
    }
    assert found == {key(one) for one in allowed(ours)}
    assert allows([], STRANGER, ours["agent"], ("TCP", 8701)), "without policies everything is reached"


def permits(rules, verb, path):
    """Whether RBAC's rules allow a request to the API server."""
    _, _, group, _, _, _, plural, *name = path.split("/")
    return any(
        group in rule["apiGroups"]
        and plural in rule["resources"]
        and verb in rule["verbs"]
        and (not rule.get("resourceNames") or (bool(name) and name[0] in rule["resourceNames"]))
        for rule in rules
    )


def test_the_canary_may_do_what_its_rollout_does_and_no_more(tmp_path, monkeypatch):
    values = {"canary": {"enabled": True, "config": "x", "route": {"namespace": "shop", "name": "shop"}}}
    role = named(charted(yaml.safe_dump(values)), "Role", "codesentinel-canary")
    assert role["metadata"]["namespace"] == "shop"
    rules = role["rules"]
    route = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "shop", "namespace": "shop"},
        "spec": {
            "parentRefs": [{"name": "gw"}],
            "rules": [
                {"backendRefs": [{"name": n, "port": 80, "weight": 1} for n in ("shop-v1", "shop-v2")]}
            ],
        },
    }
    with KubernetesApi() as api:
        (tmp_path / "config").write_text(yaml.safe_dump(api.kubeconfig()))
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
        api.put("httproutes", route)
        where = Where("shop", "shop")
        splitter = GatewaySplitter(where, baseline="shop-v1", canary="shop-v2", count=lambda: Arrived(0, 0))
        splitter.write(Split(900, 100))
        assert splitter.read() == Split(900, 100)
        asked = {(method.lower(), path.partition("?")[0]) for method, path, *_ in api.requests}
    assert {verb for verb, _ in asked} == {"get", "patch"}
    assert all(permits(rules, verb, path) for verb, path in asked)
    ours = "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes"
    for verb, path in [
        ("get", f"{ours}/other"),
        ("patch", f"{ours}/other"),
        ("list", ours),
        ("delete", f"{ours}/shop"),
        ("update", f"{ours}/shop"),
        ("get", "/apis/apps/v1/namespaces/shop/deployments/shop"),
    ]:
        assert not permits(rules, verb, path), (verb, path)


def test_nobody_else_has_a_role():
    made = charted(ALL)
    bound = [one for one in made if one["kind"] in {"RoleBinding", "ClusterRoleBinding"}]
    assert [one["subjects"] for one in bound] == [
        [{"kind": "ServiceAccount", "name": "codesentinel-canary", "namespace": "codesentinel"}]
    ]
    assert not [one for one in made if one["kind"] == "ClusterRole"]
    (rule,) = named(made, "Role", "codesentinel-canary")["rules"]
    assert (rule["apiGroups"], rule["resources"]) == (["networking.istio.io"], ["virtualservices"])
    assert (rule["resourceNames"], rule["verbs"]) == (["shop"], ["get", "patch"])
