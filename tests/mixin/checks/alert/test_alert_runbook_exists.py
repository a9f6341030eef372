from check_samples import blame_rules, rules, said


def test_a_page_that_is_not_there_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["annotations"]["runbook_url"] = "docs/runbooks/ShopGone.md"
    [one] = said(blame_rules(bad), "alert/runbook-exists")
    assert "leads to docs/runbooks/ShopGone.md, which does not exist" in one


def test_a_place_in_a_page_is_fine():
    good = rules()
    good["groups"][0]["rules"][3]["annotations"]["runbook_url"] = "docs/runbooks/ShopErrorsHigh.md#gone"
    assert said(blame_rules(good), "alert/runbook-exists") == []
