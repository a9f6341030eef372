from check_samples import blame_dashboard, dashboard, said
from codesentinel.mixin.checks.base import Wishes
from codesentinel.model.facts import Answer


def test_a_query_that_takes_longer_than_a_second_is_blamed():
    bad = dashboard()
    bad["panels"] = bad["panels"][:1]
    [one] = said(
        blame_dashboard(bad, answer=Answer("", 1, 10, 10, frozenset(("service",)), 1.5)), "query/slow"
    )
    assert "query A took 1.5 s" in one


def test_one_may_wish_for_more_patience():
    good = dashboard()
    good["panels"] = good["panels"][:1]
    assert (
        said(
            blame_dashboard(
                good,
                answer=Answer("", 1, 10, 10, frozenset(("service",)), 1.5),
                wishes=Wishes(slow_seconds=2),
            ),
            "query/slow",
        )
        == []
    )
