from check_samples import blame_dashboard, dashboard, said


def test_a_time_that_is_none_is_blamed():
    bad = dashboard()
    bad["time"]["from"] = "yesterday"
    [one] = said(blame_dashboard(bad), "dashboard/time")
    assert "whose 'from' is 'yesterday', which is no time" in one


def test_no_time_range_is_blamed_at_both_ends():
    bad = dashboard()
    del bad["time"]
    one, two = said(blame_dashboard(bad), "dashboard/time")
    assert "whose 'from' is nothing" in one
    assert "whose 'to' is nothing" in two


def test_an_interval_that_is_none_is_blamed():
    bad = dashboard()
    bad["refresh"] = "often"
    [one] = said(blame_dashboard(bad), "dashboard/time")
    assert "is refreshed every 'often'" in one


def test_never_refreshing_is_fine():
    good = dashboard()
    good["refresh"] = ""
    assert said(blame_dashboard(good), "dashboard/time") == []


def test_the_day_so_far_is_fine():
    good = dashboard()
    good["time"]["from"] = "now/d"
    assert said(blame_dashboard(good), "dashboard/time") == []


def test_weeks_ago_and_rounded_is_fine():
    good = dashboard()
    good["time"] = {"from": "now-2w/w", "to": "now-1w/w"}
    assert said(blame_dashboard(good), "dashboard/time") == []
