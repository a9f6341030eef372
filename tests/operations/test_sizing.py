"""What a fleet takes: counted where it can be counted, in proportion, and said with what breaks first."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from codesentinel.analysis.sizing.amounts import amounts, largest_rule_samples
from codesentinel.analysis.sizing.tiers import CLUSTER, SINGLE, STACK, THANOS, sized
from codesentinel.model.errors import NoData, UsageError
from codesentinel.model.sizing import Fleet, Keeping, Machine
from codesentinel.operations.sizing import size
from codesentinel.render.sizing_text import sizing_text
from servers import eventually
from storage import victoria_metrics

ROOT = Path(__file__).parents[2]
MACHINE, KEEPING = Machine(), Keeping()


def tiers(fleet, machine=MACHINE, keeping=KEEPING):
    return {tier.name: tier for tier in sized(fleet, machine, keeping).tiers}


def test_amounts_grow_with_hosts_and_with_what_is_on_them():
    one, ten = amounts(Fleet(1)), amounts(Fleet(10))
    for name in ("series", "samples_per_second", "new_series_per_day", "rule_samples_per_second"):
        assert getattr(ten, name) == pytest.approx(10 * getattr(one, name))
    assert ten.series_per_host == one.series_per_host
    assert amounts(Fleet(1, groups=31)).series - one.series == 6 + 3
    assert amounts(Fleet(1, mounts=4)).series - one.series == 7 + 6
    assert amounts(Fleet(1, services=1)).series > one.series + 100
    assert amounts(Fleet(1, interval_seconds=30)).samples_per_second < 0.6 * one.samples_per_second


def test_what_was_counted_stands_for_what_is_reckoned():
    counted = amounts(Fleet(10, series_per_host=2000.0))
    assert counted.series_per_host == 2000
    assert counted.series == 10 * (2000 + counted.recorded_per_host)


def test_every_amount_has_bounds_around_it():
    for tier in tiers(Fleet(1000)).values():
        for amount in (tier.memory_bytes, tier.cores, tier.disk_bytes, tier.bucket_bytes):
            assert amount is None or 0 < amount.lower < amount.estimate < amount.upper


def test_what_breaks_first_is_what_is_most_used_and_where_it_is_used_up():
    small = Machine(disk_bytes=1e12)
    limit, hosts = tiers(Fleet(1000), small)[SINGLE].breaks
    assert limit == "disk"
    at_the_limit = tiers(Fleet(round(hosts)), small)[SINGLE]
    assert at_the_limit.shares["disk"] == pytest.approx(0.8, rel=0.02)
    assert tiers(Fleet(round(0.98 * hosts)), small)[SINGLE].machines == 1
    assert tiers(Fleet(round(1.02 * hosts)), small)[SINGLE].machines == 0
    assert tiers(Fleet(1000), Machine(memory_bytes=2e9))[SINGLE].breaks[0] == "memory"
    assert tiers(Fleet(1000), Machine(cores=0.1))[SINGLE].breaks[0] == "cores"
    assert tiers(Fleet(1000), Machine(disk_bytes=1e15))[SINGLE].breaks[0] == "samples that one rule reads"


def test_a_rule_reads_a_day_of_every_group():
    assert largest_rule_samples(Fleet(1, groups=1)) == 86400 / 15
    hosts = tiers(Fleet(100))[CLUSTER].breaks[1]
    assert largest_rule_samples(Fleet(round(hosts))) == pytest.approx(1e9, rel=1e-3)


@pytest.mark.parametrize(("hosts", "name"), [(10, STACK), (2000, SINGLE), (10_000, CLUSTER)])
def test_the_simplest_tier_in_which_all_fits_is_recommended(hosts, name):
    assert sized(Fleet(hosts), Machine(), Keeping()).recommended == name


def test_longer_keeping_takes_more_disk_and_no_more_memory():
    short, long = (tiers(Fleet(100), keeping=Keeping(raw_days=days)) for days in (10, 100))
    for name in (SINGLE, CLUSTER):
        assert long[name].disk_bytes.estimate > short[name].disk_bytes.estimate
        assert long[name].memory_bytes == short[name].memory_bytes
    assert long[THANOS].bucket_bytes.estimate > short[THANOS].bucket_bytes.estimate


def test_a_cluster_has_three_storages_and_two_copies():
    few = tiers(Fleet(10))[CLUSTER]
    assert few.machines == 4  # and one for years
    assert tiers(Fleet(20_000))[CLUSTER].machines > 4
    assert few.disk_bytes.estimate > tiers(Fleet(10))[SINGLE].disk_bytes.estimate


def test_series_are_counted_on_a_server(context, tmp_path):
    with victoria_metrics(tmp_path / "vm") as storage:
        with pytest.raises(NoData):
            size(context, fleet=Fleet(10), url=storage.url)
        lines = [f'up{{instance="10.0.0.{n}:{port}"}} 1' for n in range(4) for port in (9100, 8701)]
        lines += [f'x{{instance="10.0.0.{n}:9100",part="{part}"}} 1' for n in range(4) for part in range(48)]
        body = ("\n".join(lines) + "\n").encode()
        urllib.request.urlopen(f"{storage.url}/api/v1/import/prometheus", body, timeout=20).close()
        storage.holds('{instance!=""}', 200)

        def counted():
            try:
                return size(context, fleet=Fleet(10), url=storage.url).fleet.series_per_host
            except NoData:  # the storage remembers for a moment that there was no `up`
                return None

        assert eventually(counted, within=30) == 50


@pytest.mark.parametrize("fleet", [Fleet(0), Fleet(1, interval_seconds=0.0)])
def test_no_hosts_and_no_interval_are_misuse(context, fleet):
    with pytest.raises(UsageError):
        size(context, fleet=fleet)


def test_the_text_says_the_amounts_the_limit_and_what_was_assumed():
    text = sizing_text(sized(Fleet(10_000), Machine(), Keeping()))
    assert "10000 hosts every 15 s: " in text
    assert f"begin with: {CLUSTER}" in text
    assert "samples that one rule reads, at 5,787 hosts" in text
    assert "beyond 5,787 hosts: samples that one rule reads" in text
    assert "not measured" in text
    assert text.isascii()


def test_the_simulation_of_hosts_sends_every_sample(tmp_path):
    words = ["benchmarks/scale/ten_thousand_hosts.py", "--quick", "--server", "VictoriaMetrics"]
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=150
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "missing: nothing" in done.stdout
    rows = [line.split() for line in done.stdout.splitlines() if line.split()[:1] in (["20"], ["40"])]
    assert [int(row[0]) for row in rows] == [20, 40]
    assert int(rows[1][1]) == 2 * int(rows[0][1])
