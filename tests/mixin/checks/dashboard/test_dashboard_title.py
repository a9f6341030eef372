from check_samples import blame, blame_dashboard, dashboard, said


def test_an_empty_title_is_blamed():
    bad = dashboard()
    bad["title"] = " "
    [one] = said(blame_dashboard(bad), "dashboard/title")
    assert "has no title" in one


def test_a_title_that_another_file_of_the_folder_has_is_blamed():
    found = blame(dashboards={"a/shop.json": dashboard(), "a/other.json": dashboard() | {"uid": "other"}})
    assert said(found, "dashboard/title") == [
        "title: has the title 'Shop' of a/shop.json",
        "title: has the title 'Shop' of a/other.json",
    ]


def test_another_folder_may_have_the_same_title():
    assert (
        blame(dashboards={"a/shop.json": dashboard(), "b/other.json": dashboard() | {"uid": "other"}}) == []
    )
