from check_samples import blame_rules, rules, said


def test_a_recording_that_nobody_records_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][1]["expr"] = "service:http_request:rate5m > 10"
    [one] = said(blame_rules(bad), "rule/recorded")
    assert "reads service:http_request:rate5m, which no rule here records" in one


def test_a_recording_that_the_server_knows_is_fine():
    good = rules()
    good["groups"][0]["rules"][1]["expr"] = "service:other:rate5m > 10"
    assert said(blame_rules(good, metrics="service:other:rate5m"), "rule/recorded") == []
