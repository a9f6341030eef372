"""A month of a shop by day and night, with a disk that fills: what is in it is known."""

from __future__ import annotations

import time

import numpy as np

from codesentinel.model.series import Series

STEP, DAYS, SIZE = 300.0, 30, 100e9
LEFT_NOW, A_DAY = 30e9, 1e9
DISK = {"instance": "demo:9100", "job": "node", "device": "/dev/vda1", "fstype": "ext4", "mountpoint": "/"}


def month_of_a_shop():
    """Half of the traffic is gone for three hours of the last two days; the disk is full in thirty days."""
    times = time.time() // STEP * STEP - STEP * np.arange(DAYS * 288)[::-1]
    chance = np.random.default_rng(11)
    rate = 20 - 8 * np.cos(2 * np.pi * times / 86400) + chance.normal(0, 0.4, len(times))
    gone = (times > times[-1] - 30 * 3600) & (times < times[-1] - 27 * 3600)
    rate[gone] *= 0.3
    left = LEFT_NOW + A_DAY * (times[-1] - times) / 86400 + chance.normal(0, 2e7, len(times))
    return [
        Series({"__name__": "service:http_server_requests:rate", "service": "shop"}, times, rate),
        Series({"__name__": "node_filesystem_avail_bytes", **DISK}, times, left),
        Series({"__name__": "node_filesystem_size_bytes", **DISK}, times, np.full(len(times), SIZE)),
        Series({"__name__": "node_filesystem_readonly", **DISK}, times, np.zeros(len(times))),
    ]
