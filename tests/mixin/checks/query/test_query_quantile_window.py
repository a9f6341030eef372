from check_samples import blame_dashboard, dashboard, said, target


def test_a_quantile_of_all_there_ever_was_is_blamed():
    bad = dashboard()
    bad["panels"][1]["targets"][0] = target("histogram_quantile(0.9, sum by (service, le) (x_bucket))")
    [one] = said(blame_dashboard(bad), "query/quantile-window")
    assert "not of a window" in one


def test_a_quantile_of_a_recording_is_fine():
    good = dashboard()
    good["panels"][1]["targets"][0] = target(
        "histogram_quantile(0.9, sum by (service, le) (service:x_bucket:rate5m))"
    )
    assert said(blame_dashboard(good), "query/quantile-window") == []
