from check_samples import blame_dashboard, dashboard, said


def test_the_number_of_a_row_in_a_database_is_blamed():
    bad = dashboard()
    bad["id"] = 12
    [one] = said(blame_dashboard(bad), "dashboard/database-id")
    assert "has the id 12" in one


def test_null_is_fine():
    good = dashboard()
    good["id"] = None
    assert said(blame_dashboard(good), "dashboard/database-id") == []
