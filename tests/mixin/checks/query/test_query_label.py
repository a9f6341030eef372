from check_samples import blame_dashboard, dashboard, said


def test_a_label_that_no_series_has_is_blamed():
    bad = dashboard()
    bad["panels"] = bad["panels"][:1]
    bad["panels"][0]["targets"][0]["expr"] = 'sum by (service) (up{sevice="cart"})'
    [one] = said(blame_dashboard(bad, known_labels="service job"), "query/label")
    assert "query A names the label 'sevice', which no series has" in one


def test_a_grouping_by_such_a_label_is_blamed():
    bad = dashboard()
    bad["panels"] = bad["panels"][:1]
    bad["panels"][0]["targets"][0]["expr"] = "sum by (sevice) (up)"
    bad["templating"]["list"] = []
    bad["annotations"]["list"] = []
    [one] = said(blame_dashboard(bad, known_labels="service"), "query/label")
    assert "names the label 'sevice'" in one


def test_a_join_by_such_a_label_is_blamed():
    bad = dashboard()
    bad["panels"] = bad["panels"][:1]
    bad["panels"][0]["targets"][0]["expr"] = "up * on (service) group_left (virsion) build_info"
    [one] = said(blame_dashboard(bad, known_labels="service"), "query/label")
    assert "names the label 'virsion'" in one


def test_what_the_query_makes_itself_is_fine():
    good = dashboard()
    good["panels"] = good["panels"][:1]
    good["panels"][0]["targets"][0]["expr"] = (
        'sum by (host) (label_replace(up, "host", "$1", "service", "(.*)"))'
    )
    assert said(blame_dashboard(good, known_labels="service"), "query/label") == []


def test_a_label_that_is_dropped_need_not_exist():
    good = dashboard()
    good["panels"] = good["panels"][:1]
    good["panels"][0]["targets"][0]["expr"] = "sum without (reason) (up) / ignoring (cause) up"
    assert said(blame_dashboard(good, known_labels="service"), "query/label") == []


def test_a_label_that_must_be_absent_need_not_exist():
    good = dashboard()
    good["panels"] = good["panels"][:1]
    good["panels"][0]["targets"][0]["expr"] = 'up{shard=""}'
    assert said(blame_dashboard(good, known_labels="service"), "query/label") == []


def test_a_server_that_does_not_tell_its_labels_is_no_judge():
    good = dashboard()
    good["panels"][0]["targets"][0]["expr"] = 'up{sevice="cart"}'
    assert said(blame_dashboard(good), "query/label") == []
