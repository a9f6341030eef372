from check_samples import blame_routing, routing, said


def test_an_inhibition_without_equal_labels_is_blamed():
    bad = routing()
    bad["inhibit_rules"][0]["equal"] = []
    [one] = said(blame_routing(bad), "routes/inhibition")
    assert "silences its targets wherever its source fires" in one
