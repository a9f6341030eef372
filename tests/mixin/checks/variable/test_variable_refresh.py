from check_samples import blame_dashboard, dashboard, said


def test_a_variable_that_is_read_once_is_blamed():
    bad = dashboard()
    bad["templating"]["list"][1]["refresh"] = 1
    [one] = said(blame_dashboard(bad), "variable/refresh")
    assert "templating.list[1].refresh: is refreshed by rule 1" in one


def test_a_variable_that_is_never_read_is_blamed():
    bad = dashboard()
    del bad["templating"]["list"][1]["refresh"]
    [one] = said(blame_dashboard(bad), "variable/refresh")
    assert "is refreshed by rule None" in one
