from check_samples import blame_dashboard, dashboard, said, target


def test_a_label_that_the_sum_drops_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["legendFormat"] = "{{instance}}"
    [one] = said(blame_dashboard(bad), "query/legend-label")
    assert "query A has no label 'instance' to name" in one


def test_the_bound_of_a_quantile_is_gone():
    bad = dashboard()
    bad["panels"][1]["targets"][0]["legendFormat"] = "{{ le }}"
    [one] = said(blame_dashboard(bad), "query/legend-label")
    assert "query A has no label 'le' to name" in one


def test_a_label_that_is_made_is_fine():
    good = dashboard()
    good["panels"][0]["targets"][0] = target('label_replace(sum by (a) (x), "b", "$1", "a", "(.*)")', "{{b}}")
    assert said(blame_dashboard(good), "query/legend-label") == []


def test_a_label_that_is_joined_is_fine():
    good = dashboard()
    good["panels"][0]["targets"][0] = target("sum by (a) (x) * on (a) group_left (b) y", "{{b}}")
    assert said(blame_dashboard(good), "query/legend-label") == []


def test_a_label_of_either_side_of_or_is_fine():
    good = dashboard()
    good["panels"][0]["targets"][0] = target("sum by (a) (x) or sum by (b) (x)", "{{b}}")
    assert said(blame_dashboard(good), "query/legend-label") == []


def test_the_labels_of_a_grouping_by_variable_are_not_known():
    good = dashboard()
    good["panels"][0]["targets"][0] = target("sum by ($service) (x)", "{{whatever}}")
    assert said(blame_dashboard(good), "query/legend-label") == []


def test_what_without_removes_is_gone():
    bad = dashboard()
    bad["panels"][0]["targets"][0] = target("sum without (instance) (x)", "{{instance}}")
    [one] = said(blame_dashboard(bad), "query/legend-label")
    assert "has no label 'instance'" in one


def test_what_on_leaves_out_is_gone():
    bad = dashboard()
    bad["panels"][0]["targets"][0] = target("x / on (a) y", "{{b}}")
    [one] = said(blame_dashboard(bad), "query/legend-label")
    assert "has no label 'b'" in one
