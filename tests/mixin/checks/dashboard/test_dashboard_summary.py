from check_samples import blame_dashboard, dashboard, panel, said, target


def test_six_graphs_before_the_first_number_are_blamed():
    bad = dashboard()
    bad["panels"] = [panel(n, "timeseries", "T", 0, [target("up")]) for n in range(1, 8)]
    [one] = said(blame_dashboard(bad), "dashboard/summary")
    assert "begins with 6 graphs" in one


def test_the_order_on_the_screen_counts_and_not_that_in_the_file():
    good = dashboard()
    good["panels"] = [panel(n, "timeseries", "T", 0, [target("up")]) for n in range(2, 8)] + [
        panel(1, "stat", "S", 0, [target("up")])
    ]
    [p["gridPos"].update(y=0 if p["type"] == "stat" else 9) for p in good["panels"]]
    assert said(blame_dashboard(good), "dashboard/summary") == []
