from check_samples import blame_rules, rules, said


def test_a_quantile_of_all_there_ever_was_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][0]["expr"] = "histogram_quantile(0.9, sum by (service, le) (x_bucket))"
    [one] = said(blame_rules(bad), "rule/quantile-window")
    assert "not of a window" in one
