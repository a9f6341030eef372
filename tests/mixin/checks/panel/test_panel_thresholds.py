from check_samples import blame_dashboard, dashboard, said


def test_a_number_without_thresholds_is_blamed():
    bad = dashboard()
    del bad["panels"][0]["fieldConfig"]["defaults"]["thresholds"]
    [one] = said(blame_dashboard(bad), "panel/thresholds")
    assert "has no thresholds" in one


def test_a_fixed_colour_is_fine():
    good = dashboard()
    good["panels"][0]["fieldConfig"]["defaults"] = {"unit": "short", "color": {"mode": "fixed"}}
    assert said(blame_dashboard(good), "panel/thresholds") == []


def test_mapped_values_are_fine():
    good = dashboard()
    good["panels"][0]["fieldConfig"]["defaults"] = {"unit": "short", "mappings": [{"type": "value"}]}
    assert said(blame_dashboard(good), "panel/thresholds") == []
