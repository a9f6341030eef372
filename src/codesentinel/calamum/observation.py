"""Whether monitoring notices pressure, by which view and how soon, and what of the user's process."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.pressure import PRESSED, Pressure, harm, press
from codesentinel.calamum.quality import NAMED_AS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codesentinel.calamum.stage import Stage

_PAUSE_SECONDS = 0.5
_ANSWER_SECONDS = 60.0
_GREW = {"memory": ("rss_bytes", 3 << 20), "fds": ("fds", 16)}
"""What a view shows of a leak, and how much more of it is one: as the detectors have it."""

_BUSY_RATIO = 0.9
_SEEN, _ENDED = ("interrupted", "complete"), ("ended", "replaced")


def noticed(stage: Stage, *, what: str, within_seconds: float) -> dict[str, Any]:
    """Press beside the user's process, and ask each view again and again who is at fault.

    ``anomalies``, ``watch`` and ``detail`` have the seconds until each showed it; null where it did not.
    Forks are no property of one process: ``watch`` and ``detail`` cannot show them.
    ``process`` says for what the user's own was named meanwhile, whether ``watch`` told truly what became of
    it, how often ``detail`` did not answer while it ran, and what harm it took.
    """
    subject = int(stage.names["subject"]["pid"])
    before = {one["kind"] for one in _findings(stage) if _pid(one) == subject}
    words = ["memory", "process", "record", "--interval", "1s"]
    stage.background.append(stage.program.start(words, stderr=subprocess.DEVNULL))
    pressure = press(stage, what)
    watches = [_watch(stage, pid, within_seconds) for pid in (subject, pressure.pid)]
    views = _Views(stage, what, pressure, subject)
    end = time.monotonic() + within_seconds
    while time.monotonic() < end and not views.complete():
        views.ask()
        time.sleep(_PAUSE_SECONDS)
    hurt = harm(stage)
    of_subject, of_pressure = (_ended(watch) for watch in watches)
    pressure.victim.end()
    seconds, kind = views.named()
    found = {
        "what": what,
        "by": pressure.by,
        "anomalies": seconds,
        "named_as": kind,
        "watch": _first_shown(what, of_pressure.get("samples", ()), pressure.at),
        "detail": views.detail_seconds,
        "process": {
            "named": sorted(views.kinds(subject) - before),
            "named_before": sorted(before),
            "harm": hurt,
            "watched": of_subject.get("ending") in (_ENDED if hurt else _SEEN),
            "samples": len(of_subject.get("samples", ())),
            "unanswered": views.unanswered,
        },
    }
    return {**found, "observed": found}


class _Views:
    """What ``anomalies`` and ``detail`` have shown so far."""

    def __init__(self, stage: Stage, what: str, pressure: Pressure, subject: int) -> None:
        self.detail_seconds: float | None = None
        self.unanswered = 0
        self._stage, self._what, self._pressure, self._subject = stage, what, pressure, subject
        self._found: dict[tuple[int, str], float] = {}
        self._details: list[Mapping[str, Any]] = []

    def ask(self) -> None:
        """Ask each once."""
        for one in _findings(self._stage):
            self._found.setdefault((_pid(one), one["kind"]), self._since())
        self.unanswered += not _detail(self._stage, self._subject) and not harm(self._stage)
        if self.detail_seconds is None:
            self._details.append(_detail(self._stage, self._pressure.pid))
            if _shows(self._what, self._details):
                self.detail_seconds = self._since()

    def complete(self) -> bool:
        """Whether all that can show it has."""
        shown = self._what == "forks" or self.detail_seconds is not None
        return shown and self.named()[0] is not None

    def named(self) -> tuple[float | None, str]:
        """Seconds until the one that presses was named for what it does, and as what."""
        for kind in NAMED_AS[PRESSED[self._what]]:
            if (self._pressure.pid, kind) in self._found:
                return self._found[self._pressure.pid, kind], kind
        return None, ""

    def kinds(self, pid: int) -> set[str]:
        """What a process was named for."""
        return {kind for (who, kind) in self._found if who == pid}

    def _since(self) -> float:
        return round(time.monotonic() - self._pressure.began, 1)


def _shows(what: str, samples: list[Mapping[str, Any]]) -> bool:
    """Whether the last of these samples of the one that presses shows it."""
    if what == "cpu":
        return (samples[-1].get("demand_ratio") or 0.0) >= _BUSY_RATIO
    if what not in _GREW:
        return False
    field, most = _GREW[what]
    known = [one[field] for one in samples if one.get(field) is not None]
    return len(known) > 1 and known[-1] - min(known) >= most


def _first_shown(what: str, samples: list[Mapping[str, Any]], at: float) -> float | None:
    for number, one in enumerate(samples, 1):
        if _shows(what, samples[:number]):
            return round(max(0.0, datetime.fromisoformat(one["timestamp"]).timestamp() - at), 1)
    return None


def _findings(stage: Stage) -> list[dict[str, Any]]:
    told = stage.program.run(["memory", "process", "anomalies", "--json"], timeout_seconds=_ANSWER_SECONDS)
    return list(((told["document"] or {}).get("data") or {}).get("findings", ()))


def _pid(finding: Mapping[str, Any]) -> int:
    return int((finding.get("evidence") or {}).get("pid") or 0)


def _detail(stage: Stage, pid: int) -> dict[str, Any]:
    words = ["memory", "process", "detail", "--pid", str(pid), "--json"]
    told = stage.program.run(words, timeout_seconds=_ANSWER_SECONDS)
    return dict(((told["document"] or {}).get("data") or {}).get("process") or {})


def _watch(stage: Stage, pid: int, seconds: float) -> subprocess.Popen[bytes]:
    duration = f"{seconds + _ANSWER_SECONDS:g}s"
    words = ["memory", "process", "watch", "--pid", str(pid), "--duration", duration, "--json"]
    child = stage.program.start(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    stage.background.append(child)
    return child


def _ended(watch: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What a watch saw until it was told to stop."""
    watch.send_signal(signal.SIGINT)
    out, _ = watch.communicate(timeout=_ANSWER_SECONDS)
    try:
        return dict(json.loads(out)["data"])
    except (ValueError, KeyError, TypeError):
        return {}


PROBES: dict[str, Callable[..., Any]] = {one.__name__: one for one in (noticed,)}
