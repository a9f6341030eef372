from check_samples import blame_rules, rules, said


def test_a_label_that_the_sum_drops_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][1]["expr"] = "sum by (service) (up) > 1"
    bad["groups"][0]["rules"][1]["annotations"]["description"] = "{{ $labels.instance }}"
    [one] = said(blame_rules(bad), "alert/template-label")
    assert "description names the label 'instance', which is not kept" in one


def test_what_absence_cannot_know_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["annotations"]["description"] = "{{ $labels.instance }}"
    [one] = said(blame_rules(bad), "alert/template-label")
    assert "names the label 'instance'" in one


def test_a_label_that_the_rule_adds_is_fine():
    good = rules()
    good["groups"][0]["rules"][3]["annotations"]["description"] = "{{ $labels.team }}"
    assert said(blame_rules(good), "alert/template-label") == []


def test_an_index_is_read():
    bad = rules()
    bad["groups"][0]["rules"][3]["annotations"]["description"] = '{{ index $labels "pod" }}'
    [one] = said(blame_rules(bad), "alert/template-label")
    assert "names the label 'pod'" in one
