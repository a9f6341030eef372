from check_samples import blame_dashboard, dashboard, said
from codesentinel.model.facts import Answer


def test_a_query_that_gives_nothing_is_blamed_as_it_was_asked():
    bad = dashboard()
    bad["panels"] = bad["panels"][:1]
    [one] = said(blame_dashboard(bad, answer=Answer()), "query/empty")
    assert 'query A gives nothing: sum by (service) (rate(http_requests_total{service=~".*"}[135s]))' in one


def test_a_query_that_the_server_refuses_is_not_called_empty():
    good = dashboard()
    good["panels"] = good["panels"][:1]
    assert said(blame_dashboard(good, answer=Answer(error="no")), "query/empty") == []
