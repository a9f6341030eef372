from check_samples import blame_dashboard, dashboard, said


def test_no_unit_is_blamed():
    bad = dashboard()
    del bad["panels"][1]["fieldConfig"]["defaults"]["unit"]
    [one] = said(blame_dashboard(bad), "panel/unit")
    assert "has no unit" in one


def test_a_heatmap_has_it_at_its_axis():
    good = dashboard()
    good["panels"][1]["type"] = "heatmap"
    del good["panels"][1]["fieldConfig"]["defaults"]["unit"]
    good["panels"][1]["options"]["yAxis"] = {"unit": "s"}
    assert said(blame_dashboard(good), "panel/unit") == []


def test_a_table_may_do_without():
    good = dashboard()
    good["panels"][1]["type"] = "table"
    del good["panels"][1]["fieldConfig"]["defaults"]["unit"]
    assert said(blame_dashboard(good), "panel/unit") == []
