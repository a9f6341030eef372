"""A host that is busy: writes events into its log at a rate, through the library, until told to stop.

Prints how many it wrote, and how far it fell behind.
"""

from __future__ import annotations

import sys
import time

from codesentinel.store.session_memory import SessionMemory

TICK_SECONDS = 0.1
DOMAINS = ("shop", "shop", "shop", "deploy")


def main() -> int:
    """ROOT HOST RATE SECONDS."""
    root, host, rate, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
    memory = SessionMemory(root, session_id=f"session-{host}", agent_id=host)
    began, written, behind = time.monotonic(), 0, 0.0
    while (passed := time.monotonic() - began) < seconds:
        due = min(int(passed * rate), int(rate * seconds))
        while written < due:
            activity = {
                "action": "ordered",
                "duration_ms": written % 97 / 2,
                "metadata": {
                    "n": written,
                    "path": f"/api/orders/{written}",
                    "customer": f"c-{written % 977}",
                },
            }
            if not memory.log_domain_activity(DOMAINS[written % len(DOMAINS)], activity):
                return 1
            written += 1
        lag = time.monotonic() - began - passed
        behind = max(behind, lag)
        time.sleep(max(TICK_SECONDS - lag, 0.001))
    print(written, round(behind, 3))
    return 0


if __name__ == "__main__":
    sys.exit(main())
