"""What the stack's servers are told."""

from __future__ import annotations

import pytest
import yaml

from codesentinel.config.settings import Alerting, Remote, Settings
from codesentinel.model.errors import ConfigurationError
from codesentinel.model.service import PORTS, Service
from codesentinel.operations.stack_config import write_stack_config

SERVICES = tuple(Service(name, ("x",), port=port) for name, port in PORTS.items())


def written(context, name):
    return yaml.safe_load((context.state_dir / "stack" / name).read_text())


def test_every_service_with_a_port_is_scraped_and_pushed_labels_are_kept(context):
    write_stack_config(context, SERVICES)
    jobs = {job["job_name"]: job for job in written(context, "prometheus.yml")["scrape_configs"]}
    assert set(jobs) == set(PORTS)
    assert [name for name, job in jobs.items() if job.get("honor_labels")] == ["pushgateway"]
    (remote,) = written(context, "prometheus.yml")["remote_write"]
    assert remote["url"] == "http://127.0.0.1:8428/api/v1/write"


def test_without_keys_everything_goes_to_the_local_receiver(context):
    write_stack_config(context, SERVICES)
    (receiver,) = written(context, "alertmanager.yml")["receivers"]
    assert receiver["webhook_configs"][0]["url"] == "http://127.0.0.1:8701/alerts"


def test_a_key_of_the_environment_is_kept_in_a_file_of_its_owner(context):
    alerting = Alerting(pagerduty_routing_key="secret-key")
    write_stack_config(context.but(settings=Settings(alerting=alerting)), SERVICES)
    file = context.state_dir / "stack/secrets/pagerduty_routing_key"
    assert file.read_text() == "secret-key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "secret-key" not in (context.state_dir / "stack/alertmanager.yml").read_text()


def test_key_files_that_do_not_exist_are_told_together(context):
    alerting = Alerting(pagerduty_routing_key_file="none", slack_webhook_url_file="~/none-either")
    with pytest.raises(ConfigurationError) as told:
        write_stack_config(context.but(settings=Settings(alerting=alerting)), SERVICES)
    assert told.value.message.splitlines() == [
        "2 mistakes in the settings:",
        "  alerting.pagerduty_routing_key_file: no such file: none",
        "  alerting.slack_webhook_url_file: no such file: ~/none-either",
    ]


def test_a_rule_file_of_an_earlier_version_is_removed(context):
    write_stack_config(context, SERVICES)
    rules = context.state_dir / "stack" / "rules"
    before = set(rules.iterdir())
    (rules / "old.yml").write_text("groups: []")
    write_stack_config(context, SERVICES)
    assert set(rules.iterdir()) == before


def test_a_storage_of_the_users_is_written_to_as_well(context):
    (context.root / "token").write_text("t0ken")
    remote = Remote(
        write_url="https://metrics.example/api/v1/receive", bearer_token_file="token", cluster="c"
    )
    write_stack_config(context.but(settings=Settings(remote=remote)), SERVICES)
    own, external = written(context, "prometheus.yml")["remote_write"]
    assert own["url"] == "http://127.0.0.1:8428/api/v1/write"
    assert external["url"] == "https://metrics.example/api/v1/receive"
    assert external["authorization"]["credentials_file"] == str(context.root / "token")
    assert external["write_relabel_configs"] == [{"target_label": "cluster", "replacement": "c"}]


@pytest.mark.parametrize(
    ("remote", "problems"),
    [
        (Remote(cluster="c"), ["remote.cluster: nothing is written there without remote.write_url"]),
        (Remote(write_url="nonsense"), ["remote.write_url: not a server's URL"]),
        (Remote(write_url="http://[::1"), ["remote.write_url: not a server's URL"]),
        (
            Remote(write_url="http://a:9/"),
            ["remote.write_url: has no path; VictoriaMetrics has /api/v1/write,"],
        ),
        (
            Remote(write_url="http://me:s3cret@a/x"),
            ["remote.write_url: a password does not belong in it"],
        ),
        (
            Remote(write_url="http://a/x", username="me"),
            ["remote.username and remote.password_file: one is of no"],
        ),
        (
            Remote(write_url="http://a/x", username="me", password_file="no", bearer_token_file="none"),
            [
                "remote.password_file: no such file: no",
                "remote.bearer_token_file: no such file: none",
                "remote.password_file and remote.bearer_token_file: keep one of the two",
            ],
        ),
    ],
)
def test_what_is_wrong_with_the_users_storage_is_told_together(context, remote, problems):
    with pytest.raises(ConfigurationError) as told:
        write_stack_config(context.but(settings=Settings(remote=remote)), SERVICES)
    assert len(told.value.problems) == len(problems)
    for problem, start in zip(told.value.problems, problems, strict=True):
        assert problem.startswith(start)
    assert "s3cret" not in told.value.message
