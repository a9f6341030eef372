"""cloudwatch.toml, read strictly."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codesentinel.config.cloudwatch import read_wanted
from codesentinel.model.cloudwatch.metric import Wanted
from codesentinel.model.errors import ConfigurationError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "read-cloudwatch.md"


def read(tmp_path, text):
    path = tmp_path / "cloudwatch.toml"
    path.write_text(text)
    return read_wanted(path, "cloudwatch.toml")


def test_a_rule_with_everything_and_one_with_little(tmp_path):
    assert read(
        tmp_path,
        """
        [[metrics]]
        namespace = "AWS/EC2"
        names = ["CPUUtilization"]
        statistics = ["Average", "p95"]
        dimensions = ["InstanceId"]
        where = { InstanceId = "i-0abc" }
        unit = "Percent"
        period_seconds = 60
        [[metrics]]
        namespace = "Shop"
        statistics = ["Sum"]
        """,
    ) == (
        Wanted("AWS/EC2", ("CPUUtilization",), ("Average", "p95"), frozenset(["InstanceId"]), {"InstanceId": "i-0abc"}, "Percent", 60),
        Wanted("Shop", (), ("Sum",)),
    )  # fmt: skip


def test_all_mistakes_are_told_at_once(tmp_path):
    with pytest.raises(ConfigurationError) as refused:
        read(
            tmp_path,
            """
            period = 60
            [[metrics]]
            name_space = "AWS/EC2"
            statistics = ["Mean", "Sum", "Sum"]
            unit = "Parsecs"
            period_seconds = 45
            where = ["InstanceId"]
            [[metrics]]
            namespace = ":bad"
            statistics = []
            names = "CPUUtilization"
            [[metrics]]
            namespace = 7
            statistics = ["Sum"]
            unit = "Bytes/Second"
            period_seconds = true
            """,
        )
    told = refused.value.message
    for line in (
        "unknown word 'period'",
        "metrics 1: unknown key 'name_space' (did you mean namespace?)",
        "metrics 1: namespace is missing",
        "metrics 1: no statistic of CloudWatch: 'Mean'",
        "metrics 1: statistics names something twice",
        "metrics 1: no unit of CloudWatch: 'Parsecs'",
        "metrics 1: period_seconds should be",
        "metrics 1: where should be a table",
        "metrics 2: a namespace does not begin with a colon",
        "metrics 2: statistics is missing",
        "metrics 2: names should be a list",
        "metrics 3: namespace should be text, not 7",
        "metrics 3: Sum of Bytes/Second means nothing",
        "metrics 3: period_seconds should be",
    ):
        assert line in told, line
    assert "read-cloudwatch.md" in refused.value.hint


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "there is no [[metrics]]"),
        ("metrics = 3", "there is no [[metrics]]"),
        ("metrics = [3]", "metrics 1: should be a table"),
        ("[[metrics]", "not valid TOML"),
    ],
)
def test_a_file_that_is_none(tmp_path, text, told):
    with pytest.raises(ConfigurationError, match=re.escape(told)):
        read(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigurationError, match=r"cloudwatch\.toml: no such file"):
        read_wanted(tmp_path / "cloudwatch.toml", "cloudwatch.toml")


def test_the_example_of_the_page_is_one(tmp_path):
    (example,) = re.findall(r"```toml\n(# cloudwatch\.toml.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(read(tmp_path, example)) >= 2
