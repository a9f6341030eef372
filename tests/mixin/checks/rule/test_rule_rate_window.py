from check_samples import blame_rules, rules, said
from codesentinel.mixin.checks.base import Wishes


def test_a_window_of_less_than_four_scrapes_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][0]["expr"] = "sum by (service) (rate(http_requests_total[30s]))"
    [one] = said(blame_rules(bad), "rule/rate-window")
    assert "takes the rate over 30 s, scraped every 15 s" in one


def test_who_scrapes_more_often_may_look_closer():
    good = rules()
    good["groups"][0]["rules"][0]["expr"] = "sum by (service) (rate(http_requests_total[30s]))"
    assert said(blame_rules(good, wishes=Wishes(scrape_interval_seconds=5)), "rule/rate-window") == []
