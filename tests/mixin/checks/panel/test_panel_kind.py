from check_samples import blame_dashboard, dashboard, said


def test_a_panel_that_grafana_no_longer_has_is_blamed():
    bad = dashboard()
    bad["panels"][1]["type"] = "graph"
    [one] = said(blame_dashboard(bad), "panel/kind")
    assert "which Grafana 12 no longer has" in one


def test_an_unknown_type_is_blamed():
    bad = dashboard()
    bad["panels"][1]["type"] = "timeserie"
    [one] = said(blame_dashboard(bad), "panel/kind")
    assert "is of the unknown type 'timeserie'" in one


def test_no_type_is_blamed():
    bad = dashboard()
    del bad["panels"][1]["type"]
    [one] = said(blame_dashboard(bad), "panel/kind")
    assert "has no type" in one


def test_a_plugin_is_left_alone():
    good = dashboard()
    good["panels"][1]["type"] = "marcusolsson-treemap-panel"
    assert said(blame_dashboard(good), "panel/kind") == []


def test_a_library_panel_has_no_type():
    good = dashboard()
    good["panels"][1] = {"id": 2, "libraryPanel": {"uid": "a"}, "gridPos": {"x": 8, "y": 0, "w": 8, "h": 8}}
    assert said(blame_dashboard(good), "panel/kind") == []
