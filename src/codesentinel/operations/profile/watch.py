"""``profile watch``: a few seconds of samples every minute, for as long as it runs, at a bounded cost."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from codesentinel.act.single import only_one
from codesentinel.act.stop_signals import stop_signals
from codesentinel.capture.profiles.sampler import Asked, sample
from codesentinel.model.errors import CodesentinelError, NoSuchProcess, NotInstalled, Unauthorized, UsageError
from codesentinel.model.profile_views import Watched
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.profile.origin import origin, process_of
from codesentinel.operations.profile.shelf import put

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

EVERY_SECONDS = 60.0
SAMPLE_SECONDS = 3.0
RATE_HERTZ = 50
MOST_RATIO = 0.01
"""Of one core, for the sampler: where it takes more, the pauses grow."""
_NAP_SECONDS = 0.5


def _facts(done: Watched) -> Mapping[str, Any]:
    return done.as_document()


@operation("profile.watch", Effect.WRITE, metadata=_facts)
def watch(
    context: Context,
    *,
    service: str,
    pid: int = 0,
    every_seconds: float = EVERY_SECONDS,
    sample_seconds: float = SAMPLE_SECONDS,
    rate_hertz: int = RATE_HERTZ,
    most_ratio: float = MOST_RATIO,
    duration_seconds: float = 0.0,
    on_profile: Callable[[Watched], None] | None = None,
) -> Watched:
    """Sample a service for a few seconds every minute, until told to stop; each time is a profile on record.

    The service's process and revision are looked up each time, so that a deployment is seen. Samples are
    taken without letting the process stand still.

    Args:
        context: where this runs.
        service: which.
        pid: its process; by default that of the running stack.
        every_seconds: from one beginning to the next.
        sample_seconds: how long each time.
        rate_hertz: samples a second.
        most_ratio: the share of one core that the sampler may take over all; pauses grow to keep it.
        duration_seconds: 0 for no end.
        on_profile: told after each.

    Raises:
        UsageError: it would sample without a pause.
        AlreadyRunning: the service is watched already.
        NotInstalled, Unauthorized: it can never work.
    """
    if not service or not sample_seconds >= 1 or every_seconds < sample_seconds or not 0 < most_ratio <= 1:
        raise UsageError(
            "of which service, how often, and for how long?", hint="--service NAME --every 60s --for 3s"
        )
    with (
        only_one(
            context.state_dir / "profile" / f"watch-{service.encode().hex()}", f"{service} is watched already"
        ),
        stop_signals() as told_to_stop,
    ):
        done = Watched(service, 0, 0, 0, 0.0, 0.0)
        began = due = time.monotonic()
        while not told_to_stop() and (not duration_seconds or time.monotonic() - began < duration_seconds):
            asked = Asked(pid, (), sample_seconds, rate_hertz, blocking=False)
            done = _once(context, done, asked)
            done = done._replace(elapsed_seconds=time.monotonic() - began)
            if on_profile:
                on_profile(done)
            allowed = done.sampler_cpu_seconds / most_ratio - done.elapsed_seconds
            due = max(due + every_seconds, time.monotonic() + allowed)
            while not told_to_stop() and (left := _left(due, began, duration_seconds)) > 0:
                time.sleep(min(left, _NAP_SECONDS))
        return done._replace(elapsed_seconds=time.monotonic() - began)


def _left(due: float, began: float, duration: float) -> float:
    end = began + duration if duration else due
    return min(due, end) - time.monotonic()


def _once(context: Context, done: Watched, asked: Asked) -> Watched:
    """One more profile. A service that is down or idle for a while is no reason to end."""
    try:
        pid = asked.pid or process_of(context, done.service)
        profile = sample(asked._replace(pid=pid))
        put(context, profile.but(origin=origin(context, done.service, "", "")))
    except (NotInstalled, Unauthorized):
        raise
    except NoSuchProcess as exc:
        if asked.pid and done.profiles == 0:
            raise
        context.tell(f"warning: {exc.message}")
        return done._replace(missed=done.missed + 1)
    except CodesentinelError as exc:
        context.tell(f"warning: {exc.message}")
        return done._replace(missed=done.missed + 1)
    return done._replace(
        profiles=done.profiles + 1,
        samples=done.samples + profile.samples,
        sampler_cpu_seconds=done.sampler_cpu_seconds + (profile.sampler_cpu_seconds or 0.0),
    )
