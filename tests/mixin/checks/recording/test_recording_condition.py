from check_samples import blame_rules, rules, said


def test_a_recording_that_compares_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][0]["expr"] = "sum by (service) (up) > 1"
    [one] = said(blame_rules(bad), "recording/condition")
    assert "records only the values for which its comparison holds" in one


def test_a_comparison_to_0_or_1_is_fine():
    good = rules()
    good["groups"][0]["rules"][0]["expr"] = "sum by (service) (up) > bool 1"
    assert said(blame_rules(good), "recording/condition") == []
