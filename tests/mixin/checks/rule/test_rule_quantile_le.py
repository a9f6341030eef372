from check_samples import blame_rules, rules, said


def test_a_quantile_of_series_without_bounds_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][0]["expr"] = "histogram_quantile(0.9, sum by (service) (rate(x_bucket[5m])))"
    [one] = said(blame_rules(bad), "rule/quantile-le")
    assert "which has no label 'le' any more" in one
