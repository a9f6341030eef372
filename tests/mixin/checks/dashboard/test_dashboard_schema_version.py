from check_samples import blame_dashboard, dashboard, said


def test_no_version_is_blamed():
    bad = dashboard()
    del bad["schemaVersion"]
    [one] = said(blame_dashboard(bad), "dashboard/schema-version")
    assert "has no schemaVersion" in one


def test_a_version_that_no_panel_of_today_was_written_for_is_blamed():
    bad = dashboard()
    bad["schemaVersion"] = 12
    [one] = said(blame_dashboard(bad), "dashboard/schema-version")
    assert "has schemaVersion 12" in one


def test_a_version_newer_than_the_classic_model_is_blamed():
    bad = dashboard()
    bad["schemaVersion"] = 43
    [one] = said(blame_dashboard(bad), "dashboard/schema-version")
    assert "has schemaVersion 43" in one


def test_the_newest_version_of_the_classic_model_is_fine():
    good = dashboard()
    good["schemaVersion"] = 42
    assert said(blame_dashboard(good), "dashboard/schema-version") == []


def test_true_is_no_version():
    bad = dashboard()
    bad["schemaVersion"] = True
    [one] = said(blame_dashboard(bad), "dashboard/schema-version")
    assert "has no schemaVersion" in one
