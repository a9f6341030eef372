from check_samples import blame_dashboard, dashboard, said


def test_a_link_that_loses_the_time_is_blamed():
    bad = dashboard()
    bad["links"][0]["keepTime"] = False
    [one] = said(blame_dashboard(bad), "dashboard/links")
    assert "loses keepTime" in one


def test_a_link_that_loses_both_is_blamed_once():
    bad = dashboard()
    bad["links"] = [{"type": "dashboards"}]
    [one] = said(blame_dashboard(bad), "dashboard/links")
    assert "loses keepTime and includeVars" in one


def test_a_link_to_another_site_may_lose_what_it_wants():
    good = dashboard()
    good["links"] = [{"type": "link", "url": "https://wiki.example"}]
    assert said(blame_dashboard(good), "dashboard/links") == []
