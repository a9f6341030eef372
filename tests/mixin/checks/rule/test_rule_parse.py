from check_samples import blame_rules, rules, said


def test_an_expression_that_does_not_parse_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][0]["expr"] = "sum(rate(x[5m])"
    [one] = said(blame_rules(bad), "rule/parse")
    assert "unclosed left parenthesis" in one
