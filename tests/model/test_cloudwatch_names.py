"""CloudWatch's units, statistics and names, held against botocore's own model of the service."""

from __future__ import annotations

import re
from itertools import product

import pytest
from prometheus_client import Gauge
from prometheus_client.validation import _validate_labelnames, _validate_metric_name

from cloudwatch_server import MODEL
from codesentinel.model.cloudwatch.catalogue import CATALOGUE, NAMESPACES, known_unit
from codesentinel.model.cloudwatch.metric import CloudMetric, Query, Wanted
from codesentinel.model.cloudwatch.names import labels, series_name, snake
from codesentinel.model.cloudwatch.selection import select
from codesentinel.model.cloudwatch.statistics import convert, is_statistic, spelled
from codesentinel.model.cloudwatch.units import UNITS

ALL_UNITS = MODEL.shape_for("StandardUnit").enum
STATISTICS = ("SampleCount", "Sum", "Average", "Minimum", "Maximum", "IQM", "p50", "p99.9", "tm90", "TM(10%:90%)", "PR(:300)", "ts10", "tc10", "wm99")  # fmt: skip

NAMES = ("CPUUtilization", "4XXError", "HTTPCode_Target_5XX_Count", "disk used %", "Latenz-ä", "日本")


def query(name="Thing", statistic="Average", unit="", namespace="AWS/EC2", dimensions=()):
    return Query(CloudMetric(namespace, name, dimensions, "eu-west-1"), statistic, unit, 60)


def test_every_unit_of_the_service_is_known_and_no_other():
    assert set(ALL_UNITS) == set(UNITS)


@pytest.mark.parametrize(
    ("unit", "value", "base", "expected"),
    [
        ("Seconds", 1.5, "seconds", 1.5),
        ("Milliseconds", 3, "seconds", 0.003),
        ("Microseconds", 7, "seconds", 0.000007),
        ("Percent", 12.5, "ratio", 0.125),
        ("Bytes", 9, "bytes", 9),
        ("Kilobytes", 2, "bytes", 2_000),
        ("Megabytes", 2, "bytes", 2_000_000),
        ("Gigabytes", 2, "bytes", 2e9),
        ("Terabytes", 2, "bytes", 2e12),
        ("Bits", 4, "bytes", 0.5),
        ("Kilobits", 4, "bytes", 500),
        ("Megabits", 4, "bytes", 500_000),
        ("Gigabits", 4, "bytes", 5e8),
        ("Terabits", 4, "bytes", 5e11),
        ("Count", 4, "", 4),
        ("None", 4, "", 4),
    ],
)
def test_units_become_base_units(unit, value, base, expected):
    assert UNITS[unit].base == base
    assert UNITS[unit].convert(value) == expected
    rate = UNITS.get(f"{unit}/Second")
    if rate:
        assert rate.base == f"{base}_per_second".lstrip("_")
        assert rate.convert(value) == expected


@pytest.mark.parametrize("unit", [*ALL_UNITS, ""])
def test_every_name_is_valid_and_ends_in_its_base_unit(unit):
    for statistic, name in product(STATISTICS, NAMES):
        asked = query(name, statistic, unit, "My App/Käse!")
        _validate_metric_name(series_name(asked))
        assert re.fullmatch(r"aws_my_app_k_se(_[a-z0-9]+)+", series_name(asked))
        if statistic == "Average" and UNITS[unit or "None"].base:
            assert series_name(asked).endswith(f"_average_{UNITS[unit].base}")


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (query("CPUUtilization", "Average", "Percent"), "aws_ec2_cpu_utilization_average_ratio"),
        (query("Duration", "p99.9", "Milliseconds", "AWS/Lambda"), "aws_lambda_duration_p99_9_seconds"),
        (query("RequestCount", "Sum", "Count", "AWS/ApplicationELB"), "aws_applicationelb_request_count_sum_per_second"),
        (query("NetworkIn", "Sum", "Bytes"), "aws_ec2_network_in_sum_bytes_per_second"),
        (query("Duration", "SampleCount", "Milliseconds"), "aws_ec2_duration_sample_count_per_second"),
        (query("mem_used_percent", "Average", "Percent", "CWAgent"), "aws_cwagent_mem_used_average_ratio"),
        (query("ReadThroughput", "Average", "Bytes/Second", "AWS/RDS"), "aws_rds_read_throughput_average_bytes_per_second"),
        (query("EBSByteBalance%", "Average", "Percent"), "aws_ec2_ebs_byte_balance_average_ratio"),
        (query("Latency", "PR(:300)", "Milliseconds"), "aws_ec2_latency_pr_to_300_ratio"),
        (query("Anything", "Maximum"), "aws_ec2_anything_maximum"),
    ],
)  # fmt: skip
def test_names_follow_the_rule(asked, name):
    assert series_name(asked) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CPUUtilization", "cpu_utilization"),
        ("HTTPCode_Target_5XX_Count", "http_code_target_5xx_count"),
        ("DBInstanceIdentifier", "db_instance_identifier"),
        ("VolumeReadOps", "volume_read_ops"),
        ("EC2Instance", "ec2_instance"),
        ("already_snake", "already_snake"),
    ],
)
def test_snake_case(text, expected):
    assert snake(text) == expected


def test_amounts_of_a_period_become_rates_so_that_a_longer_period_means_the_same():
    assert convert("Sum", "Count", 60, 120) == convert("Sum", "Count", 3600, 7200) == 2
    assert convert("SampleCount", "Milliseconds", 60, 120) == 2
    assert convert("Sum", "Kilobytes", 10, 5) == 500
    assert convert("Average", "Milliseconds", 3600, 250) == 0.25
    assert convert("PR(:300)", "Milliseconds", 60, 95) == 0.95


@pytest.mark.parametrize("text", [*STATISTICS, "p0", "p100", "TM(:90%)", "TM(150:)", "TC(0.005:0.030)"])
def test_statistics_of_cloudwatch_are_known(text):
    assert is_statistic(text)
    assert re.fullmatch(r"[a-z0-9_]+", spelled(text))


@pytest.mark.parametrize(
    "text",
    ["", "sum", "average", "p", "p101", "tm100.1", "TM(:)", "TM(90%:10%)", "TM(10%:90)", "PR(:30%)", "p99 "],
)
def test_what_is_no_statistic_is_not(text):
    assert not is_statistic(text)


def test_labels_are_snake_case_and_never_somebody_elses():
    dimensions = (("InstanceId", "i-1"), ("Region", "x"), ("instance_id", "i-2"), ("job", "j"), ("ä", "v"))
    found = labels(CloudMetric("AWS/EC2", "X", dimensions, "eu-west-1"))
    assert found == {
        "instance_id": "i-1",
        "dimension_region": "x",
        "instance_id_2": "i-2",
        "dimension_job": "j",
        "dimension": "v",
        "region": "eu-west-1",
    }
    _validate_labelnames(Gauge, list(found))


def test_the_catalogue_covers_cpu_memory_disk_and_network_and_is_sound():
    names = {
        series_name(query(n, s, r.unit, r.namespace))
        for r in CATALOGUE
        for n in r.names
        for s in r.statistics
    }
    assert len(names) == sum(len(rule.names) * len(rule.statistics) for rule in CATALOGUE)
    assert {
        "aws_ec2_cpu_utilization_average_ratio",
        "aws_cwagent_mem_used_average_ratio",
        "aws_cwagent_disk_used_maximum_ratio",
        "aws_ec2_network_in_sum_bytes_per_second",
        "aws_lambda_duration_p99_seconds",
    } <= names
    assert set(NAMESPACES) >= {
        f"AWS/{s}" for s in ("EC2", "ApplicationELB", "RDS", "Lambda", "SQS", "DynamoDB")
    }
    assert all(is_statistic(s) for rule in CATALOGUE for s in rule.statistics)
    assert known_unit("AWS/Lambda", "Duration") == "Milliseconds"
    assert known_unit("AWS/Lambda", "Durations") == ""


def metric(name, dimensions, namespace="N"):
    return CloudMetric(namespace, name, tuple(sorted(dimensions.items())), "r")


def test_a_rule_takes_exact_dimensions_and_values():
    there = [
        metric("A", {"X": "1"}),
        metric("A", {"X": "1", "Y": "2"}),
        metric("A", {"X": "3"}),
        metric("B", {"X": "1"}),
    ]
    rule = Wanted("N", ("A",), ("Sum", "p99"), frozenset("X"), {"X": "1"}, "Bytes")
    found = select(there, [rule], period_seconds=300, most=10)
    assert [(q.metric, q.statistic, q.unit, q.period_seconds) for q in found.queries] == [
        (there[0], "Sum", "Bytes", 300),
        (there[0], "p99", "Bytes", 300),
    ]
    assert len(select(there, [Wanted("N", (), ("Sum",))], period_seconds=60, most=10).queries) == 4


def test_what_has_no_series_of_its_own_is_told():
    there = [metric("Foo", {"InstanceId": "1"}), metric("foo", {"InstanceId": "1"})]
    found = select(
        there, [Wanted("N", (), ("Sum",)), Wanted("N", ("Bar",), ("Sum",))], period_seconds=60, most=10
    )
    assert [q.metric.name for q in found.queries] == ["Foo"]
    assert "N Foo and N foo would be the same series" in found.notes[0]
    assert [rule.names for rule in found.unmatched] == [("Bar",)]


def test_a_series_that_two_rules_name_is_read_once():
    rules = [Wanted("N", ("A",), ("Sum",), period_seconds=60), Wanted("N", (), ("Sum", "Average"))]
    found = select([metric("A", {})], rules, period_seconds=300, most=10)
    assert [(q.statistic, q.period_seconds) for q in found.queries] == [("Sum", 60), ("Average", 300)]
    assert (found.notes, found.unmatched) == ((), ())


def test_series_beyond_the_bound_are_counted():
    there = [metric("A", {"X": str(n)}) for n in range(10)]
    found = select(there, [Wanted("N", (), ("Sum", "p50"))], period_seconds=60, most=7)
    assert (len(found.queries), found.left_out) == (7, 13)
