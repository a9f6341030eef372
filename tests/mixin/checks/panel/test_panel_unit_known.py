from check_samples import blame_dashboard, dashboard, said


def test_an_unknown_unit_is_blamed():
    bad = dashboard()
    bad["panels"][0]["fieldConfig"]["defaults"]["unit"] = "seconds"
    [one] = said(blame_dashboard(bad), "panel/unit-known")
    assert "has the unit 'seconds', which Grafana does not know" in one


def test_an_unknown_unit_of_an_override_is_blamed():
    bad = dashboard()
    bad["panels"][0]["fieldConfig"]["overrides"] = [
        {"matcher": {"id": "byName", "options": "a"}, "properties": [{"id": "unit", "value": "byte"}]}
    ]
    [one] = said(blame_dashboard(bad), "panel/unit-known")
    assert "overrides[0].properties[0].value: has the unit 'byte'" in one


def test_a_unit_of_one_s_own_is_fine():
    good = dashboard()
    good["panels"][0]["fieldConfig"]["defaults"]["unit"] = "suffix:req"
    assert said(blame_dashboard(good), "panel/unit-known") == []


def test_a_unit_in_a_variable_is_fine():
    good = dashboard()
    good["panels"][0]["fieldConfig"]["defaults"]["unit"] = "$service"
    assert said(blame_dashboard(good), "panel/unit-known") == []
