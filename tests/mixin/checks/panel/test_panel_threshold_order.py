from check_samples import blame_dashboard, dashboard, said


def test_a_first_step_with_a_value_is_blamed():
    bad = dashboard()
    bad["panels"][0]["fieldConfig"]["defaults"]["thresholds"]["steps"][0]["value"] = 1
    [one] = said(blame_dashboard(bad), "panel/threshold-order")
    assert "has a first threshold of 1" in one


def test_falling_thresholds_are_blamed():
    bad = dashboard()
    bad["panels"][0]["fieldConfig"]["defaults"]["thresholds"]["steps"].append({"color": "blue", "value": 3})
    [one] = said(blame_dashboard(bad), "panel/threshold-order")
    assert "do not rise: 5, 3" in one


def test_a_later_step_without_a_value_is_blamed():
    bad = dashboard()
    bad["panels"][0]["fieldConfig"]["defaults"]["thresholds"]["steps"].append({"color": "blue"})
    [one] = said(blame_dashboard(bad), "panel/threshold-order")
    assert "without a value that is not the first" in one
