from check_samples import blame_dashboard, dashboard, said


def test_an_exact_match_of_several_values_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = (
        'sum(rate(http_requests_total{service="$service"}[$__rate_interval]))'
    )
    [one] = said(blame_dashboard(bad), "variable/multi-matcher")
    assert "matches service=$service, which can hold several values" in one


def test_an_exact_mismatch_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = 'sum(up{service!="${service}"})'
    [one] = said(blame_dashboard(bad), "variable/multi-matcher")
    assert "matches service!=$service" in one


def test_a_variable_of_one_value_may_be_matched_exactly():
    good = dashboard()
    good["templating"]["list"][1] |= {"multi": False, "includeAll": False}
    good["panels"][0]["targets"][0]["expr"] = 'up{environment="$environment"}'
    assert said(blame_dashboard(good), "variable/multi-matcher") == []
