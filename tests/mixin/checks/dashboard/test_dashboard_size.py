from check_samples import blame_dashboard, dashboard, panel, said, target


def test_thirty_one_panels_are_blamed():
    bad = dashboard()
    bad["panels"] = [panel(n, "stat", "Requests", 0, [target("up")]) for n in range(1, 32)]
    [one] = said(blame_dashboard(bad), "dashboard/size")
    assert "has 31 panels" in one


def test_no_panel_is_blamed():
    bad = dashboard()
    bad["panels"] = []
    [one] = said(blame_dashboard(bad), "dashboard/size")
    assert "has no panel" in one


def test_rows_are_no_panels():
    good = dashboard()
    good["panels"] += [{"type": "row", "id": n, "title": "Row"} for n in range(10, 45)]
    assert said(blame_dashboard(good), "dashboard/size") == []
