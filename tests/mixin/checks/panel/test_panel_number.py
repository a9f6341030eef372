from check_samples import blame_dashboard, dashboard, said


def test_no_id_is_blamed():
    bad = dashboard()
    del bad["panels"][0]["id"]
    [one] = said(blame_dashboard(bad), "panel/number")
    assert "has no id above 0" in one


def test_zero_is_no_id():
    bad = dashboard()
    bad["panels"][3]["id"] = 0
    [one] = said(blame_dashboard(bad), "panel/number")
    assert "panels[3].id: has no id above 0" in one


def test_the_id_of_another_panel_is_blamed():
    bad = dashboard()
    bad["panels"][3]["panels"][0]["id"] = 2
    [one] = said(blame_dashboard(bad), "panel/number")
    assert "has the id 2 of panels[1]" in one
