from check_samples import blame_rules, rules, said


def test_a_series_without_a_condition_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][1]["expr"] = "service:http_requests:rate5m"
    [one] = said(blame_rules(bad), "alert/condition")
    assert "compares nothing" in one


def test_a_comparison_to_0_or_1_is_no_condition():
    bad = rules()
    bad["groups"][0]["rules"][1]["expr"] = "service:http_requests:rate5m > bool 10"
    [one] = said(blame_rules(bad), "alert/condition")
    assert "compares nothing" in one


def test_an_alternative_without_a_condition_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][1]["expr"] = "up == 0 or service:http_requests:rate5m"
    [one] = said(blame_rules(bad), "alert/condition")
    assert "compares nothing" in one


def test_what_is_there_and_not_there_is_a_condition():
    good = rules()
    good["groups"][0]["rules"][1]["expr"] = "up unless on (service) service:http_requests:rate5m"
    assert said(blame_rules(good), "alert/condition") == []


def test_a_condition_within_a_sum_is_one():
    good = rules()
    good["groups"][0]["rules"][1]["expr"] = "count by (service) (up == 0)"
    assert said(blame_rules(good), "alert/condition") == []
