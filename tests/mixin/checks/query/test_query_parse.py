from check_samples import blame_dashboard, dashboard, said


def test_a_query_that_does_not_parse_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = "sum(rate(x[5m])"
    [one] = said(blame_dashboard(bad), "query/parse")
    assert "query A: unclosed left parenthesis" in one


def test_types_that_do_not_fit_are_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = "rate(http_requests_total)"
    [one] = said(blame_dashboard(bad), "query/parse")
    assert "expected type matrix" in one


def test_a_pattern_that_is_none_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = 'up{job=~"a("}'
    [one] = said(blame_dashboard(bad), "query/parse")
    assert "illegal regex" in one


def test_variables_may_stand_where_names_and_numbers_do():
    good = dashboard()
    good["panels"][0]["targets"][0]["expr"] = "topk($service, sum by ($environment) (up))"
    assert said(blame_dashboard(good), "query/parse") == []


def test_variables_may_stand_where_durations_do():
    good = dashboard()
    good["panels"][0]["targets"][0]["expr"] = "rate(x[$service:$__interval] offset $environment)"
    assert said(blame_dashboard(good), "query/parse") == []


def test_a_metric_may_stand_in_a_variable():
    good = dashboard()
    good["panels"][0]["targets"][0]["expr"] = 'rate($service{a="[5m]"}[$__rate_interval])'
    assert said(blame_dashboard(good), "query/parse") == []


def test_what_would_overflow_the_parser_is_not_tried():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = "x" + "+x" * 9000
    [one] = said(blame_dashboard(bad), "query/parse")
    assert "more than 400 operators" in one


def test_another_data_source_s_language_is_not_judged():
    good = dashboard()
    good["panels"][0]["targets"][0] |= {
        "datasource": {"type": "loki", "uid": "$datasource"},
        "expr": '{app="a"} |= "b"',
    }
    assert said(blame_dashboard(good), "query/parse") == []
