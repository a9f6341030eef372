from check_samples import blame_dashboard, dashboard, said, variable


def test_a_variable_that_nobody_uses_is_blamed():
    bad = dashboard()
    bad["templating"]["list"].append(variable("host", "label_values(up, host)"))
    [one] = said(blame_dashboard(bad), "variable/used")
    assert "templating.list[3]: is not used: $host stands nowhere" in one


def test_an_ad_hoc_filter_needs_no_use():
    good = dashboard()
    good["templating"]["list"].append(
        {"name": "filters", "type": "adhoc", "datasource": {"type": "prometheus", "uid": "$datasource"}}
    )
    assert said(blame_dashboard(good), "variable/used") == []


def test_repeating_is_a_use():
    good = dashboard()
    good["templating"]["list"].append(variable("host", "label_values(up, host)"))
    good["panels"][0]["repeat"] = "host"
    assert said(blame_dashboard(good), "variable/used") == []
