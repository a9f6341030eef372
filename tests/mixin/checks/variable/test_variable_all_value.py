from check_samples import blame_dashboard, dashboard, said


def test_all_that_hides_what_has_none_is_blamed():
    bad = dashboard()
    bad["templating"]["list"][1]["allValue"] = ".+"
    [one] = said(blame_dashboard(bad), "variable/all-value")
    assert "sends '.+' for 'All'" in one


def test_a_list_of_all_values_is_blamed():
    bad = dashboard()
    bad["templating"]["list"][1]["allValue"] = None
    [one] = said(blame_dashboard(bad), "variable/all-value")
    assert "sends a list of all values" in one


def test_without_all_nothing_is_asked():
    good = dashboard()
    good["templating"]["list"][1] |= {"allValue": None, "includeAll": False}
    assert said(blame_dashboard(good), "variable/all-value") == []
