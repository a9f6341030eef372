"""Samples of one process, a line each as they come."""

from __future__ import annotations

from codesentinel.render.ascii import escaped
from codesentinel.render.quantity import bytes_text, ratio_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codesentinel.model.process import Process

_ENDINGS = {
    "complete": "",
    "interrupted": "; interrupted",
    "ended": "; the process ended",
    "replaced": "; the process ended, and its id went to another, which was not watched",
}


def heading_text(process: Process) -> str:
    """What is watched, and the names of the columns."""
    columns = "TIME          CPU     WANTED  MEMORY    THREADS  FILES  STATE"
    return f"{escaped(process.name)}  {process.handle}\n{columns}"


def sample_text(sample: dict[str, Any]) -> str:
    """One line."""
    command = sample.get("argv_redacted") or sample.get("argv_shape") or ""
    files = "-" if sample["fds"] is None else str(sample["fds"])
    cells = (
        sample["timestamp"][11:23],
        f"{ratio_text(sample['cpu_ratio']):>6}",
        f"{ratio_text(sample['demand_ratio']):>6}",
        f"{bytes_text(sample['rss_bytes']):>6}",
        f"{sample['threads']:>9}",
        f"{files:>5}",
        sample["status"],
        escaped(command, 200),
    )
    return "  ".join(cells).rstrip()


def ending_text(document: dict[str, Any]) -> str:
    """What the samples say together."""
    count = len(document["samples"])
    parts = [f"{count} sample{'' if count == 1 else 's'}{_ENDINGS[document['ending']]}"]
    for name, key, text in (("CPU", "cpu_ratio", ratio_text), ("memory", "rss_bytes", bytes_text)):
        spread = document[key]
        if spread:
            parts.append(
                f"{name} {text(spread['min'])} to {text(spread['max'])}, median {text(spread['median'])}"
            )
    return "; ".join(parts)
