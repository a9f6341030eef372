from check_samples import blame_dashboard, dashboard, said


def test_no_title_is_blamed():
    bad = dashboard()
    bad["panels"][0]["title"] = ""
    [one] = said(blame_dashboard(bad), "panel/title")
    assert "has no title" in one


def test_a_text_needs_none():
    good = dashboard()
    good["panels"][0] = {"id": 1, "type": "text", "gridPos": {"x": 0, "y": 0, "w": 8, "h": 8}}
    assert said(blame_dashboard(good), "panel/title") == []
