"""``profile import`` and ``profile export``: files of other profilers in, and out for other viewers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.act.new_file import check_free, draft_of, drafted, publish
from codesentinel.capture.profiles.files import read_file
from codesentinel.model.errors import UsageError
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.profile.chosen import chosen
from codesentinel.operations.profile.origin import origin
from codesentinel.operations.profile.record import facts
from codesentinel.operations.profile.shelf import put
from codesentinel.render.profiles.collapsed import collapsed
from codesentinel.render.profiles.pprof import pprof
from codesentinel.render.profiles.speedscope import speedscope

if TYPE_CHECKING:
    from codesentinel.model.profile import Stored
    from codesentinel.model.profile_views import Side

FORMATS = ("speedscope", "collapsed", "pprof")


class Exported(NamedTuple):
    """A file that was written."""

    path: str
    format: str
    samples: int

    @property
    def files_modified(self) -> tuple[str, ...]:
        """For the log."""
        return (self.path,)


@operation("profile.import", Effect.WRITE, metadata=facts)
def import_file(
    context: Context,
    *,
    path: str,
    kind: str = "",
    service: str,
    host: str = "",
    revision: str = "",
    started_at: float | None = None,
) -> Stored:
    """Keep a profile of another profiler: py-spy raw, collapsed stacks, speedscope, pprof, perf script.

    ``kind`` is the format where it is not to be told by what is in the file; ``started_at`` is when it was
    recorded (epoch seconds), by default what the file says, else now.

    Raises:
        UsageError, BadAnswer, NotInstalled: there is no such file, or it cannot be read.
        Failed: it could not be kept.
    """
    found = read_file(path, kind)
    at = started_at if started_at is not None else found.started_at
    labels = origin(context, service, host, revision)
    return put(context, found.but(origin=labels, started_at=time.time() if at is None else at))


@operation("profile.export", Effect.WRITE)
def export(
    context: Context,
    *,
    profile: str,
    output: str,
    kind: str = "speedscope",
    service: str = "",
    overwrite: bool = False,
) -> Exported:
    """Write a profile as a file for speedscope, for FlameGraph's tools (collapsed), or for pprof.

    Raises:
        UsageError: no such format.
        NoData, BadAnswer: there is no such profile.
        Refused, Failed: the file is there already, or cannot be written.
    """
    if kind not in FORMATS:
        raise UsageError(f"no such format: {kind}", hint=f"one of {', '.join(FORMATS)}")
    check_free(output, overwrite=overwrite)
    side = chosen(context, profile, service)
    content = _written(kind, side)
    with drafted(draft_of(output)) as file:
        file.write(content)
    publish(draft_of(output), output, overwrite=overwrite)
    return Exported(output, kind, side.profile.samples)


def _written(kind: str, side: Side) -> bytes:
    if kind == "pprof":
        return pprof(side.profile)
    if kind == "collapsed":
        return collapsed(side.profile).encode("utf-8", "backslashreplace")
    return speedscope(side.profile, side.name).encode()
