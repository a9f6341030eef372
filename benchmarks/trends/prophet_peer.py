"""Prophet, fetched into a cache of its own: what it forecasts of hourly series, and its time.

It is a peer of a benchmark and no dependency: where it cannot be had it is left out, with a line that says
so. Run by its own Python, this file reads series from standard input and writes forecasts as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

CACHE = Path("~/.cache/codesentinel").expanduser()
_PATIENCE_SECONDS = 900.0


def prophet(
    series: dict[str, list[float]], horizon: int
) -> tuple[dict[str, list[list[float]]], float] | None:
    """Mean, lower and upper of each series, and CPU milliseconds a series; None where it cannot be had."""
    python = peer_python()
    if python is None:
        return None
    done = subprocess.run(
        [python, __file__],
        input=json.dumps([series, horizon]),
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_SECONDS,
    )
    if done.returncode:
        print(f"Prophet failed, and is left out: {done.stderr.strip().splitlines()[-1]}")
        return None
    said, milliseconds = json.loads(done.stdout.splitlines()[-1])
    return said, milliseconds


def peer_python() -> Path | None:
    """A Python with Prophet."""
    home = CACHE / "peers-prophet"
    if not list(home.glob("lib/*/site-packages/prophet")):
        uv = Path(sys.executable).with_name("uv")
        steps = (
            [uv, "venv", "-q", home],
            [uv, "pip", "install", "-q", "--python", home / "bin" / "python", "prophet"],
        )
        if any(subprocess.run(step, check=False, capture_output=True).returncode for step in steps):
            print("Prophet could not be fetched, and is left out")
            return None
    return home / "bin" / "python"


def main() -> None:
    """In Prophet's own Python: the answer to what stands on standard input."""
    import logging

    import pandas as pd
    from prophet import Prophet

    for name in ("cmdstanpy", "prophet"):
        logging.getLogger(name).setLevel(logging.ERROR)
    series, horizon = json.load(sys.stdin)
    said, began = {}, cpu()
    for name, values in series.items():
        times = pd.date_range("2026-01-05", periods=len(values) + horizon, freq="h")
        model = Prophet(
            interval_width=0.95, yearly_seasonality=False, weekly_seasonality=True, daily_seasonality=True
        )
        model.fit(pd.DataFrame({"ds": times[: len(values)], "y": values}))
        found = model.predict(pd.DataFrame({"ds": times[len(values) :]}))
        said[name] = [found[column].tolist() for column in ("yhat", "yhat_lower", "yhat_upper")]
    print(json.dumps([said, 1000 * (cpu() - began) / max(len(series), 1)]))


def cpu() -> float:
    """Seconds of this process and of the children that it waited for: Stan runs as one."""
    import resource

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
