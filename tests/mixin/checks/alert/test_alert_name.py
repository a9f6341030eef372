from check_samples import blame_rules, rules, said


def test_a_name_that_is_not_camelcase_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["alert"] = "shop_gone"
    [one] = said(blame_rules(bad), "alert/name")
    assert "has a name that is not CamelCase" in one
