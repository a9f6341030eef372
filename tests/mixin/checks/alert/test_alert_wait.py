from check_samples import blame_rules, rules, said
from codesentinel.mixin.checks.base import Wishes


def test_no_wait_is_blamed():
    bad = rules()
    del bad["groups"][0]["rules"][3]["for"]
    [one] = said(blame_rules(bad), "alert/wait")
    assert "fires at the first sample" in one


def test_a_short_wait_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["for"] = "30s"
    [one] = said(blame_rules(bad), "alert/wait")
    assert "waits for 30 s only, less than 60 s" in one


def test_two_scrapes_are_the_least():
    bad = rules()
    bad["groups"][0]["rules"] = bad["groups"][0]["rules"][3:]
    bad["groups"][0]["rules"][0]["for"] = "90s"
    [one] = said(blame_rules(bad, wishes=Wishes(scrape_interval_seconds=60)), "alert/wait")
    assert "waits for 90 s only, less than 120 s" in one


def test_a_wait_that_is_none_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["for"] = "a while"
    [one] = said(blame_rules(bad), "alert/wait")
    assert "has the 'for' 'a while', which is no duration" in one
