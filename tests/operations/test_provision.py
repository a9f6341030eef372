import copy
import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from codesentinel.config.settings import Alerting, Settings
from codesentinel.model.service import PORTS
from codesentinel.operations.provision import deployment, provision
from grafana_code import compose_schema_says
from servers import tool

COMMITTED = Path(__file__).parents[2] / "infrastructure"
FILES = deployment(Settings())
DOCUMENTS = {str(path): yaml.safe_load(text) for path, text in FILES.items()}
COMPOSE = DOCUMENTS["compose.yaml"]
SOURCES = DOCUMENTS["grafana/provisioning/datasources/codesentinel.yml"]
CONTACTS = DOCUMENTS["grafana/provisioning/alerting/contact-points.yml"]["contactPoints"]
(POLICY,) = DOCUMENTS["grafana/provisioning/alerting/policies.yml"]["policies"]
ALERTMANAGER = yaml.safe_load((COMMITTED / "alertmanager/alertmanager.yml").read_text())


def test_the_committed_files_are_as_the_code_makes_them():
    assert {path: (COMMITTED / path).read_text(encoding="utf-8") for path in FILES} == FILES


def test_a_first_run_writes_every_file_and_a_second_one_touches_none(context):
    first = provision(context)
    assert first.changed == first.files == first.files_modified
    assert "infrastructure/compose.yaml" in first.files
    (context.root / "infrastructure/compose.yaml").write_text("services: {}\n")
    checked = provision(context, check=True)
    assert (checked.changed, checked.files_modified) == (("infrastructure/compose.yaml",), ())
    assert provision(context).changed == ("infrastructure/compose.yaml",)
    assert provision(context).is_current


def test_data_sources_have_fixed_uids_and_know_how_often_is_scraped():
    prometheus = DOCUMENTS["prometheus/prometheus.yml"]
    assert SOURCES["prune"] is True
    found = {source["uid"]: source for source in SOURCES["datasources"]}
    assert set(found) == {"codesentinel-prometheus", "codesentinel-history", "codesentinel-alertmanager"}
    assert [source["isDefault"] for source in found.values()].count(True) == 1
    for source in found.values():
        assert source["editable"] is False
        if source["type"] == "prometheus":
            assert source["jsonData"]["httpMethod"] == "POST"
            assert source["jsonData"]["timeInterval"] == prometheus["global"]["scrape_interval"]


def test_dashboards_come_from_files_alone():
    (provider,) = DOCUMENTS["grafana/provisioning/dashboards/codesentinel.yml"]["providers"]
    assert provider["allowUiUpdates"] is False
    mounts = COMPOSE["services"]["grafana"]["volumes"]
    assert f"./grafana/dashboards:{provider['options']['path']}:ro" in mounts


def test_grafana_notifies_whom_alertmanager_notifies():
    assert {point["name"] for point in CONTACTS} == {one["name"] for one in ALERTMANAGER["receivers"]}
    kinds = {point["name"]: [one["type"] for one in point["receivers"]] for point in CONTACTS}
    assert kinds == {
        one["name"]: [key.removesuffix("_configs") for key in one if key.endswith("_configs")]
        for one in ALERTMANAGER["receivers"]
    }
    assert taken(POLICY, '{}{}"{}"') == taken(ALERTMANAGER["route"], None)
    for wait in ("group_by", "group_wait", "group_interval", "repeat_interval"):
        assert POLICY[wait] == ALERTMANAGER["route"][wait]


def taken(route, form):
    """The route as nested tuples, its matchers as text."""
    matchers = (
        [form.format(*m) for m in route.get("object_matchers", ())] if form else route.get("matchers", [])
    )
    return (
        route["receiver"],
        list(matchers),
        bool(route.get("continue")),
        [taken(inner, form) for inner in route.get("routes", ())],
    )


def notified(**labels):
    """The contact points that get an alert with these labels."""
    found = []
    for route in POLICY["routes"]:
        values = [
            (labels.get(name, ""), operator, value)
            for name, operator, value in route.get("object_matchers", ())
        ]
        assert {operator for _, operator, _ in values} <= {"=", "=~"}
        if all(
            re.fullmatch(value if operator == "=~" else re.escape(value), has)
            for has, operator, value in values
        ):
            found.append(route["receiver"])
            if not route.get("continue"):
                break
    return found


def test_pages_go_to_pagerduty_and_tickets_to_slack():
    assert {"pagerduty", "local"} <= set(notified(alertname="TargetDown", severity="P1"))
    assert {"slack", "local"} <= set(notified(alertname="TargetDown", severity="P2"))
    assert "pagerduty" not in notified(alertname="TargetDown", severity="P2")


def test_no_key_stands_in_a_file():
    settings = Settings(
        alerting=Alerting()._replace(
            pagerduty_routing_key="R0UT1NG", slack_webhook_url="https://hooks/S3CRET"
        )
    )
    text = "".join(deployment(settings).values())
    assert "R0UT1NG" not in text
    assert "S3CRET" not in text
    secrets = {
        one["settings"].get("integrationKey") or one["settings"]["url"]
        for point in CONTACTS
        for one in point["receivers"]
        if one["type"] != "webhook"
    }
    assert secrets == {
        "$__file{/run/secrets/pagerduty_routing_key}",
        "$__file{/run/secrets/slack_webhook_url}",
    }


def test_an_uid_of_a_contact_point_is_unique_and_short_enough():
    uids = [one["uid"] for point in CONTACTS for one in point["receivers"]]
    assert len(set(uids)) == len(uids)
    assert max(map(len, uids)) <= 40


@pytest.mark.xdist_group("grafana")
@pytest.mark.timeout(400)
def test_the_compose_file_follows_the_specification(tmp_path):
    known = {key: value for key, value in COMPOSE.items() if key != "name"}  # younger than the schema
    assert compose_schema_says(known, tmp_path) == ""
    wrong = copy.deepcopy(known)
    wrong["services"]["grafana"]["healtcheck"] = wrong["services"]["grafana"].pop("healthcheck")
    wrong["services"]["prometheus"]["volumes"] = "everything"
    assert compose_schema_says(wrong, tmp_path).count("\n") >= 2


def test_every_container_is_official_pinned_watched_and_reached_from_this_host_alone():
    for name, service in COMPOSE["services"].items():
        assert re.fullmatch(r"[a-z]+/[a-z-]+:v?\d+\.\d+\.\d+", service["image"]), name
        assert service["healthcheck"]["test"][-1].startswith("http://127.0.0.1:")
        assert service["network_mode"] == "host"
        listens = json.dumps(service.get("command", [])) + json.dumps(service.get("environment", {}))
        assert "127.0.0.1" in listens, name
        assert "0.0.0.0" not in listens
        for needed in service.get("depends_on", {}):
            assert needed in COMPOSE["services"]
        for one in service.get("secrets", ()):
            assert (one if isinstance(one, str) else one["source"]) in COMPOSE["secrets"]


def test_what_is_mounted_exists_and_cannot_be_changed_from_inside():
    for service in COMPOSE["services"].values():
        for mount in service["volumes"]:
            source, _, mode = (*mount.split(":"), "")[:3]
            if source.startswith("./"):
                assert (COMMITTED / source).exists(), source
                assert mode == "ro"
            else:
                assert source in COMPOSE["volumes"] or (source == "/" and mode.startswith("ro"))


def test_every_container_but_grafana_is_scraped_where_it_listens():
    prometheus = DOCUMENTS["prometheus/prometheus.yml"]
    scraped = {
        job["job_name"]: job["static_configs"][0]["targets"][0] for job in prometheus["scrape_configs"]
    }
    for name, address in scraped.items():
        assert address == f"127.0.0.1:{PORTS[name]}"
    assert set(COMPOSE["services"]) - {"grafana"} == set(scraped) - {"codesentinel"}


def test_prometheus_takes_its_configuration_and_finds_the_rules():
    words = [tool("prometheus", "promtool"), "check", "config", COMMITTED / "prometheus/prometheus.yml"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rules = list((COMMITTED / "prometheus/rules").glob("*.yml"))
    assert f"{len(rules)} rule files found" in done.stdout
