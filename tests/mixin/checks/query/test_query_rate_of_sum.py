from check_samples import blame_dashboard, dashboard, said


def test_the_rate_of_a_sum_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = "rate(sum(x)[$__rate_interval:])"
    [one] = said(blame_dashboard(bad), "query/rate-of-sum")
    assert "takes the rate of an aggregation" in one


def test_the_highest_rate_is_fine():
    good = dashboard()
    good["panels"][0]["targets"][0]["expr"] = "max_over_time(sum(rate(x[$__rate_interval]))[$__range:])"
    assert said(blame_dashboard(good), "query/rate-of-sum") == []
