"""Istio and Gateway API against a contract server: not a cluster, but their own schemas and an API's manners."""

from __future__ import annotations

import copy

import pytest
import yaml

from codesentinel.act.traffic.gateway_api import GatewaySplitter
from codesentinel.act.traffic.istio import IstioSplitter
from codesentinel.act.traffic.kubernetes import TRIES, Where
from codesentinel.model.errors import BadAnswer, Failed, Unauthorized, Unreachable, UsageError
from codesentinel.model.traffic import Arrived, Split
from kubernetes_api import KubernetesApi

SHOP = yaml.safe_load("""
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: web, labels: {team: shop}}
spec:
  hosts: [shop.example]
  gateways: [mesh]
  http:
  - name: admin
    match: [{uri: {prefix: /admin}}]
    route: [{destination: {host: shop, subset: v1}}]
  - name: main
    match: [{uri: {prefix: /}, headers: {x-tenant: {exact: blue}}}]
    route:
    - destination: {host: shop, subset: v1, port: {number: 8080}}
      weight: 90
      headers: {response: {add: {x-arm: baseline}}}
    - destination: {host: shop, subset: v2}
      weight: 0
    - destination: {host: dark}
      weight: 10
    retries: {attempts: 3, perTryTimeout: 2s, retryOn: 5xx}
    timeout: 10s
    mirror: {host: shadow}
    mirrorPercentage: {value: 1.5}
    headers: {request: {set: {x-split: 'yes'}}}
""")
ROUTE = yaml.safe_load("""
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: web}
spec:
  parentRefs: [{name: gw}]
  rules:
  - matches: [{path: {type: PathPrefix, value: /admin}}]
    backendRefs: [{name: shop-v1, port: 80}]
  - matches: [{path: {type: PathPrefix, value: /}}]
    filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x-split, value: 'yes'}]}}]
    backendRefs: [{name: shop-v1, port: 80}, {name: shop-v2, port: 80, weight: 0}]
    timeouts: {request: 10s}
""")


@pytest.fixture(scope="module")
def api_process():
    with KubernetesApi() as api:
        yield api


@pytest.fixture
def api(api_process, tmp_path, monkeypatch):
    (tmp_path / "config").write_text(yaml.safe_dump(api_process.kubeconfig()))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    api_process.requests.clear()
    api_process.before_patch = lambda: None
    return api_process


def istio(**changes):
    parts = {"part": "main", "baseline": "shop/v1", "canary": "shop/v2", "count": lambda: Arrived(3, 1)}
    parts |= changes
    return IstioSplitter(parts.pop("where", Where("web", "shop")), parts.pop("part"), **parts)


def gateway(**changes):
    parts = {"part": "1", "baseline": "shop-v1", "canary": "shop-v2", "count": lambda: Arrived(3, 1)}
    parts |= changes
    return GatewaySplitter(Where("web", "shop"), parts.pop("part"), **parts)


def weightless(document, *paths):
    """The object less the weights at these places, and less what every change changes."""
    rest = copy.deepcopy(document)
    for key in ("resourceVersion", "generation"):
        rest["metadata"].pop(key, None)
    for *way, last in paths:
        at = rest
        for step in way:
            at = at[step]
        at.pop(last, None)
    return rest


def test_two_weights_of_the_named_route_change_and_nothing_more(api):
    before = api.put("virtualservices", SHOP)
    splitter = istio()
    assert splitter.read() == Split(90, 0)
    split = splitter.split(0.1)
    assert split == Split(81, 9)  # the 10 of the third destination stay
    splitter.write(split)
    after = splitter._object.document()
    route = after["spec"]["http"][1]["route"]
    assert [entry["weight"] for entry in route] == [81, 9, 10]
    places = [("spec", "http", 1, "route", n, "weight") for n in (0, 1)]
    assert weightless(after, *places) == weightless(before, *places)
    assert after["metadata"]["generation"] == before["metadata"]["generation"] + 1
    method, path, kind, body = api.requests[-2]
    assert (method, kind) == ("PATCH", "application/json-patch+json")
    assert path.startswith("/apis/networking.istio.io/v1/namespaces/web/virtualservices/shop")
    assert {op["path"] for op in body if op["op"] != "test"} == {
        "/metadata/resourceVersion",
        "/spec/http/1/route/0/weight",
        "/spec/http/1/route/1/weight",
    }
    assert splitter.arrived() == Arrived(3, 1)


def test_weights_that_are_set_already_are_not_written_again(api):
    api.put("virtualservices", SHOP)
    istio().write(Split(90, 0))
    assert [method for method, *_ in api.requests] == ["GET"]


def test_a_rule_of_an_http_route_is_changed_likewise(api):
    before = api.put("httproutes", ROUTE)
    splitter = gateway()
    assert splitter.read() == Split(1, 0)  # a weight that is not there means 1
    splitter.write(splitter.split(0.005))
    after = splitter._object.document()
    assert [ref["weight"] for ref in after["spec"]["rules"][1]["backendRefs"]] == [995, 5]
    places = [("spec", "rules", 1, "backendRefs", n, "weight") for n in (0, 1)]
    assert weightless(after, *places) == weightless(before, *places)


def test_a_change_made_meanwhile_is_kept_and_ours_comes_on_top(api):
    api.put("virtualservices", SHOP)

    def somebody_else():
        """Puts a route in front, so that every place has moved, just before our patch arrives."""
        api.before_patch = lambda: None
        changed = copy.deepcopy(SHOP)
        changed["spec"]["http"].insert(0, {"name": "new", "route": [{"destination": {"host": "new"}}]})
        api.put("virtualservices", changed)

    api.before_patch = somebody_else
    splitter = istio()
    splitter.write(Split(45, 45))
    document = splitter._object.document()
    assert [route["name"] for route in document["spec"]["http"]] == ["new", "admin", "main"]
    assert splitter.read() == Split(45, 45)
    assert [method for method, *_ in api.requests].count("PATCH") == 2


def test_somebody_who_never_stops_changing_it_is_given_up_on(api):
    api.put("virtualservices", SHOP)
    turn = iter(range(100))

    def somebody_else():
        changed = copy.deepcopy(SHOP)
        changed["metadata"]["labels"] = {"turn": str(next(turn))}
        api.put("virtualservices", changed)

    api.before_patch = somebody_else
    with pytest.raises(Failed, match=f"changed by somebody else {TRIES} times"):
        istio().write(Split(45, 45))
    assert istio().read() == Split(90, 0)


def test_what_the_schema_refuses_is_refused_and_not_tried_again(api):
    api.put("virtualservices", SHOP)
    with pytest.raises(Failed, match="refuses the change") as caught:
        istio().write(Split("ninety", 10))
    assert "weight" in caught.value.message
    assert [method for method, *_ in api.requests].count("PATCH") == 1


def test_the_contract_server_refuses_a_strategic_merge_and_an_old_version(api):
    """That the tests above could fail: the answers of a real API server, asked for one by one."""
    kept = api.put("virtualservices", SHOP)
    path = "/apis/networking.istio.io/v1/namespaces/web/virtualservices/shop"
    assert api.answer("PATCH", path, "application/strategic-merge-patch+json", {})[0] == 415
    old = [{"op": "replace", "path": "/metadata/resourceVersion", "value": "1"}]
    assert api.answer("PATCH", path, "application/json-patch+json", old)[0] == 409
    test = [{"op": "test", "path": "/spec/http/0/name", "value": "x"}]
    code, status = api.answer("PATCH", path, "application/json-patch+json", test)
    assert (code, status.get("details")) == (422, None)
    code, status = api.answer("PATCH", path, "application/merge-patch+json", {"spec": {"hosts": "no list"}})
    assert code == 422
    assert status["details"]["causes"]
    assert api.answer("GET", path, "", None) == (200, kept)


@pytest.mark.parametrize(
    ("splitter", "error", "words"),
    [
        (lambda: istio(part="other"), BadAnswer, "no HTTP route called other"),
        (lambda: istio(canary="shop/v3"), BadAnswer, "no HTTP route called main"),
        (lambda: istio(where=Where("web", "none")), UsageError, "no VirtualService web/none"),
        (lambda: istio(where=Where("web", "shop", "elsewhere")), UsageError, "no cluster"),
        (lambda: gateway(part="0"), BadAnswer, "no rule 0"),
    ],
)
def test_what_is_not_there_is_told(api, splitter, error, words):
    api.put("virtualservices", SHOP)
    api.put("httproutes", ROUTE)
    with pytest.raises(error, match=words):
        splitter().read()


def test_a_cluster_that_does_not_let_us_or_does_not_answer_is_told(api, tmp_path):
    config = api.kubeconfig()
    config["users"][0]["user"]["token"] = "wrong"
    (tmp_path / "config").write_text(yaml.safe_dump(config))
    with pytest.raises(Unauthorized, match="cannot do that"):
        istio().read()
    config["clusters"][0]["cluster"]["server"] = "http://127.0.0.1:9"
    (tmp_path / "config").write_text(yaml.safe_dump(config))
    with pytest.raises(Unreachable):
        istio().write(Split(1, 1))
