from check_samples import blame_dashboard, dashboard, said


def test_a_metric_that_nobody_exports_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = "sum by (service) (http_request_total)"
    [one] = said(blame_dashboard(bad), "query/metric")
    assert "reads http_request_total, which nobody exports" in one


def test_what_prometheus_makes_while_an_alert_fires_is_fine():
    good = dashboard()
    good["panels"][0]["targets"][0]["expr"] = "sum by (service) (ALERTS)"
    assert said(blame_dashboard(good), "query/metric") == []


def test_a_metric_in_a_variable_is_not_judged():
    good = dashboard()
    good["panels"][0]["targets"][0]["expr"] = "sum by (service) ($service)"
    assert said(blame_dashboard(good), "query/metric") == []
