from check_samples import blame_dashboard, dashboard, said


def test_no_place_is_blamed():
    bad = dashboard()
    del bad["panels"][0]["gridPos"]
    [one] = said(blame_dashboard(bad), "panel/grid")
    assert "has no whole gridPos" in one


def test_a_panel_that_reaches_out_is_blamed():
    bad = dashboard()
    bad["panels"][2]["gridPos"]["w"] = 9
    [one] = said(blame_dashboard(bad), "panel/grid")
    assert "reaches out of the grid: x 16, y 0, w 9, h 8" in one


def test_a_panel_without_height_is_blamed():
    bad = dashboard()
    bad["panels"][2]["gridPos"]["h"] = 0
    [one] = said(blame_dashboard(bad), "panel/grid")
    assert "reaches out of the grid" in one


def test_half_a_column_is_no_place():
    bad = dashboard()
    bad["panels"][2]["gridPos"]["w"] = 7.5
    [one] = said(blame_dashboard(bad), "panel/grid")
    assert "has no whole gridPos" in one
