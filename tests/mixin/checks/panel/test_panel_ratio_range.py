from check_samples import blame_dashboard, dashboard, said


def test_a_ratio_without_a_floor_is_blamed():
    bad = dashboard()
    del bad["panels"][2]["fieldConfig"]["defaults"]["min"]
    [one] = said(blame_dashboard(bad), "panel/ratio-range")
    assert "has the unit 'percentunit' and no min" in one


def test_a_stat_has_no_axis():
    good = dashboard()
    good["panels"][2]["type"] = "stat"
    del good["panels"][2]["fieldConfig"]["defaults"]["min"]
    assert said(blame_dashboard(good), "panel/ratio-range") == []
