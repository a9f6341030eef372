from pathlib import Path

import pytest
import yaml

from codesentinel.mixin.burn_windows import BURN_WINDOWS
from codesentinel.mixin.catalog.objectives import slo
from codesentinel.mixin.http_names import OTEL
from codesentinel.mixin.objectives import DEFAULT, Objective, objectives
from codesentinel.mixin.timing import PRODUCTION
from codesentinel.model.errors import ConfigurationError

COMMITTED = Path(__file__).parents[2] / "infrastructure" / "slo.yml"
MONTH = 30 * 86400


def _read(text):
    return objectives(yaml.safe_load(text))


def test_the_committed_file_says_what_is_built_in():
    assert _read(COMMITTED.read_text(encoding="utf-8")) == DEFAULT


def test_an_entry_gives_an_objective_for_each_kind_it_names():
    found = _read("""
        window: 28d
        objectives:
          - {service: cart, environment: production, availability: 0.999, latency: {objective: 0.9, within: 1s}}
          - {service: mail, availability: 0.9}
    """)
    assert found.period_seconds == 28 * 86400
    assert found.entries == (
        Objective("availability", "cart", "production", 0.999),
        Objective("latency", "cart", "production", 0.9, 1.0),
        Objective("availability", "mail", "*", 0.9),
    )


def test_every_mistake_is_told_at_once():
    with pytest.raises(ConfigurationError) as caught:
        _read("""
            window: 2d
            windows: 30d
            objectives:
              - {service: cart, availability: 99.9}
              - {service: cart, availability: 0.9}
              - {service: 'a"b', latency: {objective: 1, within: soon}}
              - {service: mail}
              - {service: mail, latency: 0.9, speed: 1}
              - mail
        """)
    told = "\n".join(caught.value.problems)
    assert caught.value.exit_status == 2
    for words in (
        "windows: unknown",
        "window: should lie between 7d and 90d, not 2d",
        "entry 1: availability: should be a ratio between 0 and 1 such as 0.999, not 99.9",
        "availability of cart in *: given twice",
        "entry 3: service: 'a\"b' is neither a name nor '*'",
        "entry 3: latency: within: 'soon' is not a duration",
        "entry 3: latency: objective: should be a ratio",
        "entry 4: names neither availability nor latency",
        "entry 5: latency: should be a mapping with `objective` and `within`, and nothing else",
        "entry 5: speed: unknown",
        "entry 6: should be a mapping",
    ):
        assert words in told, words


@pytest.mark.parametrize("text", ["", "[]", "objectives: {}", "objectives: []", "window: 30d"])
def test_a_file_without_objectives_is_a_mistake_and_not_no_promise(text):
    with pytest.raises(ConfigurationError):
        _read(text)


def test_each_series_is_judged_by_one_entry_and_a_named_service_by_its_own_alone():
    found = _read("""
        objectives:
          - {service: cart, environment: staging, availability: 0.9}
          - {service: cart, availability: 0.99}
          - {service: mail.v2, environment: production, availability: 0.9}
          - {environment: production, availability: 0.999}
          - {availability: 0.95}
    """)
    assert [found.matchers(entry, "service", "environment") for entry in found.entries] == [
        'service="cart", environment="staging"',
        'service="cart", environment!~"staging"',
        'service="mail.v2", environment="production"',
        'service!~"cart|mail[.]v2", environment="production"',
        'service!~"cart|mail[.]v2", environment!~"production"',
    ]


def test_the_factors_of_a_month_are_those_of_the_book():
    assert [round(window.factor(MONTH), 10) for window in BURN_WINDOWS] == [14.4, 6, 3, 1]
    assert [window.long_seconds / window.short_seconds for window in BURN_WINDOWS] == [12] * 4


def test_a_shorter_month_burns_at_its_own_factors():
    text = "\n".join(
        rule.expr
        for rule in slo(
            PRODUCTION,
            OTEL,
            _read("""
        window: 7d
        objectives: [{availability: 0.99}]
    """),
        ).rules
    )
    assert "slo:sli_error:ratio_rate1h / slo:error_budget:ratio > 3.36" in text
    assert "slo:objective:ratio * 0 + 7" in text


@pytest.mark.parametrize(("within", "le"), [("1s", 'le=~"1|1[.]0"'), ("2500ms", 'le=~"2[.]5"')])
def test_a_bound_is_found_however_a_client_writes_it(within, le):
    found = _read(f"objectives: [{{latency: {{objective: 0.9, within: {within}}}}}]")
    assert any(le in rule.expr for rule in slo(PRODUCTION, OTEL, found).rules)
