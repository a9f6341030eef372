from check_samples import blame_rules, rules, said


def test_a_recording_that_stands_twice_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"].append(bad["groups"][0]["rules"][0])
    [one] = said(blame_rules(bad), "rule/duplicate")
    assert "has the name and the labels of shop.yml groups[0].rules[0]" in one


def test_an_alert_of_the_same_name_and_labels_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][2]["labels"] = {"severity": "P1", "team": "shop"}
    [one] = said(blame_rules(bad), "rule/duplicate")
    assert "groups[0].rules[2]: has the name and the labels of" in one
