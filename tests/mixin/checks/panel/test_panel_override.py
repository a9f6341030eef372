from check_samples import blame_dashboard, dashboard, said


def test_an_unknown_property_is_blamed():
    bad = dashboard()
    bad["panels"][0]["fieldConfig"]["overrides"] = [
        {"matcher": {"id": "byName", "options": "a"}, "properties": [{"id": "units", "value": "s"}]}
    ]
    [one] = said(blame_dashboard(bad), "panel/override")
    assert "sets 'units'" in one


def test_an_override_that_sets_nothing_is_blamed():
    bad = dashboard()
    bad["panels"][0]["fieldConfig"]["overrides"] = [
        {"matcher": {"id": "byName", "options": "a"}, "properties": []}
    ]
    [one] = said(blame_dashboard(bad), "panel/override")
    assert "sets nothing" in one


def test_what_belongs_to_a_kind_of_panel_is_fine():
    good = dashboard()
    good["panels"][0]["fieldConfig"]["overrides"] = [
        {"matcher": {"id": "byName", "options": "a"}, "properties": [{"id": "custom.lineWidth", "value": 2}]}
    ]
    assert said(blame_dashboard(good), "panel/override") == []
