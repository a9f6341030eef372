from check_samples import blame_dashboard, dashboard, said


def test_a_pattern_without_slashes_is_blamed():
    bad = dashboard()
    bad["panels"][0]["fieldConfig"]["overrides"] = [
        {"matcher": {"id": "byRegexp", "options": "error.*"}, "properties": [{"id": "unit", "value": "s"}]}
    ]
    [one] = said(blame_dashboard(bad), "panel/matcher")
    assert "has the pattern 'error.*', not between slashes" in one


def test_a_pattern_that_is_none_is_blamed():
    bad = dashboard()
    bad["panels"][0]["fieldConfig"]["overrides"] = [
        {"matcher": {"id": "byRegexp", "options": "/err(or/"}, "properties": [{"id": "unit", "value": "s"}]}
    ]
    [one] = said(blame_dashboard(bad), "panel/matcher")
    assert "which is none" in one


def test_a_matcher_that_grafana_does_not_have_is_blamed():
    bad = dashboard()
    bad["panels"][0]["fieldConfig"]["overrides"] = [
        {"matcher": {"id": "byRegex", "options": "/a/"}, "properties": [{"id": "unit", "value": "s"}]}
    ]
    [one] = said(blame_dashboard(bad), "panel/matcher")
    assert "matches by 'byRegex'" in one


def test_a_pattern_between_slashes_is_fine():
    good = dashboard()
    good["panels"][0]["fieldConfig"]["overrides"] = [
        {"matcher": {"id": "byRegexp", "options": "/^5../i"}, "properties": [{"id": "unit", "value": "s"}]}
    ]
    assert said(blame_dashboard(good), "panel/matcher") == []
