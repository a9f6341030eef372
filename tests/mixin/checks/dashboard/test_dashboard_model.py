from check_samples import blame_dashboard, dashboard, said


def test_a_dashboard_wrapped_as_the_api_answers_it_is_blamed():
    bad = dashboard()
    bad["dashboard"] = dashboard()
    del bad["panels"]
    [one] = said(blame_dashboard(bad), "dashboard/model")
    assert "is wrapped in 'dashboard'" in one


def test_a_resource_of_the_new_api_is_blamed():
    bad = dashboard()
    bad["spec"] = dashboard()
    bad["apiVersion"] = "dashboard.grafana.app/v2beta1"
    del bad["panels"]
    [one] = said(blame_dashboard(bad), "dashboard/model")
    assert "is a resource of dashboard.grafana.app/v2beta1" in one


def test_the_layout_of_the_v2_model_is_blamed():
    bad = dashboard()
    bad["layout"] = {"kind": "GridLayout"}
    [one] = said(blame_dashboard(bad), "dashboard/model")
    assert "has the layout of the v2 model" in one


def test_rows_of_the_old_kind_are_blamed():
    bad = dashboard()
    bad["rows"] = []
    [one] = said(blame_dashboard(bad), "dashboard/model")
    assert "has rows of the kind before Grafana 5" in one


def test_a_file_without_panels_is_blamed():
    bad = dashboard()
    del bad["panels"]
    [one] = said(blame_dashboard(bad), "dashboard/model")
    assert "has no list of panels" in one
