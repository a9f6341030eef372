"""The splitter that a file names, wired to what it stands on: a cluster's objects, and a Prometheus that counts."""

from __future__ import annotations

import pytest
import yaml

from canary_world import prometheus
from codesentinel.config.rollout import rollout_plan
from codesentinel.config.settings import Settings, Sources
from codesentinel.model.errors import Unreachable, UsageError
from codesentinel.model.traffic import Split
from codesentinel.operations.canary.splitters import splitter_of, stop_envoy
from kubernetes_api import KubernetesApi
from servers import eventually, free_port
from traffic import Arm, ask

ROLLOUT = yaml.safe_load("""
service: shop
baseline: 'arm="old"'
canary: 'arm="new"'
steps: [{percent: 10}]
""")
COUNTED = {"baseline": 'sum(arm_seconds_count{arm="old"})', "canary": 'sum(arm_seconds_count{arm="new"})'}
OBJECTS = {
    "istio": (
        "virtualservices",
        {
            "apiVersion": "networking.istio.io/v1",
            "kind": "VirtualService",
            "spec": {
                "hosts": ["shop"],
                "http": [
                    {
                        "name": "main",
                        "route": [
                            {"destination": {"host": "old"}, "weight": 100},
                            {"destination": {"host": "new"}, "weight": 0},
                        ],
                    }
                ],
            },
        },
    ),
    "gateway-api": (
        "httproutes",
        {
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "HTTPRoute",
            "spec": {
                "rules": [
                    {
                        "backendRefs": [
                            {"name": "old", "port": 80, "weight": 1},
                            {"name": "new", "port": 80, "weight": 0},
                        ]
                    }
                ]
            },
        },
    ),
}


def plan(**traffic):
    return rollout_plan({"rollout": {**ROLLOUT, "traffic": traffic}}, "canary.yaml")


@pytest.mark.stack
@pytest.mark.timeout(400)
def test_a_cluster_s_weights_are_set_there_and_a_prometheus_says_what_arrives(context, tmp_path, monkeypatch):
    with Arm("old") as old, Arm("new") as new, KubernetesApi() as api:
        (tmp_path / "config").write_text(yaml.safe_dump(api.kubeconfig()))
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
        ask(old.port, 7)
        ask(new.port, 3)
        with prometheus(tmp_path / "p", f"127.0.0.1:{old.port}", f"127.0.0.1:{new.port}") as url:
            here = context.but(settings=Settings(sources=Sources(prometheus_url=url)))
            for kind, (plural, document) in OBJECTS.items():
                api.put(plural, {**document, "metadata": {"namespace": "web", "name": "shop"}})
                splitter = splitter_of(
                    here,
                    plan(
                        kind=kind, namespace="web", name="shop", baseline="old", canary="new", arrived=COUNTED
                    ),
                )
                splitter.prepare()
                splitter.write(splitter.split(0.25))
                assert splitter.read().canary_ratio == 0.25
                eventually(lambda splitter=splitter: splitter.arrived() == (7, 3), within=40)


def test_who_does_not_answer_is_told_and_only_our_own_is_ended(context, tmp_path):
    theirs = {
        "haproxy": {"socket": "run.sock", "backend": "app", "baseline": "old", "canary": "new"},
        "envoy": {"rds_file": "r.yaml", "admin": f"http://127.0.0.1:{free_port()}"},
    }
    for kind, traffic in theirs.items():
        with pytest.raises(Unreachable):
            splitter_of(context, plan(kind=kind, **traffic)).read()
        with pytest.raises(UsageError, match="run by somebody else"):
            stop_envoy(context, plan(kind=kind, **traffic))
    ours = plan(kind="envoy", listen="127.0.0.1:8720", baseline="127.0.0.1:8721", canary="127.0.0.1:8722")
    assert not stop_envoy(context, ours)
    assert splitter_of(context, ours).split(0.1) == Split(9000, 1000)
