from check_samples import blame_dashboard, dashboard, said


def test_an_editable_dashboard_is_blamed():
    bad = dashboard()
    bad["editable"] = True
    [one] = said(blame_dashboard(bad), "dashboard/editable")
    assert "is editable" in one


def test_what_is_not_said_counts_as_editable():
    bad = dashboard()
    del bad["editable"]
    [one] = said(blame_dashboard(bad), "dashboard/editable")
    assert "is editable" in one
