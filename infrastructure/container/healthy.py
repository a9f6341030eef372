"""Whether what runs in this container works: exit status 0 or 1.

Usage: python healthy.py [recorder|server]; without a word either will do.

The recorder has no port: it is well while it writes samples. The servers answer at ``/-/ready``.
"""

from __future__ import annotations

import http.client
import os
import sys
import time

SAMPLES = ".codesentinel/process"
SILENT_SECONDS = 300.0
PORTS = (8700, 8701, 8702)
ANSWER_SECONDS = 3.0


def records() -> bool:
    """Whether a sample was written within the last five minutes."""
    try:
        with os.scandir(SAMPLES) as files:
            return any(time.time() - file.stat().st_mtime < SILENT_SECONDS for file in files)
    except OSError:
        return False


def answers() -> bool:
    """Whether one of the servers says that it is ready."""
    for port in PORTS:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        try:
            asked.request("GET", "/-/ready")
            if asked.getresponse().status == http.client.OK:
                return True
        except OSError:
            continue
        finally:
            asked.close()
    return False


CHECKS = {"recorder": (records,), "server": (answers,), "": (records, answers)}

if __name__ == "__main__":
    WORD = sys.argv[1] if len(sys.argv) > 1 else ""
    sys.exit(not any(check() for check in CHECKS[WORD]))
