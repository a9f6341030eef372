"""The files for many hosts: read by the programs that can be had here, else held against what is documented."""

from __future__ import annotations

import json
import os
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from codesentinel.config.settings import Settings
from codesentinel.operations.provision import deployment
from grafana_code import compose_schema_says
from servers import tool

FOLDER = Path(__file__).parents[2] / "infrastructure"
DOCUMENTED = json.loads(Path(__file__).with_name("documented_flags.json").read_text())
"""Names of options from the documentation of VictoriaMetrics and Thanos, of programs that no package here has."""
TEXTS = {str(path): text for path, text in deployment(Settings()).items()}
CLUSTER = yaml.safe_load(TEXTS["victoriametrics/compose.yaml"])["services"]
THANOS = yaml.safe_load(TEXTS["thanos/compose.yaml"])["services"]


def options(service):
    """The names of a container's options, without their values."""
    return [re.match(r"--?([^=]+)", word)[1] for word in service["command"] if word.startswith("-")]


def named(services, start):
    return {name: service for name, service in services.items() if name.startswith(start)}


@pytest.mark.parametrize("name", sorted(CLUSTER))
def test_every_option_of_the_cluster_is_one_that_its_program_has(name):
    service = CLUSTER[name]
    program = re.match(r"[a-z]+/([a-z-]+):", service["image"])[1]
    if program in ("vmstorage", "vminsert", "vmselect"):
        known = set(DOCUMENTED[program])
    elif program == "alertmanager":
        known = {"config.file", "storage.path", "cluster.peer"}
    else:  # the program itself says what it takes
        done = subprocess.run(
            [tool("victoria-metrics", program), "-help"], capture_output=True, text=True, check=False
        )
        known = set(re.findall(r"(?m)^  -(\S+)", done.stdout + done.stderr)) | {"dryRun", "rule"}
    assert set(options(service)) <= known
    assert not set(options(service)) & set(DOCUMENTED["enterprise"])


@pytest.mark.parametrize("name", sorted(THANOS))
def test_every_option_of_thanos_is_documented(name):
    service = THANOS[name]
    if service["image"].startswith("thanosio/"):
        assert set(options(service)) <= set(DOCUMENTED[service["command"][0]])


@pytest.mark.parametrize("tier", ["victoriametrics", "thanos"])
def test_promtool_takes_the_configuration_of_a_pair(tier):
    file = FOLDER / tier / "prometheus.yml"
    done = subprocess.run(
        [tool("prometheus", "promtool"), "check", "config", "--syntax-only", "--lint-fatal", file],
        capture_output=True, text=True, check=False, env={**os.environ, "REPLICA": "a"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_scraper_takes_its_configuration_and_no_word_too_many(tmp_path):
    text = TEXTS["victoriametrics/vmagent.yml"]
    for words, status in ((text, 0), (text.replace("job_name: fleet", "job_nam: fleet"), 1)):
        file = tmp_path / "vmagent.yml"
        file.write_text(words)
        done = subprocess.run(
            [
                tool("victoria-metrics", "vmagent"),
                f"-promscrape.config={file}",
                "-promscrape.config.strictParse",
                "-dryRun",
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode != 0) == bool(status), done.stderr


def test_vmalert_reads_every_rule(tmp_path):
    """The version that Debian has does not know ``keep_firing_for``, and takes all else; newer ones know it."""
    program = tool("victoria-metrics", "vmalert")
    folder = FOLDER / "prometheus/rules"

    def read(pattern):
        words = [program, f"-rule={pattern}", "-dryRun", "-rule.validateTemplates=true"]
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)

    as_they_are = read(f"{folder}/*.yml")
    if as_they_are.returncode:
        said = re.findall(r"unknown fields in rule: ([^\n]*)", as_they_are.stderr)
        assert said
        assert set(said) == {"keep_firing_for"}
    for file in folder.glob("*.yml"):
        lines = [line for line in file.read_text().splitlines(keepends=True) if "keep_firing_for" not in line]
        (tmp_path / file.name).write_text("".join(lines))
    assert read(f"{tmp_path}/*.yml").returncode == 0
    broken = tmp_path / "uptime.yml"
    broken.write_text(broken.read_text().replace("avg_over_time(", "avg_over_time(("))
    assert read(f"{tmp_path}/*.yml").returncode != 0


def test_the_pair_that_writes_into_the_cluster_cannot_be_told_apart_there():
    written = yaml.safe_load(TEXTS["victoriametrics/prometheus.yml"])
    assert written["global"]["external_labels"] == {"cluster": "main", "replica": "${REPLICA}"}
    (target,) = written["remote_write"]
    assert target["write_relabel_configs"] == [{"action": "labeldrop", "regex": "replica"}]
    scraper = yaml.safe_load(TEXTS["victoriametrics/vmagent.yml"])
    assert scraper["global"]["external_labels"] == {"cluster": "main"}
    agents = list(named(CLUSTER, "vmagent").values())
    differ = [set(one["command"]) ^ set(other["command"]) for one, other in pairwise(agents)]
    assert differ == [{"-promscrape.cluster.memberNum=0", "-promscrape.cluster.memberNum=1"}]


def test_samples_are_there_twice_and_asked_for_once():
    interval = yaml.safe_load(TEXTS["victoriametrics/vmagent.yml"])["global"]["scrape_interval"]
    for name in ("vmstorage", "vmselect"):
        for service in named(CLUSTER, name).values():
            assert f"-dedup.minScrapeInterval={interval}" in service["command"]
    for name in ("vminsert", "vmselect"):
        for service in named(CLUSTER, name).values():
            assert "-replicationFactor=2" in service["command"]
    assert len(named(CLUSTER, "vmstorage")) > 2


def test_thanos_merges_what_differs_in_a_replica_alone():
    merged = {word.partition("=")[2] for word in THANOS["query"]["command"] if "replica-label" in word}
    pair = yaml.safe_load(TEXTS["thanos/prometheus.yml"])["global"]["external_labels"]
    labels = {
        re.search(r"--label=(\w+)=", word)[1]
        for service in THANOS.values()
        for word in service["command"]
        if word.startswith("--label=")
    }
    assert set(pair) | labels == merged | {"cluster"}
    asked = {word.partition("=")[2] for word in THANOS["query"]["command"] if word.startswith("--endpoint=")}
    assert asked == {
        f"{name}:10901"
        for name, service in THANOS.items()
        if service["image"].startswith("thanosio/")
        and service["command"][0] in ("sidecar", "receive", "store", "rule")
    }
    (ring,) = json.loads(TEXTS["thanos/hashrings.json"])
    assert ring["endpoints"] == [f"{name}:10901" for name in named(THANOS, "receive")]
    local = {word for service in named(THANOS, "receive").values() for word in service["command"]}
    assert {f"--receive.local-endpoint={one}" for one in ring["endpoints"]} <= local


def test_only_one_compactor_joins_blocks_and_keeps_raw_samples_until_they_are_thinned():
    assert [name for name, service in THANOS.items() if service["command"][0] == "compact"] == ["compact"]
    for service in named(THANOS, "prometheus").values():
        assert {"--storage.tsdb.min-block-duration=2h", "--storage.tsdb.max-block-duration=2h"} <= set(
            service["command"]
        )
    kept = dict(re.findall(r"--retention.resolution-(\w+)=(\d+)d", " ".join(THANOS["compact"]["command"])))
    assert int(kept["raw"]) > 10, "blocks are thinned to an hour when they are ten days old"
    assert int(kept["raw"]) < int(kept["5m"]) < int(kept["1h"])


@pytest.mark.parametrize("services", [CLUSTER, THANOS], ids=["victoriametrics", "thanos"])
def test_the_rules_that_are_evaluated_are_the_only_ones_there_are(services):
    evaluating = [
        s for s in services.values() if any("rules:/etc/rules:ro" in m for m in s.get("volumes", ()))
    ]
    assert len(evaluating) == 2
    for service in evaluating:
        assert "../prometheus/rules:/etc/rules:ro" in service["volumes"]
        assert any(re.fullmatch(r"--?rule(-file)?=/etc/rules/\*\.yml", word) for word in service["command"])


@pytest.mark.parametrize("tier", ["victoriametrics", "thanos"])
def test_what_a_tier_mounts_exists_or_is_a_volume(tier):
    document = yaml.safe_load(TEXTS[f"{tier}/compose.yaml"])
    for name, service in document["services"].items():
        assert re.fullmatch(r"[a-z]+/[a-z-]+:v\d+\.\d+\.\d+(-cluster)?", service["image"]), name
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            if source.startswith("."):
                assert mount.endswith(":ro"), mount
                assert (FOLDER / tier / source).exists(), source
            elif not source.startswith("$"):
                assert source in document["volumes"]
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:")


@pytest.mark.xdist_group("grafana")
@pytest.mark.timeout(400)
@pytest.mark.parametrize("tier", ["victoriametrics", "thanos"])
def test_the_compose_files_follow_the_specification(tier, tmp_path):
    document = yaml.safe_load(TEXTS[f"{tier}/compose.yaml"])
    known = {key: value for key, value in document.items() if key != "name"}  # younger than the schema
    assert compose_schema_says(known, tmp_path) == ""
