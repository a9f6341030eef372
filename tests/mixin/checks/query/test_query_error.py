from check_samples import blame_dashboard, dashboard, said
from codesentinel.model.facts import Answer


def test_a_query_that_the_server_refuses_is_blamed():
    bad = dashboard()
    bad["panels"] = bad["panels"][:1]
    [one] = said(
        blame_dashboard(bad, answer=Answer(error="many-to-many matching not allowed")), "query/error"
    )
    assert "query A: many-to-many matching not allowed (asked: sum by (service)" in one
