from check_samples import blame_dashboard, dashboard, said


def test_an_annotation_without_a_query_is_blamed():
    bad = dashboard()
    del bad["annotations"]["list"][1]["expr"]
    [one] = said(blame_dashboard(bad), "dashboard/annotation")
    assert "has the annotation 'Restarts' without a query" in one


def test_an_annotation_that_does_not_parse_is_blamed():
    bad = dashboard()
    bad["annotations"]["list"][1]["expr"] = "changes(x[5m]"
    [one] = said(blame_dashboard(bad), "dashboard/annotation")
    assert "has the annotation 'Restarts': unclosed left parenthesis" in one


def test_an_annotation_without_a_name_is_blamed():
    bad = dashboard()
    del bad["annotations"]["list"][1]["name"]
    [one] = said(blame_dashboard(bad), "dashboard/annotation")
    assert "has an annotation without a name" in one


def test_a_query_in_a_target_is_found():
    good = dashboard()
    good["annotations"]["list"][1]["target"] = {"expr": good["annotations"]["list"][1].pop("expr")}
    assert said(blame_dashboard(good), "dashboard/annotation") == []
