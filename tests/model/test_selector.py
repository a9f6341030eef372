"""Selectors are narrowed, and nothing else is smuggled in with them."""

from __future__ import annotations

import pytest

from codesentinel.model.selector import narrowed


@pytest.mark.parametrize(
    ("selector", "matchers", "both"),
    [
        ("a_total", '{version="2"}', 'a_total{version="2"}'),
        ("a_total", 'version="2"', 'a_total{version="2"}'),
        ('a:b{c=~"5.."}', '{d!="x", e!~"y"}', 'a:b{c=~"5..",d!="x", e!~"y"}'),
        ('a{b="1",}', "{c='2'}", "a{b=\"1\",c='2'}"),
        ("a{}", "{}", "a{}"),
        ('{__name__="a"}', 'b="{"', '{__name__="a",b="{"}'),
        ('a{b="}"}', 'c="\\""', 'a{b="}",c="\\""}'),
    ],
)
def test_matchers_are_added(selector, matchers, both):
    assert narrowed(selector, matchers) == both


@pytest.mark.parametrize(
    ("selector", "matchers"),
    [
        ("rate(a[1m])", "{}"),
        ("a", 'b="1"} or vector(1) or a{c="1"'),
        ("a", 'x{b="1"}'),
        ("a", "b=1"),
        ("", 'b="1"'),
        ("a{b}", ""),
        ("a[5m]", ""),
    ],
)
def test_what_is_no_selector_is_refused(selector, matchers):
    with pytest.raises(ValueError, match=r"selector|metric"):
        narrowed(selector, matchers)
