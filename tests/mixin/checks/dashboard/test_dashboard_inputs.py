from check_samples import blame_dashboard, dashboard, said


def test_inputs_of_an_export_for_sharing_are_blamed():
    bad = dashboard()
    bad["__inputs"] = [{"name": "DS_PROMETHEUS"}]
    [one] = said(blame_dashboard(bad), "dashboard/inputs")
    assert "has __inputs" in one


def test_a_reference_to_an_input_is_blamed():
    bad = dashboard()
    bad["panels"][0]["datasource"] = {"type": "prometheus", "uid": "${DS_PROMETHEUS}"}
    [one] = said(blame_dashboard(bad), "dashboard/inputs")
    assert "refers to the input ${DS_PROMETHEUS}" in one


def test_a_variable_of_such_a_name_is_fine():
    good = dashboard()
    good["templating"]["list"][0]["name"] = "DS_PROMETHEUS"
    good["panels"][0]["datasource"]["uid"] = "${DS_PROMETHEUS}"
    assert said(blame_dashboard(good), "dashboard/inputs") == []
