"""Files of profilers are read for what they say, and written so that they are read the same again."""

from __future__ import annotations

import gzip
import json
import random

import pytest

from codesentinel.capture.profiles.collapsed import read_collapsed
from codesentinel.capture.profiles.files import read_file
from codesentinel.capture.profiles.perf import read_perf
from codesentinel.capture.profiles.speedscope import read_speedscope
from codesentinel.model.errors import BadAnswer, UsageError
from codesentinel.model.profile import SLICES, Frame, Profile, Stack, merged
from codesentinel.model.profile_document import profile_document, profile_of
from codesentinel.render.profiles.collapsed import collapsed
from codesentinel.render.profiles.pprof import pprof
from codesentinel.render.profiles.speedscope import speedscope

HOSTILE = "</script><script>alert(1)</script>\x1b[31m"
MAIN, WORK = Frame("main", "app.py", 3), Frame("work", "lib/core.py", 9)
PROFILE = Profile(
    merged(
        [
            Stack((MAIN, WORK), "Thread 1", 70),
            Stack((MAIN,), "Thread 1", 20),
            Stack((Frame(HOSTILE, "x.py"),), "Thread 2", 10),
        ]
    ),
    "test",
    started_at=1.79e9,
    rate_hertz=100.0,
    duration_seconds=1.0,
)


def counts(profile):
    return {(stack.thread, stack.frames): stack.samples for stack in profile.stacks}


@pytest.mark.parametrize("kind", ["speedscope", "pprof"])
@pytest.mark.parametrize("packed", [False, True])
def test_what_is_written_is_read_the_same(tmp_path, kind, packed):
    content = pprof(PROFILE) if kind == "pprof" else speedscope(PROFILE, "p").encode()
    if kind == "pprof" and not packed:
        content = gzip.decompress(content)
    elif kind == "speedscope" and packed:
        content = gzip.compress(content)
    file = tmp_path / "profile"
    file.write_bytes(content)
    found = read_file(str(file))
    assert counts(found) == counts(PROFILE)
    assert found.rate_hertz == pytest.approx(100)
    assert found.duration_seconds == pytest.approx(1.0, rel=0.2)


def test_collapsed_stacks_are_read_again_where_the_format_can_say_it():
    plain = Profile(
        tuple(one._replace(thread="thread (7): MainThread") for one in PROFILE.stacks[:2]), "test"
    )
    assert counts(read_collapsed(collapsed(plain))) == counts(plain)
    odd = Profile((Stack((Frame("a;b\nc"),), "", 3),), "test")
    assert collapsed(odd) == "a:b c 3\n"


def test_what_is_kept_is_given_back():
    course = (5, *[0] * (SLICES - 2), 1)
    profile = Profile((Stack((MAIN, WORK), "t", 6, course),), "py-spy", lost=2, mode="gil")
    assert profile_of(json.loads(json.dumps(profile_document(profile)))) == profile
    with pytest.raises(BadAnswer, match="damaged"):
        profile_of(profile_document(profile) | {"stacks": [[0, 1, [99], []]]})
    with pytest.raises(BadAnswer, match="not a profile of ours"):
        profile_of({"schema": "other"})


def test_raw_output_of_py_spy_is_taken_apart():
    found = read_collapsed(
        "thread (1312): MainThread;<module> (busy.py:12);a (busy.py:4) 137\n"
        "process 9:python x.py;thread (4): w;<lambda> (<frozen importlib._bootstrap>:8) 2\n"
        "plain;names 5\n"
    )
    assert counts(found) == {
        ("thread (1312): MainThread", (Frame("<module>", "busy.py", 12), Frame("a", "busy.py", 4))): 137,
        (
            "process 9:python x.py",
            (Frame("thread (4): w"), Frame("<lambda>", "<frozen importlib._bootstrap>", 8)),
        ): 2,
        ("", (Frame("plain"), Frame("names"))): 5,
    }
    assert not found.has_course


def test_speedscope_keeps_the_order_of_samples():
    document = {
        "shared": {"frames": [{"name": "a", "file": "m.py", "line": 1, "col": None}, {"name": "b"}]},
        "profiles": [
            {
                "type": "sampled",
                "name": "main",
                "unit": "milliseconds",
                "startValue": 0,
                "endValue": 800,
                "samples": [[0], [0, 1]],
                "weights": [400, 400],
            }
        ],
    }
    document["profiles"][0] |= {"samples": [[0]] * 40 + [[0, 1]] * 40, "weights": [10] * 80}
    found = read_speedscope(json.dumps(document))
    first, second = sorted(found.stacks, key=lambda one: len(one.frames))
    assert (first.samples, second.samples, found.rate_hertz) == (40, 40, 100.0)
    assert sum(first.course[:20]) == 40
    assert sum(second.course[20:]) == 40
    document["profiles"][0]["type"] = "evented"
    with pytest.raises(BadAnswer, match="spans, not samples"):
        read_speedscope(json.dumps(document))


def test_perf_script_is_read_with_frames_of_python():
    text = """python 4711/4712 [001] 100.000100:     250000 cycles:
\t    7f00 __libc_read+0x4d (/usr/lib/libc.so.6)
\t    5500 py::work:/srv/app/core.py+0xb (/tmp/perf-4711.map)
\t    5501 _start (/usr/bin/python3.11)

python 4711/4712 [001] 100.250100:     250000 cycles:
\t    5501 _start (/usr/bin/python3.11)

"""
    found = read_perf(text)
    assert [one.samples for one in found.stacks] == [1, 1]
    deep = max(found.stacks, key=lambda one: len(one.frames))
    assert deep.frames == (
        Frame("_start", "/usr/bin/python3.11"),
        Frame("work", "/srv/app/core.py"),
        Frame("__libc_read", "/usr/lib/libc.so.6"),
    )
    assert found.duration_seconds == pytest.approx(0.25)
    assert deep.thread == "python 4711/4712"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no stacks"),
        (b"no number\n", "line 1 is no stack"),
        (b"{}", "not a speedscope file"),
        (b'{"shared":{"frames":[]},"profiles":[]}', "no samples"),
        (b"\x0a\xff\xff\xff\xff\xff", "not a pprof file"),
        (b"\x1f\x8bbroken", "gzipped, and damaged"),
        (b"[" * 100_000 + b" 1", "no stacks|is no stack|speedscope"),
    ],
)
def test_what_is_no_profile_is_refused_with_a_reason(tmp_path, content, told):
    file = tmp_path / "file"
    file.write_bytes(content)
    if content.startswith(b"["):
        assert read_file(str(file)).samples == 1  # a name of brackets, and its count
        return
    with pytest.raises(BadAnswer, match=told):
        read_file(str(file))


def test_a_file_that_is_not_there_and_a_format_that_is_none(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        read_file(str(tmp_path / "absent"))
    with pytest.raises(UsageError, match="no such format"):
        read_file(str(tmp_path / "absent"), "svg")


def test_chance_bytes_never_crash_a_reader(tmp_path):
    rng = random.Random(4)
    for seed in (b"", b"\x0a", b"{", b"\x12\x04", b"a 1\n\t"):
        for _ in range(40):
            file = tmp_path / "file"
            file.write_bytes(seed + rng.randbytes(rng.randrange(60)))
            try:
                read_file(str(file))
            except BadAnswer as exc:
                assert exc.message  # noqa: PT017 - either outcome is fine, a crash is none
