import subprocess
from pathlib import Path

import pytest
import yaml

from codesentinel.mixin.prometheus import ScrapeTarget, prometheus_config
from codesentinel.mixin.rules import rule_files
from codesentinel.mixin.timing import PRODUCTION, local
from codesentinel.model.duration import parse_duration
from servers import tool

GOLDEN = Path(__file__).parents[1] / "golden" / "prometheus.yml"
TARGETS = (
    ScrapeTarget("shop", "127.0.0.1:8710"),
    ScrapeTarget("node", "10.0.0.1:9100", {"environment": "production"}),
    ScrapeTarget("pushgateway", "127.0.0.1:9091", honor_labels=True),
    ScrapeTarget("node", "10.0.0.2:9100"),
)


def _config(timing, scrape=3.0, targets=TARGETS, rules="rules/*.yml"):
    return prometheus_config(
        targets,
        timing,
        scrape_interval_seconds=scrape,
        rule_files=[rules],
        alertmanager_address="127.0.0.1:9093",
        remote_write_url="http://127.0.0.1:8428/api/v1/write",
    )


def test_the_text_is_the_golden_one():
    assert _config(local(3)) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("timing", "scrape"), [(PRODUCTION, 30), (local(1), 1), (local(3), 3), (local(2.5), 2.5)]
)
def test_promtool_accepts_it_with_its_rules(timing, scrape, tmp_path):
    rules = rule_files(timing, team="t", runbook_base_url="r")
    for name, text in rules.items():
        (tmp_path / name).write_text(text)
    config = tmp_path / "prometheus.config"
    config.write_text(_config(timing, scrape, rules=f"{tmp_path}/*.yml"))
    done = subprocess.run(
        [tool("prometheus", "promtool"), "check", "config", "--lint-fatal", config],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(rules)} rule files found" in done.stdout


def test_targets_of_one_job_stand_together_each_with_its_own_labels():
    jobs = {job["job_name"]: job for job in yaml.safe_load(_config(local(3)))["scrape_configs"]}
    assert list(jobs) == ["shop", "node", "pushgateway"]
    assert jobs["node"]["static_configs"] == [
        {"targets": ["10.0.0.1:9100"], "labels": {"environment": "production"}},
        {"targets": ["10.0.0.2:9100"]},
    ]
    assert [job["honor_labels"] for job in jobs.values()] == [False, False, True]


def test_targets_of_one_job_that_disagree_on_honor_labels_are_refused():
    targets = [ScrapeTarget("a", "x:1"), ScrapeTarget("a", "x:2", honor_labels=True)]
    with pytest.raises(ValueError, match=r"^the targets of job a disagree on honor_labels$"):
        _config(local(3), targets=targets)


@pytest.mark.parametrize("scrape", [1, 2.5, 3, 15, 300])
def test_a_scrape_ends_before_the_next_begins(scrape):
    found = yaml.safe_load(_config(local(scrape), scrape))["global"]
    assert parse_duration(found["scrape_timeout"]) < parse_duration(found["scrape_interval"]) == scrape
