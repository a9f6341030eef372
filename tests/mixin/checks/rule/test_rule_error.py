from check_samples import blame_rules, rules, said
from codesentinel.model.facts import Answer


def test_an_expression_that_the_server_refuses_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"] = bad["groups"][0]["rules"][:1]
    [one] = said(blame_rules(bad, answer=Answer(error="many-to-many matching not allowed")), "rule/error")
    assert "many-to-many matching not allowed" in one


def test_one_that_gives_nothing_is_fine():
    good = rules()
    good["groups"][0]["rules"] = good["groups"][0]["rules"][:1]
    assert said(blame_rules(good, answer=Answer()), "rule/error") == []
