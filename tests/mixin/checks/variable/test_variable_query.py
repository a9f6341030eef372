from check_samples import blame_dashboard, dashboard, said


def test_an_unknown_function_is_blamed():
    bad = dashboard()
    bad["templating"]["list"][1]["query"] = "label_value(up, job)"
    [one] = said(blame_dashboard(bad), "variable/query")
    assert "which is none of the functions for variables" in one


def test_a_selection_that_does_not_parse_is_blamed():
    bad = dashboard()
    bad["templating"]["list"][1]["query"] = 'label_values(up{job="a", job)'
    [one] = said(blame_dashboard(bad), "variable/query")
    assert "selects 'up{job=\"a\"'" in one


def test_no_query_is_blamed():
    bad = dashboard()
    bad["templating"]["list"][1]["query"] = ""
    [one] = said(blame_dashboard(bad), "variable/query")
    assert "has no query" in one


def test_a_result_of_a_query_is_fine():
    good = dashboard()
    good["templating"]["list"][1]["query"] = "query_result(topk(3, up))"
    assert said(blame_dashboard(good), "variable/query") == []


def test_names_of_labels_and_metrics_are_fine():
    good = dashboard()
    good["templating"]["list"][1]["query"] = "metrics(http_.*)"
    assert said(blame_dashboard(good), "variable/query") == []


def test_the_values_of_a_label_everywhere_are_fine():
    good = dashboard()
    good["templating"]["list"][1]["query"] = "label_values(job)"
    assert said(blame_dashboard(good), "variable/query") == []
