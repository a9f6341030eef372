from check_samples import blame_rules, rules, said


def test_a_metric_that_nobody_exports_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][0]["expr"] = "sum by (service) (rate(http_request_total[5m]))"
    [one] = said(blame_rules(bad), "rule/metric")
    assert "reads http_request_total, which nobody exports" in one


def test_what_is_waited_for_need_not_exist():
    good = rules()
    good["groups"][0]["rules"][3]["expr"] = 'absent(shop_heartbeat{job="shop"})'
    assert said(blame_rules(good), "rule/metric") == []
