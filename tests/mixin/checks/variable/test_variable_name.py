from check_samples import blame_dashboard, dashboard, said


def test_a_name_with_a_blank_is_blamed():
    bad = dashboard()
    bad["templating"]["list"][2]["name"] = "the service"
    [one] = said(blame_dashboard(bad), "variable/name")
    assert "has the name 'the service'" in one


def test_a_name_of_grafana_s_own_is_blamed():
    bad = dashboard()
    bad["templating"]["list"][2]["name"] = "__service"
    [one] = said(blame_dashboard(bad), "variable/name")
    assert "which $... cannot hold" in one


def test_a_name_that_is_taken_is_blamed():
    bad = dashboard()
    bad["templating"]["list"][2]["name"] = "environment"
    [one] = said(blame_dashboard(bad), "variable/name")
    assert "has the name 'environment' a second time" in one
