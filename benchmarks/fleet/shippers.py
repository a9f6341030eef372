"""What a shipped event costs the host: collect beside Debian's rsyslog, over the same log.

    python benchmarks/fleet/shippers.py [--events 100000]

rsyslog tails the log and creates each line in the same stub of a bulk interface, which costs neither of them
anything: it is another process. It is left out, with a line, where Debian's packages cannot be had.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "benchmarks")]

from claims import claim  # noqa: E402

from codesentinel.store.session_memory import SessionMemory  # noqa: E402
from unmeasured import UNMEASURED  # noqa: E402

OURS = {"collect to S3": "s3://records/prod", "collect to a bulk interface": "elastic"}
SERVER = """
import sys, bulk_server, s3_server
with bulk_server.cluster() as elastic, s3_server.s3() as store:
    print(elastic.port, store.port, flush=True)
    for _ in sys.stdin:
        with elastic.lock:
            print(sum(map(len, elastic.streams.values())), flush=True)
"""


class Servers:
    """Both stores in a process of their own."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            env={**UNMEASURED, "PYTHONPATH": str(ROOT / "tests")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.elastic_port, self.s3_port = map(int, self.process.stdout.readline().split())

    def held(self):
        """How many documents the bulk interface took so far."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


def collected(root, to, servers, started):
    """Processor seconds of one run that delivers everything."""
    variables = {
        "AWS_EC2_METADATA_DISABLED": "true",
        "CODESENTINEL_ELASTIC_URL": f"http://127.0.0.1:{servers.elastic_port}",
        "CODESENTINEL_S3_ENDPOINT": f"http://127.0.0.1:{servers.s3_port}",
        "CODESENTINEL_S3_ACCESS_KEY_ID": "A",
        "CODESENTINEL_S3_SECRET_ACCESS_KEY": "B",
        "CODESENTINEL_COLLECT_DOMAINS": "shop",
        "CODESENTINEL_COLLECT_STATE_DIR": f"state-{to.partition(':')[0]}-{started}",
    }
    words = ["-m", "codesentinel", "collect", "--once", "--quiet", "--workspace", str(root), "--to", to]
    before = os.times()
    subprocess.run([sys.executable, *words], env={**UNMEASURED, **variables}, check=True, capture_output=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def rsyslog(root, folder, servers, events):
    """Processor seconds of rsyslog for the same; None where it cannot be had."""
    sys.path.append(str(ROOT / "tests" / "stack"))
    try:
        import test_rsyslog_ships as peer

        found, libraries = peer.unpacked.__wrapped__()
    except Exception as exc:  # noqa: BLE001 - whatever keeps the packages from us
        print(f"rsyslog left out: {exc}")
        return None
    log = root / "docs" / "domains" / "shop" / "history.jsonl"
    (folder / "spool").mkdir()
    (folder / "rsyslog.conf").write_text(f"""
module(load="imfile")
module(load="mmjsonparse")
module(load="omelasticsearch")
global(workDirectory="{folder / "spool"}")
template(name="document" type="list") {{ property(name="$!all-json") }}
template(name="id" type="list") {{ property(name="$!id") }}
input(type="imfile" file="{log}" tag="codesentinel" ruleset="ship" freshStartTail="off")
ruleset(name="ship") {{
  action(type="mmjsonparse" cookie="")
  action(type="omelasticsearch" server="127.0.0.1" serverport="{servers.elastic_port}" searchIndex="logs-shop"
         searchType="" template="document" bulkmode="on" writeoperation="create" dynbulkid="on" bulkid="id"
         queue.type="linkedlist" queue.size="50000" action.resumeRetryCount="-1" action.resumeInterval="1")
}}
""")
    program = found["rsyslog"] / "usr/sbin/rsyslogd"
    process = subprocess.Popen(
        [program, "-n", "-f", folder / "rsyslog.conf", "-i", folder / "pid", "-M", peer.modules(found)],
        env={**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        taken, until, used = 0, time.monotonic() + 300, 0.0
        while taken < events and time.monotonic() < until:
            time.sleep(0.5)
            taken = servers.held()
            fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
            used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    finally:
        process.terminate()
        process.wait(timeout=20)
    if taken < events:
        print(f"rsyslog left out: it delivered {taken} of {events}")
        return None
    return used


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=100_000)
    events = parser.parse_args().events
    servers = Servers()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            root = folder / "host"
            (root / ".git").mkdir(parents=True)
            memory, empty = SessionMemory(root, agent_id="host"), folder / "empty"
            (empty / ".git").mkdir(parents=True)
            SessionMemory(empty).log_domain_activity("shop", {"action": "ordered"})
            starts = {}
            for number in range(events):
                facts = {"n": number, "path": f"/api/orders/{number}", "customer": f"c-{number % 977}"}
                memory.log_domain_activity("shop", {"action": "ordered", "metadata": facts})
            size = (root / "docs/domains/shop/history.jsonl").stat().st_size
            print(f"{events} events of {size / events:.0f} bytes; processor time of the shipper alone")
            rows = {"rsyslog to a bulk interface": rsyslog(root, folder, servers, events)}
            before = servers.held()
            for label, to in OURS.items():
                starts[label] = collected(empty, to, servers, 0)
                rows[label] = collected(root, to, servers, 1)
                print(f"{label}: {starts[label]:.2f} s of it is starting")
            taken = servers.held() - before
            for label, seconds in rows.items():
                if seconds is not None:
                    print(f"{label:30} {seconds:6.2f} s  {1e6 * seconds / events:6.1f} us an event")
            if rows["rsyslog to a bulk interface"]:
                ratio = rows["collect to S3"] / rows["rsyslog to a bulk interface"]
                peer = {"peer": "rsyslog 8.2302", "theirs": rows["rsyslog to a bulk interface"]}
                claim(
                    f"processor time of shipping {events} events, starting included",
                    rows["collect to S3"],
                    "s",
                    **peer,
                )
                claim(
                    "the same once it has started",
                    rows["collect to S3"] - starts["collect to S3"],
                    "s",
                    **peer,
                )
                print(f"collect to S3 takes {ratio:.2f} of rsyslog's processor time")
            print(json.dumps({name: value for name, value in rows.items() if value is not None}))
            return 0 if taken == events + 1 else 1
    finally:
        servers.process.stdin.close()
        servers.process.wait(timeout=20)


if __name__ == "__main__":
    sys.exit(main())
