import subprocess
from itertools import product

import pytest
import yaml

from codesentinel.mixin.alertmanager import Receivers, alertmanager_config
from codesentinel.mixin.timing import PRODUCTION, local
from servers import program, tool

LOCAL_URL = "http://127.0.0.1:8701/alerts"
KEYS = {
    "pagerduty_routing_key_file": "/etc/alertmanager/secrets/pagerduty_routing_key",
    "slack_webhook_url_file": "/etc/alertmanager/secrets/slack_webhook_url",
}


def _amtool(*words):
    folder = program("alertmanager").cwd
    return subprocess.run(
        [tool("alertmanager", "amtool"), *words], cwd=folder, capture_output=True, text=True, check=False
    )


def _written(tmp_path, receivers, timing=PRODUCTION):
    path = tmp_path / "alertmanager.yml"
    path.write_text(alertmanager_config(receivers, timing))
    return path


def _receivers(*keys):
    return Receivers(LOCAL_URL, **{key: KEYS[key] for key in keys})


@pytest.mark.parametrize(
    ("keys", "timing"),
    list(product([(), *((key,) for key in KEYS), tuple(KEYS)], [PRODUCTION, local(3), local(1.5)])),
)
def test_amtool_accepts_it_with_any_set_of_keys(keys, timing, tmp_path):
    done = _amtool("check-config", _written(tmp_path, _receivers(*keys), timing))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{1 + len(keys)} receivers" in done.stdout


@pytest.mark.parametrize(
    ("keys", "severity", "receivers"),
    [
        (tuple(KEYS), "P1", "pagerduty,slack,local"),
        (tuple(KEYS), "P2", "slack,local"),
        (tuple(KEYS), "info", "local"),
        (("pagerduty_routing_key_file",), "P1", "pagerduty,local"),
        (("pagerduty_routing_key_file",), "P2", "local"),
        (("slack_webhook_url_file",), "P1", "slack,local"),
        (("slack_webhook_url_file",), "P2", "slack,local"),
        ((), "P1", "local"),
        ((), "P2", "local"),
    ],
)
def test_each_severity_goes_to_its_receiver_and_everything_to_the_local_one(
    keys, severity, receivers, tmp_path
):
    path = _written(tmp_path, _receivers(*keys))
    labels = ["alertname=ServiceLatencyHigh", "service=shop", f"severity={severity}"]
    done = _amtool(
        "config", "routes", "test", f"--config.file={path}", f"--verify.receivers={receivers}", *labels
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip() == receivers


def test_keys_are_named_by_their_files_and_pagerduty_by_its_own_address_unless_told_otherwise():
    document = yaml.safe_load(alertmanager_config(_receivers(*KEYS), PRODUCTION))
    found = {receiver["name"]: receiver for receiver in document["receivers"]}
    event, message = found["pagerduty"]["pagerduty_configs"][0], found["slack"]["slack_configs"][0]
    assert event["routing_key_file"] == KEYS["pagerduty_routing_key_file"]
    assert message["api_url_file"] == KEYS["slack_webhook_url_file"]
    assert not {"url", "routing_key", "service_key"} & set(event)
    assert "api_url" not in message


def test_who_is_told_is_told_when_it_is_over():
    document = yaml.safe_load(alertmanager_config(_receivers(*KEYS), PRODUCTION))
    for receiver in document["receivers"]:
        for configs in (value for key, value in receiver.items() if key != "name"):
            assert [config["send_resolved"] for config in configs] == [True]


def test_production_never_joins_an_incident_of_staging():
    assert yaml.safe_load(alertmanager_config(_receivers(), PRODUCTION))["route"]["group_by"] == [
        "alertname",
        "service",
        "environment",
    ]


@pytest.mark.parametrize("keys", [(), tuple(KEYS)])
def test_the_watchdog_calls_nobody(keys, tmp_path):
    path = _written(tmp_path, _receivers(*keys))
    words = ["--verify.receivers=local", "alertname=Watchdog", "severity=info"]
    done = _amtool("config", "routes", "test", f"--config.file={path}", *words)
    assert done.returncode == 0, done.stdout + done.stderr
