from check_samples import blame_dashboard, dashboard, said


def test_a_query_that_refers_to_nothing_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = 'up{instance=~"$instance"}'
    [one] = said(blame_dashboard(bad), "variable/defined")
    assert "refers to $instance, which is not defined" in one


def test_braces_with_a_format_are_read():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = 'up{instance=~"${instance:regex}"}'
    [one] = said(blame_dashboard(bad), "variable/defined")
    assert "refers to $instance" in one


def test_double_brackets_are_read():
    bad = dashboard()
    bad["panels"][0]["title"] = "Requests of [[instance]]"
    [one] = said(blame_dashboard(bad), "variable/defined")
    assert "panels[0].title: refers to $instance" in one


def test_what_grafana_defines_itself_is_fine():
    good = dashboard()
    good["panels"][0]["title"] = "In the last ${__range} of $__interval"
    assert said(blame_dashboard(good), "variable/defined") == []


def test_groups_of_a_pattern_are_no_variables():
    good = dashboard()
    good["panels"][0]["targets"][0]["expr"] = 'label_replace(up, "host", "$1", "instance", "(.*):.*")'
    assert said(blame_dashboard(good), "variable/defined") == []
