"""A Python program that is busy, for whoever looks at one from outside."""

from __future__ import annotations

import contextlib
import subprocess
import sys

PROGRAM = """
def inner(n):
    return sum(i * i for i in range(n))

def outer():
    while True:
        inner(2000)

print("ready", flush=True)
outer()
"""


@contextlib.contextmanager
def busy_program(folder):
    """The process id of one, until the block ends."""
    program = folder / "busy_program.py"
    program.write_text(PROGRAM)
    child = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE)
    try:
        child.stdout.readline()
        yield child.pid
    finally:
        child.kill()
        child.communicate()
