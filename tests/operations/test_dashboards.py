import json
import subprocess
import sys
from pathlib import Path

import pytest

from codesentinel.config.settings import Mixin, Settings
from codesentinel.mixin.http_names import HttpNames
from codesentinel.model.errors import ConfigurationError, NotInstalled
from codesentinel.operations.alerts import build
from codesentinel.operations.dashboards import build_dashboards
from codesentinel.operations.http_names import read_http_names

METRICS = Path(__file__).parents[2] / "infrastructure/grafana/metrics"


def test_a_first_build_writes_every_file_and_a_second_one_touches_none(context):
    first = build_dashboards(context)
    assert first.changed == first.files == first.files_modified
    assert "infrastructure/grafana/dashboards/system-overview.json" in first.files
    second = build_dashboards(context)
    assert (second.changed, second.files_modified) == ((), ())
    assert second.is_current


def test_a_check_tells_what_was_changed_by_hand_and_changes_nothing(context):
    build_dashboards(context)
    file = context.root / "infrastructure/grafana/dashboards/system-overview.json"
    file.write_text(file.read_text().replace("Pages firing", "Alarms"))
    checked = build_dashboards(context, check=True)
    assert checked.changed == ("infrastructure/grafana/dashboards/system-overview.json",)
    assert not checked.is_current
    assert "Alarms" in file.read_text()


def test_without_the_sdk_a_build_says_what_to_install(context, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("codesentinel.mixin.dashboards.")]:
        if name.endswith((".grafana", ".grafana_panel", ".sdk")):
            monkeypatch.delitem(sys.modules, name)
    for name in ("grafana_foundation_sdk", "grafana_foundation_sdk.builders"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(NotInstalled) as caught:
        build_dashboards(context)
    assert "grafana-foundation-sdk==0.0.21" in caught.value.hint


def test_nothing_but_a_build_imports_the_sdk():
    code = (
        "import sys, pkgutil, importlib, codesentinel.operations as o\n"
        "for m in pkgutil.walk_packages(o.__path__, o.__name__ + '.'): importlib.import_module(m.name)\n"
        "import codesentinel.cli.dashboards, codesentinel.mixin.dashboards.catalog\n"
        "sys.exit('grafana_foundation_sdk' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_names_of_others_are_read_from_a_file_and_used(context):
    (context.root / "names.toml").write_text(
        '[http]\nduration = "http_request_duration_seconds"\nroute = "handler"\nactive = ""\n'
    )
    built = build_dashboards(context, metrics="names.toml", output="theirs")
    text = (context.root / "theirs/service-deep-dive.json").read_text()
    assert "http_request_duration_seconds_bucket" in text
    assert "http_server_request_duration" not in text
    overview = json.loads((context.root / "theirs/system-overview.json").read_text())
    assert "Requests in flight" not in {panel["title"] for panel in overview["panels"]}
    assert built.panels > 30


@pytest.mark.parametrize("path", sorted(METRICS.iterdir()), ids=lambda path: path.stem)
def test_the_names_that_we_ship_are_names(path):
    assert read_http_names(path) != HttpNames()


def test_rules_and_dashboards_take_the_names_that_the_settings_name(context):
    (context.root / "names.toml").write_text('[http]\nduration = "http_request_duration_seconds"\n')
    named = context.but(settings=Settings(mixin=Mixin(http_names_file="names.toml")))
    build_dashboards(named)
    build(named)
    (context.root / "other.toml").write_text('[http]\nduration = "other_seconds"\n')
    build(named, output="other", metrics="other.toml")
    infrastructure = context.root / "infrastructure"
    assert (
        "http_request_duration_seconds_bucket"
        in (infrastructure / "prometheus/rules/services.yml").read_text()
    )
    assert (
        "http_request_duration_seconds"
        in (infrastructure / "grafana/dashboards/service-deep-dive.json").read_text()
    )
    assert "other_seconds_bucket" in (context.root / "other/prometheus/rules/services.yml").read_text()


def test_all_mistakes_in_the_names_are_told_together(tmp_path):
    file = tmp_path / "names.toml"
    file.write_text(
        'other = 1\n[http]\nduration = "a-b"\nrout = "x"\nservice = ""\nfailed = "5(."\nmethod = 3\n'
    )
    with pytest.raises(ConfigurationError) as caught:
        read_http_names(file)
    assert len(caught.value.problems) == 6
    assert "6 mistakes in names.toml" in str(caught.value)


@pytest.mark.parametrize("text", ["[http", "http = 3\n", "[https]\n"])
def test_what_is_no_table_of_names_is_refused(tmp_path, text):
    (tmp_path / "names.toml").write_text(text)
    with pytest.raises(ConfigurationError):
        read_http_names(tmp_path / "names.toml")
    with pytest.raises(ConfigurationError, match="no such file"):
        read_http_names(tmp_path / "none.toml")


def test_an_empty_table_means_opentelemetry_s_names(tmp_path):
    (tmp_path / "names.toml").write_text("[http]\n")
    assert read_http_names(tmp_path / "names.toml") == HttpNames()
