from check_samples import blame_rules, rules, said


def test_a_name_without_levels_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][0]["record"] = "http_requests_rate5m"
    [one] = said(blame_rules(bad), "recording/name")
    assert "has a name that is not level:metric:operations" in one


def test_a_name_of_two_levels_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][0]["record"] = "service:http_requests"
    [one] = said(blame_rules(bad), "recording/name")
    assert "not level:metric:operations" in one
