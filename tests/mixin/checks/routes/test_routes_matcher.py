from check_samples import blame_routing, routing, said


def test_a_pattern_that_is_none_is_blamed():
    bad = routing()
    bad["route"]["routes"][0]["matchers"] = ['severity=~"P1("']
    [one] = said(blame_routing(bad), "routes/matcher")
    assert "matches severity by 'P1(', which is no pattern" in one
