from codesentinel.mixin.checks.suppressions import empty_panels
from codesentinel.model.problem import Level, Problem

LISTED = """\
codesentinel-shop:
  - {panel: 3, title: Refunds, reason: nobody asked for one yet}
  - {panel: 4, title: No reason}
codesentinel-other:
  - {panel: 3, title: Refunds, reason: another page}
variables:
  codesentinel-shop:
    - {variable: customer, reason: nobody bought anything yet}
"""


def problem(check, subject):
    return Problem(check, Level.ERROR, "dashboards/shop.json", 1, "", subject, "", "")


def test_listed_panels_and_variables_are_accepted_and_nothing_else():
    listed = empty_panels(LISTED, {"codesentinel-shop": "dashboards/shop.json"})

    def reasons(check, subject):
        return {one.reason for one in listed if one.fits(problem(check, subject))}

    assert reasons("query/empty", "panel 'Refunds'") == {"nobody asked for one yet"}
    assert reasons("query/empty", "panel 'No reason'") == set()
    assert reasons("panel/unit", "panel 'Refunds'") == set()
    assert reasons("variable/resolved", "variable 'customer'") == {"nobody bought anything yet"}
    assert reasons("variable/resolved", "variable 'region'") == set()
