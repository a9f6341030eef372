from check_samples import blame_dashboard, dashboard, said


def test_a_panel_without_a_query_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"] = []
    [one] = said(blame_dashboard(bad), "panel/targets")
    assert "panels[0].targets: has no query" in one


def test_an_empty_query_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = " "
    [one] = said(blame_dashboard(bad), "panel/targets")
    assert "has an empty query" in one


def test_a_panel_that_shows_another_panel_s_data_needs_none():
    good = dashboard()
    good["panels"][0] |= {"datasource": {"type": "datasource", "uid": "-- Dashboard --"}, "targets": []}
    assert said(blame_dashboard(good), "panel/targets") == []
