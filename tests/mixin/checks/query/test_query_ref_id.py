from check_samples import blame_dashboard, dashboard, said, target


def test_no_refid_is_blamed():
    bad = dashboard()
    del bad["panels"][0]["targets"][0]["refId"]
    [one] = said(blame_dashboard(bad), "query/ref-id")
    assert "has a query without a refId" in one


def test_a_refid_that_is_taken_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"].append(target("up"))
    [one] = said(blame_dashboard(bad), "query/ref-id")
    assert "has two queries of the refId 'A'" in one


def test_another_panel_may_have_the_same():
    good = dashboard()
    good["panels"][0]["targets"].append(target("up", ref_id="B"))
    assert said(blame_dashboard(good), "query/ref-id") == []
