"""``alerts quality`` on real servers that hold a month of firings with a known answer."""

import contextlib
import json
import subprocess
import time
import urllib.request

import pytest

from codesentinel.cli.main import main
from codesentinel.config.settings import Settings, Sources
from codesentinel.model.errors import NoData, Unreachable, UsageError
from codesentinel.model.timestamp import rfc3339
from codesentinel.operations.alert_quality import quality
from codesentinel.operations.base import open_context
from servers import free_port, serving, tool
from storage import victoria_metrics

pytestmark = [pytest.mark.stack, pytest.mark.slow]

DAY = 86400
RULES = """
groups:
  - name: a
    interval: 1m
    rules:
      - {alert: Noisy, expr: load > 0.5, for: 2m, keep_firing_for: 5m, labels: {severity: P1}}
      - {alert: Useful, expr: errors > 3, for: 2m, labels: {severity: P1}}
      - {alert: Never, expr: absent(up), for: 10m, labels: {severity: P2}}
      - {alert: Watchdog, expr: vector(1), for: 1m, labels: {severity: info}}
"""


class Month:
    """What happened: nine short firings of one rule and two long ones, five answered ones of another."""

    def __init__(self):
        self.end = time.time() // 60 * 60 - 2 * DAY
        self.begin = self.end - 24 * DAY
        self.noisy = [(self.begin + day * DAY, 360) for day in range(1, 10)]
        self.noisy += [(self.begin + day * DAY, 2100) for day in (11, 12)]
        self.useful = [(self.begin + day * DAY + 7200, 1800) for day in (2, 4, 6, 8, 10)]
        self.waits = [(self.begin + day * DAY + 20000, 60) for day in (3, 5)]

    def samples(self):
        """(metric, labels, [(time, value)]) of all of it."""
        yield "up", {"job": "shop"}, [(self.begin + n * 60, 1) for n in range(24 * 1440)]
        for name, state, spans in (
            ("Noisy", "firing", self.noisy),
            ("Useful", "firing", self.useful),
            ("Noisy", "pending", self.waits),
        ):
            labels = {"alertname": name, "alertstate": state, "severity": "P1", "service": "shop"}
            yield "ALERTS", labels, [(t + n * 60, 1) for t, seconds in spans for n in range(seconds // 60)]
        level = dict.fromkeys((self.begin + n * 60 for n in range(24 * 1440)), 0.1)
        for start, seconds in self.noisy:
            for n in range(-2, seconds // 60 - 5):
                level[start + n * 60] = 0.7 if seconds == 360 else 3.0
        yield "load", {"service": "shop"}, sorted(level.items())

    def log(self, root):
        """Everything was told; the second rule is answered each time, the first never."""
        for domain in ("alerts", "deploy"):
            (root / "docs/domains" / domain).mkdir(parents=True)
        with (root / "docs/domains/alerts/history.jsonl").open("w") as file:
            for name, spans in (("Noisy", self.noisy), ("Useful", self.useful)):
                for start, _ in spans:
                    labels = {"alertname": name, "severity": "P1"}
                    activity = {"action": "alert-firing", "metadata": {"labels": labels}}
                    file.write(json.dumps({"timestamp": rfc3339(start + 40), "activity": activity}) + "\n")
        with (root / "docs/domains/deploy/history.jsonl").open("w") as file:
            for start, _ in self.useful:
                activity = {"action": "deployment-start", "metadata": {"service": "shop"}}
                file.write(json.dumps({"timestamp": rfc3339(start + 300), "activity": activity}) + "\n")


@contextlib.contextmanager
def prometheus(folder, data):
    """One that evaluates the rules, on the data in a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "rules.yml").write_text(RULES)
    (folder / "prometheus.config").write_text(f"rule_files: [{folder}/rules.yml]\n")
    url = f"http://127.0.0.1:{free_port()}"
    options = [
        f"--config.file={folder / 'prometheus.config'}",
        f"--storage.tsdb.path={data}",
        "--storage.tsdb.retention.time=90d",
        f"--web.listen-address={url.removeprefix('http://')}",
    ]
    with serving("prometheus", options, f"{url}/-/ready"):
        yield url


def _into_blocks(month, folder):
    lines = []
    by_name = {}
    for name, labels, samples in month.samples():
        by_name.setdefault(name, []).append((labels, samples))
    for name, members in by_name.items():
        lines.append(f"# TYPE {name} gauge")
        for labels, samples in members:
            shown = ",".join(f'{key}="{value}"' for key, value in labels.items())
            lines += [f"{name}{{{shown}}} {value} {when:.0f}" for when, value in samples]
    text = folder / "month.om"
    text.write_text("\n".join([*lines, "# EOF\n"]))
    words = [
        tool("prometheus", "promtool"),
        "tsdb",
        "create-blocks-from",
        "--max-block-duration=48h",
        "openmetrics",
    ]
    done = subprocess.run([*words, text, folder / "data"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _into_victoria(month, storage):
    rows = [
        {
            "metric": {"__name__": name, **labels},
            "values": [v for _, v in s],
            "timestamps": [round(t * 1000) for t, _ in s],
        }
        for name, labels, s in month.samples()
    ]
    body = "\n".join(json.dumps(row) for row in rows).encode()
    with urllib.request.urlopen(
        urllib.request.Request(f"{storage.url}/api/v1/import", body), timeout=60
    ) as answer:
        assert answer.status in (200, 204)
    storage.holds('ALERTS{alertname="Useful"}')


@pytest.fixture(params=["victoria-metrics", "prometheus"])
def month(request, tmp_path):
    """The month, a context that reads it from a server of this kind, and its workspace."""
    what, root = Month(), tmp_path / "workspace"
    (root / ".git").mkdir(parents=True)
    what.log(root)
    with contextlib.ExitStack() as stack:
        if request.param == "prometheus":
            _into_blocks(what, tmp_path)
            url = history = stack.enter_context(prometheus(tmp_path / "p", tmp_path / "data"))
        else:
            storage = stack.enter_context(victoria_metrics(tmp_path / "vm"))
            _into_victoria(what, storage)
            history = storage.url
            url = stack.enter_context(prometheus(tmp_path / "p", tmp_path / "data"))
        sources = Sources(prometheus_url=url, history_url=history)
        context = open_context(str(root), tell=lambda _: None).but(settings=Settings(sources=sources))
        yield what, context


def test_a_month_of_firings_is_judged_as_it_was(month):
    what, context = month
    found = quality(context, since=what.begin)
    rules = {one.rule.name: one for one in found.rules}
    assert set(rules) == {"Noisy", "Useful", "Never"}
    noisy, useful, never = rules["Noisy"], rules["Useful"], rules["Never"]
    assert (noisy.firings, noisy.told, noisy.unattended, noisy.near_misses) == (11, 11, 11, 2)
    assert noisy.median_seconds == pytest.approx(360, abs=1)
    assert noisy.total_seconds == pytest.approx(9 * 360 + 2 * 2100, abs=1)
    assert (noisy.rule.for_seconds, noisy.rule.keep_firing_seconds) == (120, 300)
    assert (useful.firings, useful.told, useful.unattended) == (5, 5, 0)
    assert (never.firings, never.near_misses) == (0, 0)
    assert found.acts == 5
    assert found.covered_seconds == pytest.approx(24 * DAY, rel=0.02)

    findings = {finding.id: finding for finding in found.findings}
    wait = findings["alert-for:Noisy P1"]
    assert "for: 4m would have dropped 9 of 11 firings, which ended by themselves" in wait.summary
    assert wait.evidence["delay_seconds"] == 120
    ignored = findings["alert-unattended:Noisy P1"]
    assert "nobody acted on 11 of 11 firings (74% to 100% of such)" in ignored.summary
    assert ignored.evidence["threshold"]["present"] == 0.5
    assert 0.7 <= ignored.evidence["threshold"]["proposed"] <= 3.0
    assert not [one for one in findings if "Useful" in one]
    assert findings["alert-never-fired:1 of 3 rules"].evidence == {"rules": ["Never P2"]}


def test_the_command_prints_a_row_for_each_rule_that_fired(month, capsys, monkeypatch):
    what, context = month
    monkeypatch.setenv("CODESENTINEL_SOURCES_PROMETHEUS_URL", context.settings.sources.prometheus_url)
    monkeypatch.setenv("CODESENTINEL_SOURCES_HISTORY_URL", context.settings.sources.history_url)
    words = ["alerts", "quality", "--workspace", str(context.root), "--since", rfc3339(what.begin)]
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:4] == ["ALERT", "SEV", "FOR", "FIRED"]
    assert lines[1].split()[:7] == ["Noisy", "P1", "2m", "11", "11", "11", "6m"]
    assert lines[2].split()[:6] == ["Useful", "P1", "2m", "5", "5", "0"]
    assert "     do: raise `for` from 2m to 4m" in lines
    assert main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "codesentinel/alerts.quality/v1"
    assert [rule["name"] for rule in document["data"]["rules"]] == ["Noisy", "Useful", "Never"]


def test_a_window_of_which_nothing_is_on_record_is_no_verdict(tmp_path):
    (tmp_path / ".git").mkdir()
    with prometheus(tmp_path / "p", tmp_path / "data") as url, victoria_metrics(tmp_path / "vm") as storage:
        sources = Sources(prometheus_url=url, history_url=storage.url)
        context = open_context(str(tmp_path), tell=lambda _: None).but(settings=Settings(sources=sources))
        with pytest.raises(NoData, match="nothing is on record") as caught:
            quality(context)
        assert caught.value.exit_status == 3


def test_a_server_that_is_away_and_a_window_in_the_future_are_told(tmp_path):
    (tmp_path / ".git").mkdir()
    sources = Sources(prometheus_url=f"http://127.0.0.1:{free_port()}")
    context = open_context(str(tmp_path), tell=lambda _: None).but(settings=Settings(sources=sources))
    with pytest.raises(Unreachable):
        quality(context)
    with pytest.raises(UsageError, match="in the future"):
        quality(context, since=time.time() + 60)
