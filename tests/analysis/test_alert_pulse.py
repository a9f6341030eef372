from codesentinel.analysis.alerts.firing import alert_findings
from codesentinel.analysis.alerts.pulse import silence_findings
from codesentinel.model.finding import Severity
from codesentinel.model.target import ActiveAlert

NOW = 1_800_000_000.0


def test_a_watchdog_that_came_lately_is_no_finding():
    assert silence_findings(NOW - 70, NOW - 9000, NOW) == []


def test_a_stack_that_is_young_has_time_until_its_first_beat():
    assert silence_findings(None, NOW - 200, NOW) == []
    assert silence_findings(NOW - 90_000, NOW - 200, NOW) == []


def test_silence_is_a_page_that_says_how_long_it_lasts():
    for last in (NOW - 400, None):
        [finding] = silence_findings(last, NOW - 400 if last is None else NOW - 9000, NOW)
        assert finding.severity is Severity.P1
        assert finding.kind == "alerts-silent"
        assert "has not come for 6m 40s" in finding.summary
        assert finding.action == "follow docs/runbooks/Watchdog.md"


def test_the_watchdog_itself_is_no_finding():
    watchdog = ActiveAlert({"alertname": "Watchdog", "severity": "info"}, {}, "firing", None)
    other = ActiveAlert({"alertname": "TargetDown", "severity": "P1"}, {}, "firing", None)
    assert [finding.kind for finding in alert_findings([watchdog, other], [])] == ["alert.TargetDown"]
