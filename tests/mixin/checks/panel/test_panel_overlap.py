from check_samples import blame_dashboard, dashboard, said


def test_panels_that_lie_on_one_another_are_blamed():
    bad = dashboard()
    bad["panels"][1]["gridPos"]["x"] = 7
    [one] = said(blame_dashboard(bad), "panel/overlap")
    assert "panels[1].gridPos: lies on 'Requests'" in one


def test_panels_that_touch_are_fine():
    good = dashboard()
    good["panels"][1]["gridPos"] = {"x": 0, "y": 8, "w": 24, "h": 8}
    good["panels"][3]["gridPos"]["y"] = 16
    assert said(blame_dashboard(good), "panel/overlap") == []


def test_a_collapsed_row_has_a_grid_of_its_own():
    good = dashboard()
    good["panels"][3]["panels"][0]["gridPos"]["y"] = 0
    assert said(blame_dashboard(good), "panel/overlap") == []
