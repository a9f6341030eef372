from check_samples import blame_dashboard, dashboard, said


def test_no_uid_is_blamed():
    bad = dashboard()
    del bad["uid"]
    [one] = said(blame_dashboard(bad), "dashboard/uid")
    assert "has no uid" in one


def test_a_uid_with_a_blank_is_blamed():
    bad = dashboard()
    bad["uid"] = "my shop"
    [one] = said(blame_dashboard(bad), "dashboard/uid")
    assert "has the uid 'my shop', which Grafana does not take" in one


def test_a_uid_of_41_characters_is_blamed():
    bad = dashboard()
    bad["uid"] = "x" * 41
    [one] = said(blame_dashboard(bad), "dashboard/uid")
    assert "which Grafana does not take" in one


def test_a_uid_of_40_characters_is_fine():
    good = dashboard()
    good["uid"] = "x" * 40
    assert said(blame_dashboard(good), "dashboard/uid") == []
