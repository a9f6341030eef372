"""The units under a real systemd: confined as they are, the services do their work."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from booted import GROUPS, SYSTEMD, USER, Booted
from manifests import ROOT
from servers import eventually

UNITS = ["codesentinel-agent", "codesentinel-metrics", "codesentinel-viewer"]
FOLDER = ROOT / "infrastructure" / "systemd"
GET = "python3 -c 'import urllib.request as r; print(r.urlopen(\"http://127.0.0.1:{port}{path}\", timeout=20).read().decode())'"

needs_systemd = pytest.mark.skipif(
    os.geteuid() != 0
    or not SYSTEMD.exists()
    or not all(shutil.which(name) for name in ("unshare", "nsenter", "setpriv"))
    or not os.access(GROUPS / "systemd", os.W_OK)
    or not Path("/usr/lib/python3/dist-packages").exists(),
    reason="starting a systemd of one's own takes root, Debian's systemd and python3, and control groups to write to",
)


@needs_systemd
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("image")
def test_the_services_work_within_their_confinement(image, tmp_path):
    upper = shutil.copytree(image.files, tmp_path / "upper", symlinks=True)
    for name in ("root", "home", "work", "opt"):
        os.setxattr(upper / name, "trusted.overlay.opaque", b"y")
    (tmp_path / "place").mkdir()
    environment = "CODESENTINEL_SOURCES_PROMETHEUS_URL=http://127.0.0.1:9\n"
    wanted = [f"{name}.service" for name in UNITS]
    with Booted(upper, tmp_path / "place", FOLDER, wanted, environment) as host:
        running = "systemctl is-system-running; systemctl is-active " + " ".join(wanted)
        eventually(lambda: host.said(running).count("active\n") == len(wanted) or None, within=120, every=0.5)
        text = eventually(
            lambda: (
                "codesentinel_process_count{" in (got := host.said(GET.format(port=8701, path="/metrics")))
                and got
            ),
            within=120,
            every=1,
        )
        assert 'codesentinel_process_count{group="systemd"}' in text
        assert "ready" in eventually(
            lambda: host.said(GET.format(port=8700, path="/-/ready")), within=60, every=0.5
        )
        for name in UNITS:
            pid = host.said(f"systemctl show -p MainPID --value {name}").strip()
            status = host.said(f"cat /proc/{pid}/status")
            assert re.search(rf"(?m)^Uid:\s+{USER}\b", status), status
            assert re.findall(r"(?m)^Cap(?:Prm|Eff|Bnd|Amb):\s+(\w+)", status) == ["0" * 16] * 4
            assert re.search(r"(?m)^NoNewPrivs:\s+1$", status)
            assert re.search(r"(?m)^Seccomp:\s+2$", status)
        assert host.said("systemctl show -p NRestarts --value " + " ".join(wanted)).split() == ["0"] * len(
            wanted
        )
        pids = [host.said(f"systemctl show -p MainPID --value {name}").strip() for name in UNITS]
        networks = host.said(f"for p in {' '.join(pids)}; do readlink /proc/$p/ns/net; done").split()
        assert networks[0] not in networks[1:], "the agent has a network"
        assert networks[1] == networks[2]
        host.said("systemctl stop " + " ".join(wanted))
        results = host.said("systemctl show -p Result --value " + " ".join(wanted)).split()
        assert results == ["success"] * len(wanted)
