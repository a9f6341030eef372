from check_samples import blame_routing, routing, said


def test_an_inhibition_of_an_alert_that_no_longer_exists_is_blamed():
    bad = routing()
    bad["inhibit_rules"][0]["source_matchers"][1] = 'alertname="ShopErrorHigh"'
    [one] = said(blame_routing(bad), "routes/alert-name")
    assert "asks for the alert 'ShopErrorHigh', which no rule raises" in one


def test_each_of_several_names_is_looked_at():
    bad = routing()
    bad["inhibit_rules"][0]["source_matchers"][1] = 'alertname=~"ShopErrorsHigh|ShopClosed"'
    [one] = said(blame_routing(bad), "routes/alert-name")
    assert "asks for the alert 'ShopClosed'" in one


def test_a_pattern_is_tried():
    good = routing()
    good["inhibit_rules"][0]["source_matchers"][1] = 'alertname=~"Shop.*"'
    assert said(blame_routing(good), "routes/alert-name") == []


def test_the_older_spelling_is_read():
    bad = routing()
    bad["route"]["routes"][0]["match"] = {"alertname": "Gone"}
    [one] = said(blame_routing(bad), "routes/alert-name")
    assert "asks for the alert 'Gone'" in one
