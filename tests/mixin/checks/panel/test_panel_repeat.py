from check_samples import blame_dashboard, dashboard, said


def test_a_variable_that_does_not_exist_is_blamed():
    bad = dashboard()
    bad["panels"][3]["repeat"] = "host"
    [one] = said(blame_dashboard(bad), "panel/repeat")
    assert "repeats over $host, which does not exist" in one


def test_a_variable_of_one_value_is_blamed():
    bad = dashboard()
    bad["templating"]["list"][2] |= {"multi": False, "includeAll": False}
    [one] = said(blame_dashboard(bad), "panel/repeat")
    assert "repeats over $service, which holds one value" in one
