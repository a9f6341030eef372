from check_samples import blame_rules, rules, said


def test_a_severity_without_a_route_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["labels"]["severity"] = "P3"
    [one] = said(blame_rules(bad), "alert/routed")
    assert "has the severity 'P3', for which alertmanager.yml has no route" in one


def test_no_severity_has_no_route():
    bad = rules()
    del bad["groups"][0]["rules"][3]["labels"]["severity"]
    [one] = said(blame_rules(bad), "alert/routed")
    assert "has the severity '', for which" in one
