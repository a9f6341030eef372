from check_samples import blame_rules, rules, said


def test_an_alert_of_nobody_is_blamed():
    bad = rules()
    del bad["groups"][0]["rules"][3]["labels"]["team"]
    [one] = said(blame_rules(bad), "alert/owner")
    assert "has neither team nor owner" in one


def test_an_annotation_is_enough():
    good = rules()
    del good["groups"][0]["rules"][3]["labels"]["team"]
    good["groups"][0]["rules"][3]["annotations"]["owner"] = "shop"
    assert said(blame_rules(good), "alert/owner") == []
