"""Why a process lives on after it was told to end, in words."""

from __future__ import annotations

from codesentinel.act.terminate import signal_bit
from codesentinel.capture import process_detail as files
from codesentinel.capture import processes as live

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection


def why_alive(pid: int, signals: Collection[str]) -> str:
    """What keeps it, after these signals; empty where it has ended."""
    now = live.one(pid)
    if now is None or now.state == "Z":
        return ""
    channel = files.wait_channel(pid) or "the kernel"
    if files.is_frozen(pid):
        return "its control group is frozen: the signal is delivered once it is thawed"
    if now.state == "D":
        return f"it is stuck in the kernel ({channel}): the signal is delivered once that call returns"
    if now.state == "t":
        return "a debugger holds it"
    if "SIGKILL" in signals:
        return f"it is {now.status} in {channel} in spite of SIGKILL"
    if files.signal_mask(pid, "SigIgn") & signal_bit("SIGTERM"):
        return "it ignores SIGTERM; --force ends it with SIGKILL"
    if files.signal_mask(pid, "SigBlk") & signal_bit("SIGTERM"):
        return "it blocks SIGTERM; --force ends it with SIGKILL"
    return f"it is still {now.status}; give it more time with --grace, or --force ends it with SIGKILL"
