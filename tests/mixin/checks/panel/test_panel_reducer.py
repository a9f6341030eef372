from check_samples import blame_dashboard, dashboard, said


def test_an_unknown_calculation_is_blamed():
    bad = dashboard()
    bad["panels"][0]["options"]["reduceOptions"]["calcs"] = ["current"]
    [one] = said(blame_dashboard(bad), "panel/reducer")
    assert "asks for the calculation 'current'" in one


def test_an_unknown_calculation_of_a_legend_is_blamed():
    bad = dashboard()
    bad["panels"][1]["options"]["legend"] = {"calcs": ["avg"]}
    [one] = said(blame_dashboard(bad), "panel/reducer")
    assert "options.legend: asks for the calculation 'avg'" in one


def test_a_percentile_is_fine():
    good = dashboard()
    good["panels"][0]["options"]["reduceOptions"]["calcs"] = ["p95"]
    assert said(blame_dashboard(good), "panel/reducer") == []
