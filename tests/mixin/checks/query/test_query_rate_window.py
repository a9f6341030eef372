from check_samples import blame_dashboard, dashboard, said


def test_a_fixed_window_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = "sum(rate(http_requests_total[5m]))"
    [one] = said(blame_dashboard(bad), "query/rate-window")
    assert "query A: rate over [5m]" in one


def test_the_interval_alone_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = "sum(rate(http_requests_total[$__interval]))"
    [one] = said(blame_dashboard(bad), "query/rate-window")
    assert "rate over [$__interval]" in one


def test_each_of_two_rates_is_judged():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = "rate(a[5m]) / increase(b[1h])"
    one, two = said(blame_dashboard(bad), "query/rate-window")
    assert "increase over [1h]" in one
    assert "rate over [5m]" in two


def test_brackets_in_quotes_are_no_window():
    good = dashboard()
    good["panels"][0]["targets"][0]["expr"] = 'rate(a{b="[5m]"}[$__rate_interval])'
    assert said(blame_dashboard(good), "query/rate-window") == []


def test_the_whole_range_is_fine():
    good = dashboard()
    good["panels"][0]["targets"][0]["expr"] = "increase(http_requests_total[$__range])"
    assert said(blame_dashboard(good), "query/rate-window") == []


def test_a_choice_of_windows_is_fine():
    good = dashboard()
    good["templating"]["list"].append({"name": "window", "type": "interval", "query": "5m,1h"})
    good["panels"][0]["targets"][0]["expr"] = "rate(a[$window])"
    assert said(blame_dashboard(good), "query/rate-window") == []


def test_what_is_no_rate_may_have_any_window():
    good = dashboard()
    good["panels"][0]["targets"][0]["expr"] = "max_over_time(up[1h])"
    assert said(blame_dashboard(good), "query/rate-window") == []


def test_the_window_of_a_rate_within_is_found():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = "max_over_time(rate(a[2m])[$__range:])"
    [one] = said(blame_dashboard(bad), "query/rate-window")
    assert "rate over [2m]" in one
