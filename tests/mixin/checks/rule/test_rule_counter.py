from check_samples import blame_rules, rules, said


def test_the_rate_of_a_gauge_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][0]["expr"] = "sum by (service) (rate(process_resident_memory_bytes[5m]))"
    [one] = said(blame_rules(bad), "rule/counter")
    assert "which is a gauge" in one
