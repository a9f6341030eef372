from check_samples import blame_routing, routing, said


def test_a_receiver_that_nothing_reaches_is_blamed():
    bad = routing()
    bad["receivers"].append({"name": "old"})
    [one] = said(blame_routing(bad), "routes/unused-receiver")
    assert "defines 'old', to which no route leads" in one
