from check_samples import blame_dashboard, dashboard, said


def test_no_tags_are_blamed():
    bad = dashboard()
    bad["tags"] = []
    [one] = said(blame_dashboard(bad), "dashboard/tags")
    assert "has no tags" in one


def test_empty_tags_are_none():
    bad = dashboard()
    bad["tags"] = ["", " "]
    [one] = said(blame_dashboard(bad), "dashboard/tags")
    assert "has no tags" in one
