from check_samples import blame_dashboard, dashboard, said


def test_a_data_source_of_one_grafana_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["datasource"] = {"type": "prometheus", "uid": "PBFA97CFB590B2093"}
    [one] = said(blame_dashboard(bad), "dashboard/datasource")
    assert "names the data source 'PBFA97CFB590B2093'" in one


def test_the_default_data_source_is_blamed():
    bad = dashboard()
    del bad["panels"][0]["datasource"]
    del bad["panels"][0]["targets"][0]["datasource"]
    [one] = said(blame_dashboard(bad), "dashboard/datasource")
    assert "leaves the data source to Grafana's default" in one


def test_a_variable_that_is_not_of_the_type_datasource_is_blamed():
    bad = dashboard()
    bad["panels"][1]["datasource"] = {"type": "prometheus", "uid": "$service"}
    [one] = said(blame_dashboard(bad), "dashboard/datasource")
    assert "names the data source $service" in one


def test_two_variables_of_one_kind_are_blamed():
    bad = dashboard()
    bad["templating"]["list"].append({"name": "other", "type": "datasource", "query": "prometheus"})
    bad["panels"][1]["targets"][0]["datasource"] = {"type": "prometheus", "uid": "$other"}
    [one] = said(blame_dashboard(bad), "dashboard/datasource")
    assert "uses $other, where others use $datasource" in one


def test_an_annotation_needs_one_too():
    bad = dashboard()
    bad["annotations"]["list"][1]["datasource"] = {"type": "prometheus", "uid": "abc"}
    [one] = said(blame_dashboard(bad), "dashboard/datasource")
    assert "annotations.list[1].datasource: names the data source 'abc'" in one


def test_a_variable_needs_one_too():
    bad = dashboard()
    bad["templating"]["list"][1]["datasource"] = None
    [one] = said(blame_dashboard(bad), "dashboard/datasource")
    assert "templating.list[1].datasource: leaves the data source" in one


def test_a_mixed_panel_with_good_queries_is_fine():
    good = dashboard()
    good["panels"][0]["datasource"] = {"type": "datasource", "uid": "-- Mixed --"}
    assert said(blame_dashboard(good), "dashboard/datasource") == []


def test_a_panel_in_a_collapsed_row_is_looked_at():
    bad = dashboard()
    bad["panels"][3]["panels"][0]["datasource"] = "Prometheus"
    [one] = said(blame_dashboard(bad), "dashboard/datasource")
    assert "panels[3].panels[0].datasource: names the data source 'Prometheus'" in one


def test_a_query_without_one_takes_that_of_its_panel():
    good = dashboard()
    good["panels"][0]["targets"][0]["datasource"] = None
    good["panels"][1]["targets"][0].pop("datasource")
    assert said(blame_dashboard(good), "dashboard/datasource") == []
