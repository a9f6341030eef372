from check_samples import blame_dashboard, dashboard, said
from codesentinel.model.facts import Answer


def test_nothing_but_nan_is_blamed():
    bad = dashboard()
    bad["panels"] = bad["panels"][:1]
    [one] = said(blame_dashboard(bad, answer=Answer("", 1, 10, 0, frozenset(("service",)))), "query/nan")
    assert "query A gives NaN alone" in one


def test_one_number_is_enough():
    good = dashboard()
    good["panels"] = good["panels"][:1]
    assert (
        said(blame_dashboard(good, answer=Answer("", 1, 10, 1, frozenset(("service",)))), "query/nan") == []
    )
