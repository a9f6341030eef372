"""The unit tests of the rules are data for ``promtool test rules``; here they are run and counted."""

import subprocess
from pathlib import Path

import pytest
import yaml

from codesentinel.mixin.rules import groups
from codesentinel.mixin.timing import PRODUCTION
from servers import tool

FOLDER = Path(__file__).parents[2] / "infrastructure" / "prometheus" / "tests"
CASES = sorted(path for path in FOLDER.glob("*.yml") if path.name != "routes.yml")
ALERTS = sorted({(a.name, a.severity.value) for group in groups(PRODUCTION) for a in group.alerts})


def _expectations():
    """(alert, severities expected) of every case."""
    for path in CASES:
        for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]:
            for case in test.get("alert_rule_test", ()):
                yield case["alertname"], {found["exp_labels"]["severity"] for found in case["exp_alerts"]}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_rules_fire_and_stay_silent_as_written(path):
    done = subprocess.run(
        [tool("prometheus", "promtool"), "test", "rules", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("name", "severity"), ALERTS, ids="-".join)
def test_an_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_silent(name, severity):
    fires = {severity in severities for alert, severities in _expectations() if alert == name}
    assert fires == {True, False}
