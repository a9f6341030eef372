"""One process in detail, for people."""

from __future__ import annotations

from codesentinel.model.duration import format_duration
from codesentinel.render.ascii import escaped
from codesentinel.render.quantity import bytes_text, ratio_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MOST_THREADS = 8


def detail_text(document: dict[str, Any]) -> str:
    """A line for each fact; what may not be read is said to be so, once."""
    found = document["process"]
    facts = {
        "handle": found["handle"],
        "state": _state(found),
        "owner": escaped(found["username"]),
        "started": f"{found['start_time']} ({format_duration(found['runtime_seconds'])} ago)",
        "cpu": _cpu(found),
        "memory": _memory(found),
        "threads": _threads(found),
        "files": _files(found),
        "input/output": _io(found),
        "program": _foreign(found.get("exe")),
        "folder": _foreign(found.get("cwd")),
        "control group": _foreign(found.get("cgroup")),
        "command": _command(found),
        "ancestors": _family(found["lineage"]),
        "children": _family(found["children"]),
    }
    width = max(map(len, facts))
    lines = [f"{escaped(found['name'])}  pid {found['pid']}"]
    lines += [f"  {name:<{width}}  {text}" for name, text in facts.items() if text]
    if found.get("unreadable"):
        lines.append(f"not permitted to read: {', '.join(found['unreadable'])}; run as its owner or as root")
    return "\n".join(lines)


def _state(found: dict[str, Any]) -> str:
    notes = ["kernel thread"] if found["is_kernel_thread"] else []
    notes += ["frozen"] if found.get("is_frozen") else []
    notes += [f"waits in {escaped(found['wait_channel'])}"] if found.get("wait_channel") else []
    return ", ".join([found["status"], *notes])


def _cpu(found: dict[str, Any]) -> str:
    window = found.get("cpu_window_seconds")
    now = f"{ratio_text(found['cpu_ratio'])} of a core over {window:.2g}s" if window else ""
    if window and found.get("demand_ratio") is not None:
        now += f" (wanted {ratio_text(found['demand_ratio'])})"
    life = f"{found['cpu_seconds']:.2f}s used, {ratio_text(found['cpu_lifetime_ratio'])} since it began"
    children = found["children_cpu_seconds"]
    return ", ".join(
        part for part in (now, life, f"{children:.2f}s by ended children" if children else "") if part
    )


def _memory(found: dict[str, Any]) -> str:
    parts = [f"{bytes_text(found['rss_bytes'])} resident", f"{bytes_text(found['vms_bytes'])} address space"]
    if found.get("proportional_bytes") is not None:
        parts.append(f"{bytes_text(found['proportional_bytes'])} with its share of what is shared")
    if found.get("swap_bytes"):
        parts.append(f"{bytes_text(found['swap_bytes'])} swapped")
    return ", ".join(parts)


def _threads(found: dict[str, Any]) -> str:
    times = found.get("thread_times", ())
    busiest = [f"{escaped(one['name'])} {one['cpu_seconds'] or 0:.2f}s" for one in times[:_MOST_THREADS]]
    more = len(times) - len(busiest)
    busiest += [f"+{more} more"] if more > 0 else []
    return f"{found['threads']}" + (f" ({', '.join(busiest)})" if len(times) > 1 else "")


def _files(found: dict[str, Any]) -> str:
    if found.get("fds") is None:
        return ""
    limit = found.get("fds_limit")
    return f"{found['fds']} open" + (f" of {limit} ({found['fds'] / limit:.0%})" if limit else "")


def _io(found: dict[str, Any]) -> str:
    if found.get("read_bytes") is None:
        return ""
    return f"{bytes_text(found['read_bytes'])} read, {bytes_text(found['write_bytes'])} written"


def _command(found: dict[str, Any]) -> str:
    full = found.get("argv_redacted")
    return escaped(" ".join(full), 2000) if full else escaped(found["argv_shape"], 500)


def _foreign(text: str | None) -> str:
    return escaped(text, 300) if text else ""


def _family(members: list[dict[str, Any]]) -> str:
    shown = [f"{escaped(one['name'], 32)} ({one['handle']})" for one in members[:20]]
    more = len(members) - len(shown)
    return ", ".join([*shown, *([f"+{more} more"] if more else [])])
