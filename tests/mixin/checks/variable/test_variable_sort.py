from check_samples import blame_dashboard, dashboard, said


def test_values_in_no_order_are_blamed():
    bad = dashboard()
    bad["templating"]["list"][1]["sort"] = 0
    [one] = said(blame_dashboard(bad), "variable/sort")
    assert "is not sorted" in one
