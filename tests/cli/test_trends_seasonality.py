"""``trends seasonality`` on files: rhythms, schedules, and what cannot be judged."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from codesentinel.act.history import import_series
from codesentinel.analysis.trends.seasonality import judge
from codesentinel.analysis.trends.seasonality.together import largest_p_value
from codesentinel.cli.main import main
from codesentinel.model.interval import Interval
from codesentinel.model.seasonality import Rhythm, SeasonalSeries
from codesentinel.model.series import Series
from storage import victoria_metrics

START = 1_772_409_600  # a Monday, 00:00 UTC


@pytest.fixture
def run(tmp_path, capsys):
    def run(*words):
        status = main(["--workspace", str(tmp_path), "trends", "seasonality", *words])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


@pytest.fixture
def file(tmp_path):
    def write(times, values):
        path = tmp_path / "series.csv"
        rows = zip(np.asarray(times).tolist(), np.asarray(values).tolist(), strict=True)
        path.write_text("timestamp,value\n" + "".join(f"{at},{value}\n" for at, value in rows))
        return str(path)

    return write


def office(days=42, step=900):
    """220 more on working days from 8 to 18 hours UTC; the sixteenth day is a holiday."""
    times = START + step * np.arange(days * 86400 // step)
    hour, day = times // 3600 % 24, (times - START) // 86400
    busy = (hour >= 8) & (hour < 18) & (day % 7 < 5) & (day != 15)
    return times, 100 + 220 * busy + 5 * np.random.default_rng(1).normal(size=len(times))


def judged(out):
    document = json.loads(out)
    assert document["schema"] == "codesentinel/trends.seasonality/v1"
    (series,) = document["data"]["series"]
    return series


def test_a_week_of_office_hours_gives_its_periods_its_profile_and_its_schedule(run, file):
    status, out, _ = run("--input", file(*office()), "--json", "--capacity-per-unit", "100")
    series = judged(out)
    assert status == 0
    assert [one["period_seconds"] for one in series["periods"]] == [604800, 86400]
    for one in series["periods"]:
        assert one["p_value"] < 1e-6
        assert one["gain_ratio"]["lower"] <= one["gain_ratio"]["estimate"] <= one["gain_ratio"]["upper"]
        assert 0 < one["strength_ratio"] <= 1
    profile = series["profile"]
    assert len(profile["median"]) == 168
    assert profile["median"][12] == pytest.approx(320, abs=15)
    assert profile["p05"][12] < profile["p25"][12] < profile["p75"][12] < profile["p95"][12]
    (peak,) = series["peak_hours"]
    assert (peak["days"], peak["start_hour"], peak["end_hour"]) == ("Mon-Fri", 8, 18)
    (busy,) = series["schedule"]["busy"]
    assert busy["units"] == 4
    assert busy["ratio"] == pytest.approx(3.0, abs=0.4)
    assert [day["date"] for day in series["odd_days"]] == ["2026-03-17"]
    assert series["drift"]["changed"] is False


def test_the_text_draws_the_week_and_says_what_to_have_when(run, file):
    status, out, _ = run("--input", file(*office()), "--headroom", "0.5")
    assert status == 0
    assert "    Mon         @@@@@@@@@@      |" in out
    assert "Mon-Fri 08:00-18:00 needs" in out
    assert "by 07:45" in out
    assert "50% head-room" in out
    assert "hours of UTC" in out
    assert out.isascii()


def test_hours_are_those_of_the_time_zone_through_a_change_to_summer_time(run, file):
    times, _ = office(days=56)
    from datetime import datetime
    from zoneinfo import ZoneInfo

    berlin = [datetime.fromtimestamp(at, ZoneInfo("Europe/Berlin")) for at in times.tolist()]
    busy = np.array([9 <= at.hour < 17 and at.weekday() < 5 for at in berlin])
    values = 100 + 200 * busy + np.random.default_rng(2).normal(size=len(times))
    series = judged(run("--input", file(times, values), "--timezone", "Europe/Berlin", "--json")[1])
    (peak,) = series["peak_hours"]
    assert (peak["days"], peak["start_hour"], peak["end_hour"]) == ("Mon-Fri", 9, 17)
    assert not series["drift"]["changed"]


def test_a_pattern_that_doubles_is_a_finding(run, file):
    times = START + 900 * np.arange(42 * 96)
    height = np.where(times - START > 31 * 86400, 2, 1)
    noise = 5 * np.random.default_rng(3).normal(size=len(times))
    status, out, _ = run(
        "--input", file(times, 100 + 30 * height * np.sin(2 * np.pi * times / 86400) + noise), "--json"
    )
    assert status == 0
    series = judged(out)
    assert series["drift"]["changed"] is True
    assert series["drift"]["amplitude_ratio"]["estimate"] == pytest.approx(2, abs=0.2)
    (finding,) = json.loads(out)["data"]["findings"]
    assert (finding["kind"], finding["severity"]) == ("seasonality.drift", "info")


def test_a_rhythm_of_the_newer_half_alone_is_new(run, file):
    times = START + 900 * np.arange(42 * 96)
    is_late = times - START > 27 * 86400
    noise = 5 * np.random.default_rng(4).normal(size=len(times))
    values = 100 + 12 * is_late * np.sin(2 * np.pi * times / 86400) + noise
    _, out, _ = run("--input", file(times, values), "--json")
    (daily,) = judged(out)["periods"]
    assert (daily["period_seconds"], daily["is_new"]) == (86400, True)
    kinds = {one["kind"] for one in json.loads(out)["data"]["findings"]}
    assert "seasonality.new" in kinds


LONG = START + 3600.0 * np.arange(3 * 24 * 365)
NOISE = np.random.default_rng(5).normal(size=len(LONG))


@pytest.mark.parametrize(
    ("times", "values", "because"),
    [
        ([], [], None),
        (LONG[:800], np.full(800, 7.0), "all values are the same"),
        (LONG[:800], np.full(800, np.nan), "there are 0 samples"),
        (LONG[:2], [1.0, 2.0], "there are 2 samples"),
        (np.repeat(LONG[:1], 500), NOISE[:500], "there are 1 samples"),
        (np.r_[LONG[:50], LONG[-50:]], NOISE[:100], "samples in"),
        (LONG[:800], np.full(800, np.inf), "there are 0 samples"),
    ],
    ids=["empty", "constant", "all NaN", "two points", "one moment", "mostly absent", "infinite"],
)
def test_what_cannot_be_judged_says_why(run, file, times, values, because):
    status, out, err = run("--input", file(times, values))
    assert status == 3
    if because is None:
        assert "no rows" in err
    else:
        assert f"could not judge, because {because}" in out


@pytest.mark.parametrize(
    ("times", "values"),
    [
        (START + 3600.0 * np.arange(24 * 3650), None),
        (START + np.cumsum(np.random.default_rng(6).exponential(900, 3000)), None),
        (np.repeat(START + 900.0 * np.arange(3000), 2), None),
        ((START + 900.0 * np.arange(3000))[::-1], None),
        (START + 900.0 * np.arange(3000), 1e300 * np.random.default_rng(7).normal(size=3000)),
        (START + 900.0 * np.arange(3000), (np.arange(3000) % 500 == 0) * 1.0),
        (START + 900.0 * np.arange(60), None),
    ],
    ids=["ten years", "irregular", "repeated", "backwards", "huge", "sparse pulses", "short"],
)
def test_awkward_series_are_judged_without_a_warning(run, file, times, values):
    values = np.random.default_rng(8).normal(size=len(times)) if values is None else values
    status, out, _ = run("--input", file(times, values))
    assert status == 0
    assert "1 series, 1 judged" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "one of a query and a file"),
        (["up", "--input", "x.csv"], "one of a query and a file"),
        (["--input", "x.csv", "--since", "3d"], "belong to a query"),
        (["up", "--timezone", "Mars/Olympus"], "no time zone"),
        (["up", "--headroom", "-1"], "head-room"),
        (["up", "--capacity-per-unit", "0"], "head-room"),
    ],
)
def test_misuse_is_told(run, words, told):
    status, _, err = run(*words)
    assert status == 2
    assert told in err


def rhythm(p_value):
    return Rhythm(86400.0, p_value, 28, 0.5, Interval(0.5, 0.4, 0.6))


def series_with(*p_values):
    return SeasonalSeries({}, periods=tuple(rhythm(p) for p in p_values))


def test_what_is_named_over_many_series_is_seldom_false():
    """Of 4,000 tests without a rhythm eight are named by themselves; ten or 2,000 others are real."""
    shares = []
    for real in (10, 2000):
        rng = np.random.default_rng(real)
        false = named = 0
        for _ in range(200):
            chance = rng.random(4000)
            by_chance = chance[chance < 0.002]
            judged = [series_with(1e-12)] * real + [series_with(p) for p in by_chance]
            judged += [series_with()] * (2000 + real - len(judged))
            largest = largest_p_value(judged)
            assert largest >= 1e-12
            few = int((by_chance <= largest).sum())
            false, named = false + few, named + few + real
        shares.append(false / named)
    assert max(shares) < 0.011, shares


def test_a_series_alone_is_judged_as_it_was():
    assert largest_p_value([series_with(0.002)]) == 0.002
    assert largest_p_value([SeasonalSeries({}, reason="too short")]) == 0.0
    assert largest_p_value([]) == 0.0


def test_a_rhythm_as_weak_as_chance_gives_among_many_is_not_named(run, tmp_path, monkeypatch):
    rng = np.random.default_rng(6)
    real = judge.find_periods
    times = START + 3600 * np.arange(28 * 24)
    noise = rng.normal(size=(len(times), 12))
    weak = noise[0, 7]
    monkeypatch.setattr(
        judge, "find_periods", lambda laid: [rhythm(0.0018)] if laid.values[0] == weak else real(laid)
    )
    noise[:, 3] += 3 * np.sin(2 * np.pi * times / 86400)
    path = tmp_path / "many.csv"
    rows = (
        f"{at}," + ",".join(map(str, row)) for at, row in zip(times.tolist(), noise.tolist(), strict=True)
    )
    path.write_text("timestamp," + ",".join(f"s{i}" for i in range(12)) + "\n" + "\n".join(rows) + "\n")
    status, out, _ = run("--input", str(path))
    assert status == 0
    assert out.count("daily: ") == 1
    assert out.count("note: a rhythm is not named: among 12 series chance gives as much") == 1
    assert "12 series, 12 judged, 1 with a rhythm (false: at most 1% of all that are named)" in out


@pytest.mark.stack
def test_series_of_a_real_storage_are_judged_gauges_and_counters(run, tmp_path):
    times = time.time() // 900 * 900 - 900.0 * np.arange(28 * 96)[::-1]
    wave = 100 + 40 * np.sin(2 * np.pi * times / 86400)
    noise = np.random.default_rng(9).normal(size=(3, len(times)))
    with victoria_metrics(tmp_path / "vm") as storage:
        import_series(
            storage.url,
            [
                Series({"__name__": "load", "site": "a"}, times, wave + 5 * noise[0]),
                Series({"__name__": "load", "site": "b"}, times, 100 + 5 * noise[1]),
                Series({"__name__": "served_total"}, times, np.cumsum(900 * (wave + 5 * noise[2]))),
            ],
            timeout_seconds=20,
        )
        storage.holds('{__name__=~"load|served_total"}', 3)
        status, out, err = run('{__name__=~"load|served_total"}', "--url", storage.url, "--json")
        nothing = run("absent_metric", "--url", storage.url)
    assert status == 0, err
    data = json.loads(out)["data"]
    found = {
        (one["labels"].get("site") or one["labels"].get("__name__")): [p["name"] for p in one["periods"]]
        for one in data["series"]
    }
    assert found == {"a": ["daily"], "b": [], "served_total": ["daily"]}
    assert data["false_share"] == 0.01
    assert any("counter" in note for one in data["series"] for note in one["notes"])
    assert nothing[0] == 3
    assert "has nothing for absent_metric" in nothing[2]
