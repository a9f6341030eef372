from check_samples import blame_rules, rules, said


def test_no_runbook_is_blamed():
    bad = rules()
    del bad["groups"][0]["rules"][3]["annotations"]["runbook_url"]
    [one] = said(blame_rules(bad), "alert/runbook")
    assert "has no runbook_url" in one
