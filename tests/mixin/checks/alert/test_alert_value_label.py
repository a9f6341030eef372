from check_samples import blame_rules, rules, said


def test_a_value_in_a_label_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["labels"]["value"] = "{{ $value }}"
    [one] = said(blame_rules(bad), "alert/value-label")
    assert "has the value in the label 'value'" in one


def test_the_older_spelling_is_read():
    bad = rules()
    bad["groups"][0]["rules"][3]["labels"]["value"] = "{{ .Value | humanize }}"
    [one] = said(blame_rules(bad), "alert/value-label")
    assert "has the value in the label 'value'" in one


def test_another_label_in_a_label_is_fine():
    good = rules()
    good["groups"][0]["rules"][3]["labels"]["where"] = "{{ $labels.job }}"
    assert said(blame_rules(good), "alert/value-label") == []
