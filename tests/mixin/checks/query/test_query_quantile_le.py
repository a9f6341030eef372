from check_samples import blame_dashboard, dashboard, said, target


def test_a_quantile_of_series_without_bounds_is_blamed():
    bad = dashboard()
    bad["panels"][1]["targets"][0] = target(
        "histogram_quantile(0.9, sum by (service) (rate(x_bucket[$__rate_interval])))"
    )
    [one] = said(blame_dashboard(bad), "query/quantile-le")
    assert "which has no label 'le' any more" in one
