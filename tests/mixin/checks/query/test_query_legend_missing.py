from check_samples import blame_dashboard, dashboard, said, target


def test_a_label_that_no_series_has_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0] = target("process_resident_memory_bytes", "{{pod}}")
    [one] = said(blame_dashboard(bad), "query/legend-missing")
    assert "no series of the result has the label 'pod'" in one
