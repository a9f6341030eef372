"""A file of a profiler, whichever its format: told by what is in it, and by no name."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING

from codesentinel.capture.profiles.collapsed import read_collapsed
from codesentinel.capture.profiles.perf import read_perf
from codesentinel.capture.profiles.pprof import read_pprof
from codesentinel.capture.profiles.speedscope import read_speedscope
from codesentinel.model.errors import BadAnswer, UsageError

if TYPE_CHECKING:
    from codesentinel.model.profile import Profile

FORMATS = ("py-spy", "collapsed", "speedscope", "pprof", "perf")
_LARGEST_BYTES = 256 * 1024 * 1024
_TEXTS = {
    "py-spy": read_collapsed,
    "collapsed": read_collapsed,
    "speedscope": read_speedscope,
    "perf": read_perf,
}


def read_file(path: str, kind: str = "") -> Profile:
    """The profile in a file, gzipped or not; ``kind`` is one of ``FORMATS`` where it is not to be guessed.

    Raises:
        UsageError: there is no such file, or no such format.
        BadAnswer: it is not of that format, or larger than can be read.
    """
    if kind and kind not in FORMATS:
        raise UsageError(f"no such format: {kind}", hint=f"one of {', '.join(FORMATS)}")
    try:
        with open(path, "rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
    except OSError as exc:
        raise UsageError(f"cannot read {path}: {exc.strerror}") from exc
    content = _plain(content)
    if len(content) > _LARGEST_BYTES:
        raise BadAnswer(f"{path} holds more than {_LARGEST_BYTES} bytes")
    kind = kind or _guessed(content)
    if kind == "pprof":
        return read_pprof(content)
    found = _TEXTS[kind](content.decode("utf-8", "backslashreplace"))
    return found.but(source="py-spy") if kind == "py-spy" else found


def _plain(content: bytes) -> bytes:
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            return packed.read(_LARGEST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as exc:
        raise BadAnswer(f"the file is gzipped, and damaged: {exc}") from exc


def _guessed(content: bytes) -> str:
    head = content[:4096]
    if head.lstrip()[:1] == b"{":
        return "speedscope"
    if b"\0" in head or head[:1] in (b"\x0a", b"\x12"):
        return "pprof"
    lines = [line for line in head.splitlines() if line.strip() and not line.startswith(b"#")]
    if len(lines) > 1 and lines[1][:1] in (b" ", b"\t"):
        return "perf"
    return "collapsed"
