from check_samples import blame_dashboard, dashboard, said


def test_a_graph_without_a_legend_is_blamed():
    bad = dashboard()
    bad["panels"][1]["targets"][0]["legendFormat"] = ""
    [one] = said(blame_dashboard(bad), "query/legend")
    assert "query A has no legend" in one


def test_a_number_needs_none():
    good = dashboard()
    good["panels"][0]["targets"][0]["legendFormat"] = ""
    assert said(blame_dashboard(good), "query/legend") == []
