from check_samples import blame_rules, rules, said


def test_a_recording_that_is_read_too_soon_is_blamed():
    bad = rules()
    bad["groups"][0]["rules"].reverse()
    one, two = said(blame_rules(bad), "rule/order")
    assert "reads service:http_requests:rate5m, which is recorded further down" in one
    assert "reads service" in two
