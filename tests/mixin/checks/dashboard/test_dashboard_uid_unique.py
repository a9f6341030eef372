from check_samples import blame, dashboard, said


def test_each_of_two_files_with_one_uid_is_blamed():
    other = dashboard() | {"title": "Another shop"}
    found = blame(dashboards={"a/shop.json": dashboard(), "b/other.json": other})
    assert said(found, "dashboard/uid-unique") == [
        "uid: has the uid 'shop' of b/other.json",
        "uid: has the uid 'shop' of a/shop.json",
    ]


def test_dashboards_of_different_uids_are_fine():
    other = dashboard() | {"title": "Another shop", "uid": "other"}
    assert blame(dashboards={"a/shop.json": dashboard(), "b/other.json": other}) == []
