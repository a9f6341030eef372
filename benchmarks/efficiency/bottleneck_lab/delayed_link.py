"""A link between two network namespaces that carries each packet a while later: real TCP over a slow network.

python delayed_link.py BACKEND_PORT

Two TUN devices, one here and one in a namespace of its own in which the backend is started; this process
carries packets from one to the other. It reads the delay of one direction from standard input, in seconds,
a line each time. Where the kernel has netem that would do the same; many small kernels have not.
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

NEAR, FAR = "10.213.7.1", "10.213.7.2"
_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x1, 0x1000
_CLONE_NEWNET = 0x40000000
_PACKET_BYTES = 65536


def device(name: str, address: str, peer: str) -> int:
    """A TUN device that is up; its file descriptor."""
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN | _IFF_NO_PI))
    subprocess.run(["ip", "addr", "add", address, "peer", peer, "dev", name], check=True)
    subprocess.run(["ip", "link", "set", name, "up"], check=True)
    return tun


def start_far_end(port: int) -> tuple[int, int]:
    """The backend in a namespace of its own; its process id and the device there."""
    here, there = socket.socketpair()
    child = os.fork()
    if child == 0:
        here.close()
        if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET):
            os._exit(70)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        far = device("far", FAR, NEAR)
        socket.send_fds(there, [b"x"], [far])
        there.close()
        backend = str(Path(__file__).with_name("backend.py"))
        os.execv(sys.executable, [sys.executable, backend, FAR, str(port)])
    there.close()
    _, descriptors, *_ = socket.recv_fds(here, 1, 1)
    if not descriptors:
        raise SystemExit("the far end did not start")
    return child, descriptors[0]


def carry(near: int, far: int) -> None:
    """Carry packets until standard input ends."""
    delay, text = 0.0, b""
    waiting: list[tuple[float, int, int, bytes]] = []
    number = 0
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, to, packet = heapq.heappop(waiting)
            os.write(to, packet)
        timeout = max(waiting[0][0] - time.monotonic(), 0.0) if waiting else 1.0
        ready, *_ = select.select([near, far, 0], [], [], timeout)
        for source in ready:
            if source == 0:
                read = os.read(0, 4096)
                if not read:
                    return
                text += read
                *lines, text = text.split(b"\n")
                delay = float(lines[-1]) if lines else delay
                continue
            packet = os.read(source, _PACKET_BYTES)
            number += 1
            heapq.heappush(
                waiting, (time.monotonic() + delay, number, far if source == near else near, packet)
            )


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    near = device("near", NEAR, FAR)
    child, far = start_far_end(int(sys.argv[1]))
    print("ready", flush=True)
    try:
        carry(near, far)
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
