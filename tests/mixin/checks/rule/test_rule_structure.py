from check_samples import blame_rules, rules, said


def test_an_unknown_key_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][1]["severity"] = "P1"
    [one] = said(blame_rules(bad), "rule/structure")
    assert "has the unknown key 'severity'" in one


def test_an_unknown_key_of_a_group_is_blamed():
    bad = rules()
    bad["groups"][0]["every"] = "1m"
    [one] = said(blame_rules(bad), "rule/structure")
    assert "has the unknown key 'every'" in one


def test_a_rule_that_is_neither_is_blamed():
    bad = rules()
    del bad["groups"][0]["rules"][0]["record"]
    [one] = said(blame_rules(bad), "rule/structure")
    assert "is neither one alert nor one recording" in one


def test_a_rule_that_is_both_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][0]["alert"] = "Both"
    [one] = said(blame_rules(bad), "rule/structure")
    assert "is neither one alert nor one recording" in one


def test_no_expression_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][0]["expr"] = ""
    [one] = said(blame_rules(bad), "rule/structure")
    assert "has no expr" in one


def test_a_number_is_an_expression():
    good = rules()
    good["groups"][0]["rules"][0]["expr"] = 1
    assert said(blame_rules(good), "rule/structure") == []


def test_two_groups_of_one_name_are_blamed():
    bad = rules()
    bad["groups"].append({"name": "shop", "rules": []})
    [one] = said(blame_rules(bad), "rule/structure")
    assert "has two groups of the name 'shop'" in one


def test_a_recording_that_waits_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][0]["for"] = "5m"
    [one] = said(blame_rules(bad), "rule/structure")
    assert "has 'for', which only alerts have" in one


def test_a_label_that_is_none_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][0]["labels"] = {"my-label": "a"}
    [one] = said(blame_rules(bad), "rule/structure")
    assert "has the name 'my-label' in its labels" in one


def test_a_group_without_a_name_is_blamed():
    bad = rules()
    del bad["groups"][0]["name"]
    [one] = said(blame_rules(bad), "rule/structure")
    assert "has a group without a name" in one


def test_groups_that_are_no_list_are_blamed():
    bad = rules()
    bad["groups"] = {"name": "shop"}
    [one] = said(blame_rules(bad), "rule/structure")
    assert "is no list of groups" in one
