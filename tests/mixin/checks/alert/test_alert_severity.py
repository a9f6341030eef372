from check_samples import blame_rules, rules, said
from codesentinel.mixin.checks.base import Wishes


def test_no_severity_is_blamed():
    bad = rules()
    del bad["groups"][0]["rules"][3]["labels"]["severity"]
    [one] = said(blame_rules(bad), "alert/severity")
    assert "has no severity: none of P1, P2" in one


def test_another_severity_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"][3]["labels"]["severity"] = "critical"
    [one] = said(blame_rules(bad), "alert/severity")
    assert "has the severity 'critical': none of P1, P2" in one


def test_others_may_have_agreed_on_others():
    good = rules()
    good["groups"][0]["rules"] = good["groups"][0]["rules"][3:]
    good["groups"][0]["rules"][0]["labels"]["severity"] = "critical"
    assert said(blame_rules(good, wishes=Wishes(("critical", "warning"))), "alert/severity") == []
