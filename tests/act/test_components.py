"""Server programs: where they are found, and how they are fetched from Debian."""

from __future__ import annotations

import multiprocessing
import subprocess

import pytest

from codesentinel.act.components import COMPONENTS, fetch, fetch_package, find
from codesentinel.model.errors import NotInstalled

PROGRAM = "#!/bin/sh\necho here\n"


def program(path, mode=0o755):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PROGRAM)
    path.chmod(mode)
    return path


def test_a_configured_program_comes_first_then_path_then_what_was_fetched(tmp_path, monkeypatch):
    configured = program(tmp_path / "own" / "prom")
    on_path = program(tmp_path / "bin" / "prometheus")
    cached = program(tmp_path / "cache" / "prometheus" / "usr" / "bin" / "prometheus")
    (tmp_path / "cache/prometheus/.complete").write_text("prometheus_1_amd64.deb\n")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    found = find("prometheus", configured=str(configured), cache=tmp_path / "cache")
    assert (found.path, found.origin, found.cwd) == (configured, "setting", None)
    found = find("prometheus", cache=tmp_path / "cache")
    assert (found.path, found.origin) == (on_path, "PATH")
    monkeypatch.setenv("PATH", "")
    found = find("prometheus", cache=tmp_path / "cache")
    assert (found.path, found.origin) == (cached, "prometheus_1_amd64.deb")
    assert found.cwd == tmp_path / "cache" / "prometheus"


def test_a_fetch_that_was_cut_off_does_not_count(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    program(tmp_path / "prometheus" / "usr" / "bin" / "prometheus")
    assert find("prometheus", cache=tmp_path) is None


@pytest.mark.parametrize("make", [lambda p: p, lambda p: program(p, 0o644), lambda p: p.mkdir() or p])
def test_a_configured_path_that_is_no_program_is_told(tmp_path, make):
    path = tmp_path / "thing"
    make(path)
    with pytest.raises(NotInstalled, match=r"stack\.node_exporter_path names no program") as told:
        find("node-exporter", configured=str(path), cache=tmp_path)
    assert "correct the setting" in told.value.hint


def test_elsewhere_than_on_debian_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        NotInstalled, match="not found: prometheus, alertmanager; and this is no Debian"
    ) as told:
        fetch(["prometheus", "alertmanager"], cache=tmp_path, tell=print)
    assert "on PATH" in told.value.hint


def test_a_package_that_cannot_be_had_is_told_with_the_reason(tmp_path):
    with pytest.raises(
        NotInstalled, match=r"could not download no-such-package-anywhere: .*no-such-package-anywhere"
    ):
        fetch_package("no-such-package-anywhere", tmp_path)


def fetch_one(cache):
    fetch(["alertmanager"], cache=cache, tell=lambda _: None)


@pytest.mark.stack
def test_two_fetch_at_once_into_an_empty_cache_and_the_program_runs_where_it_lies(tmp_path):
    """Alertmanager, because its templates are looked for at a path that only a system install has."""
    children = [
        multiprocessing.get_context("fork").Process(target=fetch_one, args=(tmp_path,)) for _ in range(2)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
        assert child.exitcode == 0
    found = find("alertmanager", cache=tmp_path)
    assert found.origin.startswith("prometheus-alertmanager_")
    said = subprocess.run([found.path, "--version"], capture_output=True, text=True, check=True)
    assert "alertmanager, version" in said.stdout + said.stderr
    assert b"/usr/share/prometheus/alertmanager" not in found.path.read_bytes()
    assert (found.cwd / "usr/share/prometheus/alertmanager/default.tmpl").exists()
    assert not list((tmp_path / "debs").glob("*.deb"))


def test_every_component_has_a_setting():
    from codesentinel.config.settings import Stack

    for component in COMPONENTS.values():
        assert component.setting in Stack._fields
