from check_samples import blame_rules, rules, said


def test_no_description_is_blamed():
    bad = rules()
    del bad["groups"][0]["rules"][3]["annotations"]["description"]
    [one] = said(blame_rules(bad), "alert/description")
    assert "has no description" in one


def test_a_message_is_one():
    good = rules()
    good["groups"][0]["rules"][3]["annotations"]["message"] = good["groups"][0]["rules"][3][
        "annotations"
    ].pop("description")
    assert said(blame_rules(good), "alert/description") == []
