"""Debian's rsyslog tails the segments and creates each document under its id, with our configuration."""

from __future__ import annotations

import os
import subprocess

import pytest

from bulk_server import cluster
from codesentinel.act.components import fetch_package
from codesentinel.mixin.elastic import data_stream, rsyslog
from codesentinel.operations.satellites.ship import segments
from servers import CACHE, eventually, free_port

# What rsyslogd and omelasticsearch are linked with, beside what every Debian has.
PACKAGES = ("rsyslog", "rsyslog-elasticsearch", "libestr0", "libfastjson4")
LIBCURL = (
    "libcurl4",
    "libnghttp2-14",
    "librtmp1",
    "libssh2-1",
    "libpsl5",
    "libldap-2.5-0",
    "libsasl2-2",
    "libbrotli1",
)
STREAM = data_stream("default")
WITHIN_SECONDS = 60


@pytest.fixture(scope="module")
def unpacked():
    """Folder of each package, and the folders of their libraries."""
    found = {}
    for package in (*PACKAGES, *LIBCURL):
        root = CACHE / package
        found[package] = root if (root / ".complete").exists() else fetch_package(package, CACHE)
    libraries = [
        str(folder)
        for root in found.values()
        for folder in (root / "usr/lib/x86_64-linux-gnu", root / "lib/x86_64-linux-gnu")
        if folder.is_dir()
    ]
    return found, libraries


def modules(found):
    return ":".join(
        str(found[name] / "usr/lib/x86_64-linux-gnu/rsyslog") for name in ("rsyslog", "rsyslog-elasticsearch")
    )


def happened(context, first, count):
    for number in range(first, first + count):
        facts = {"run_id": f"r{number}", "satellite": "github", "procedure": "github/PROC-1"}
        context.memory.log_domain_activity("satellites", {"action": "procedure-start", "metadata": facts})
    segments(context)


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="Debian's folders of libraries differ")
def test_rsyslog_creates_each_document_once_even_if_the_server_comes_late(context, tmp_path, unpacked):
    found, libraries = unpacked
    folder, state, port = context.state_dir / "segments", tmp_path / "spool", free_port()
    state.mkdir()
    configuration = tmp_path / "rsyslog.conf"
    configuration.write_text(rsyslog(str(folder), port=port, state=str(state)))
    happened(context, 0, 5)
    child = subprocess.Popen(
        [
            str(found["rsyslog"] / "usr/sbin/rsyslogd"),
            *("-n", "-C", "-iNONE", "-f", str(configuration), "-M", modules(found)),
        ],
        env={**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        with cluster(port) as elastic:
            arrived = lambda: len(elastic.streams.get(STREAM, {}))  # noqa: E731
            eventually(lambda: child.poll() is not None or arrived() == 5, within=WITHIN_SECONDS)
            assert child.poll() is None, child.communicate()[0]
            happened(context, 5, 3)
            eventually(lambda: arrived() == 8, within=WITHIN_SECONDS)
            held = elastic.streams[STREAM]
            assert sorted(one["codesentinel"]["run"]["id"] for one in held.values()) == [
                f"r{number}" for number in range(8)
            ]
            assert all(document["event"]["id"] == name for name, document in held.items())
    finally:
        child.terminate()
        child.communicate(timeout=30)
