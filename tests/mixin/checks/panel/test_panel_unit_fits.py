from check_samples import blame_dashboard, dashboard, said


def test_seconds_as_milliseconds_are_blamed():
    bad = dashboard()
    bad["panels"][1]["fieldConfig"]["defaults"]["unit"] = "ms"
    [one] = said(blame_dashboard(bad), "panel/unit-fits")
    assert "shows seconds in the unit 'ms' (query A)" in one


def test_bytes_as_seconds_are_blamed():
    bad = dashboard()
    bad["panels"][3]["panels"][0]["fieldConfig"]["defaults"]["unit"] = "s"
    [one] = said(blame_dashboard(bad), "panel/unit-fits")
    assert "shows bytes in the unit 's'" in one


def test_bytes_a_second_as_bytes_are_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = "sum(rate(node_network_receive_bytes_total[$__rate_interval]))"
    bad["panels"][0]["fieldConfig"]["defaults"]["unit"] = "bytes"
    [one] = said(blame_dashboard(bad), "panel/unit-fits")
    assert "shows bytes per second in the unit 'bytes'" in one


def test_a_moment_in_seconds_as_a_date_is_blamed():
    bad = dashboard()
    bad["panels"][0]["targets"][0]["expr"] = "max(process_start_time_seconds)"
    bad["panels"][0]["fieldConfig"]["defaults"]["unit"] = "dateTimeFromNow"
    [one] = said(blame_dashboard(bad), "panel/unit-fits")
    assert "shows moment in seconds in the unit 'dateTimeFromNow'" in one


def test_a_moment_in_milliseconds_as_a_date_is_fine():
    good = dashboard()
    good["panels"][0]["targets"][0]["expr"] = "max(process_start_time_seconds) * 1000"
    good["panels"][0]["fieldConfig"]["defaults"]["unit"] = "dateTimeFromNow"
    assert said(blame_dashboard(good), "panel/unit-fits") == []


def test_an_age_in_seconds_is_fine():
    good = dashboard()
    good["panels"][0]["targets"][0]["expr"] = "time() - max(process_start_time_seconds)"
    good["panels"][0]["fieldConfig"]["defaults"]["unit"] = "s"
    assert said(blame_dashboard(good), "panel/unit-fits") == []


def test_a_quotient_is_not_judged():
    good = dashboard()
    good["panels"][0]["targets"][0]["expr"] = (
        "process_resident_memory_bytes / on () group_left machine_memory_bytes"
    )
    good["panels"][0]["fieldConfig"]["defaults"]["unit"] = "percentunit"
    assert said(blame_dashboard(good), "panel/unit-fits") == []
