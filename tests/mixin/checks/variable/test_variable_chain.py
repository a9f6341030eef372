from check_samples import blame_dashboard, dashboard, said


def test_a_variable_that_refers_to_a_later_one_is_blamed():
    bad = dashboard()
    bad["templating"]["list"].reverse()
    bad["templating"]["list"][1], bad["templating"]["list"][2] = (
        bad["templating"]["list"][2],
        bad["templating"]["list"][1],
    )
    [one] = said(blame_dashboard(bad), "variable/chain")
    assert "refers to $environment, which comes after it" in one


def test_a_variable_that_refers_to_itself_is_blamed():
    bad = dashboard()
    bad["templating"]["list"][1]["query"] = 'label_values(up{environment=~"$environment"}, environment)'
    [one] = said(blame_dashboard(bad), "variable/chain")
    assert "refers to itself" in one
