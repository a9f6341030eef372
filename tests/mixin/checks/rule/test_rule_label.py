from check_samples import blame_rules, rules, said


def test_a_label_that_no_series_has_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["expr"] = 'absent(up{jobb="shop"})'
    [one] = said(blame_rules(bad, known_labels="service job"), "rule/label")
    assert "names the label 'jobb', which no series has" in one


def test_a_server_that_does_not_tell_its_labels_is_no_judge():
    good = rules()
    good["groups"][0]["rules"][3]["expr"] = 'absent(up{jobb="shop"})'
    assert said(blame_rules(good), "rule/label") == []
