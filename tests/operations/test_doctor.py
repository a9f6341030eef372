"""The doctor names what is wrong and how to mend it."""

from __future__ import annotations

import json
import os
import socket
import subprocess

from codesentinel.config.settings import Settings, Stack
from codesentinel.operations.doctor import doctor
from stack_under_test import COMMAND


def by_name(checks):
    return {check.name: check for check in checks}


def test_programs_that_are_configured_wrongly_or_do_not_run_fail(context, tmp_path):
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    stack = Stack(
        prometheus_path="/no/such", pushgateway_path=str(broken), components_dir=str(tmp_path / "none")
    )
    checks = by_name(doctor(context.but(settings=Settings(stack=stack))))
    assert checks["prometheus"].outcome == "FAIL"
    assert "stack.prometheus_path names no program" in checks["prometheus"].detail
    assert checks["pushgateway"].outcome == "FAIL"
    assert checks["pushgateway"].detail == f"does not run: {broken}"
    assert checks["alertmanager"].outcome in ("WARN", "OK")


def test_a_port_that_is_held_names_its_holder(context):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        offset = port - 9090
        if not 0 <= offset <= 50000:
            return
        checks = by_name(doctor(context.but(settings=Settings(stack=Stack(port_offset=offset)))))
    assert checks[f"port {port}"].outcome == "FAIL"
    assert f"(pid {os.getpid()})" in checks[f"port {port}"].detail
    assert "--port-offset" in checks[f"port {port}"].mend


def test_a_folder_that_cannot_be_written_fails_with_exit_1(tmp_path):
    (tmp_path / "docs").write_text("in the way")
    done = subprocess.run(
        [COMMAND, "doctor", "--json"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    checks = {c["name"]: c for c in json.loads(done.stdout)["data"]["checks"]}
    assert checks["log folder"]["outcome"] == "FAIL"
    assert checks["log folder"]["mend"]
    assert done.returncode == 1


def test_every_check_that_is_not_ok_says_how_to_mend_it(context):
    for check in doctor(context):
        assert check.outcome in ("OK", "WARN", "FAIL")
        assert bool(check.mend) == (check.outcome != "OK")
