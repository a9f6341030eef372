from check_samples import blame_dashboard, dashboard, said


def test_no_description_is_blamed():
    bad = dashboard()
    del bad["panels"][0]["description"]
    [one] = said(blame_dashboard(bad), "panel/description")
    assert "panels[0].description: has no description" in one


def test_a_row_needs_none():
    good = dashboard()
    good["panels"][3].pop("description", None)
    assert said(blame_dashboard(good), "panel/description") == []
