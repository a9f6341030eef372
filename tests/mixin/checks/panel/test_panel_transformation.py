from check_samples import blame_dashboard, dashboard, said


def test_an_unknown_transformation_is_blamed():
    bad = dashboard()
    bad["panels"][0]["transformations"] = [{"id": "organise", "options": {}}]
    [one] = said(blame_dashboard(bad), "panel/transformation")
    assert "has the transformation 'organise'" in one


def test_a_known_one_is_fine():
    good = dashboard()
    good["panels"][0]["transformations"] = [{"id": "organize", "options": {}}]
    assert said(blame_dashboard(good), "panel/transformation") == []
