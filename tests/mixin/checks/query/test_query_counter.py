from check_samples import blame_dashboard, dashboard, said


def test_the_rate_of_a_gauge_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = "rate(process_resident_memory_bytes[$__rate_interval])"
    [one] = said(blame_dashboard(bad), "query/counter")
    assert "takes the rate of process_resident_memory_bytes, which is a gauge" in one


def test_the_difference_of_a_counter_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = "delta(http_requests_total[$__range])"
    [one] = said(blame_dashboard(bad), "query/counter")
    assert "takes the delta of http_requests_total, which is a counter" in one
