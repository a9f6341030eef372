from check_samples import blame_rules, rules, said


def test_no_summary_is_blamed():
    bad = rules()
    del bad["groups"][0]["rules"][3]["annotations"]["summary"]
    [one] = said(blame_rules(bad), "alert/summary")
    assert "has no summary" in one


def test_a_summary_that_differs_by_instance_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["annotations"]["summary"] = "{{ $labels.job }} is gone"
    [one] = said(blame_rules(bad), "alert/summary")
    assert "differs by instance" in one


def test_a_summary_of_121_characters_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["annotations"]["summary"] = "x" * 121
    [one] = said(blame_rules(bad), "alert/summary")
    assert "has a summary of 121 characters" in one
