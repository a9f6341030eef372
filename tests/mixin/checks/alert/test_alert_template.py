from check_samples import blame_rules, rules, said


def test_braces_that_are_not_closed_are_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["annotations"]["description"] = "{{ $labels.job }"
    [one] = said(blame_rules(bad), "alert/template")
    assert "description has braces that are not closed" in one


def test_a_misspelt_variable_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["annotations"]["description"] = "{{ $label.job }}"
    [one] = said(blame_rules(bad), "alert/template")
    assert "description uses $label, which is not defined" in one


def test_a_missing_end_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["annotations"]["description"] = "{{ if $value }}x"
    [one] = said(blame_rules(bad), "alert/template")
    assert "description lacks an 'end'" in one


def test_an_end_too_many_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["annotations"]["description"] = "x{{ end }}"
    [one] = said(blame_rules(bad), "alert/template")
    assert "has an 'end' too many" in one


def test_a_variable_that_is_declared_is_fine():
    good = rules()
    good["groups"][0]["rules"][3]["annotations"]["description"] = (
        '{{ range $i, $v := query "up" }}{{ $i }}{{ $v.Value }}{{ end }}'
    )
    assert said(blame_rules(good), "alert/template") == []
