from check_samples import blame_routing, routing, said


def test_a_receiver_that_does_not_exist_is_blamed():
    bad = routing()
    bad["route"]["routes"][0]["receiver"] = "pagerduty"
    [one] = said(blame_routing(bad), "routes/receiver")
    assert "leads to 'pagerduty', which is no receiver" in one


def test_no_receiver_is_blamed():
    bad = routing()
    del bad["route"]["receiver"]
    [one] = said(blame_routing(bad), "routes/receiver")
    assert "leads to no receiver" in one


def test_a_route_without_one_takes_its_parent_s():
    good = routing()
    del good["route"]["routes"][0]["receiver"]
    assert said(blame_routing(good), "routes/receiver") == []
