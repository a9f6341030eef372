from check_samples import blame_rules, rules, said


def test_the_rate_of_a_sum_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][0]["expr"] = "increase(sum by (service) (x)[10m:])"
    [one] = said(blame_rules(bad), "rule/rate-of-sum")
    assert "takes the increase of an aggregation" in one
