from check_samples import VALUES, blame_dashboard, dashboard, said


def test_a_variable_without_values_is_blamed():
    bad = dashboard()
    bad["title"] = "Shop"
    [one] = said(blame_dashboard(bad, values=VALUES | {"service": ()}), "variable/resolved")
    assert "templating.list[2].query: has no value" in one
