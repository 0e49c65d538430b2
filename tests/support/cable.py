# SPDX-License-Identifier: GPL-2.0-or-later
"""A long and bad cable between two machines: it delays every frame, and loses some, always the same ones."""

import fcntl
import heapq
import os
import random
import select
import struct
import threading
import time

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
FRAME = 65536
QUEUE = 2000  # frames on their way; more are lost, as in any router


class Cable:
    """Ends are (machine, name of the link). seconds: one way. loss: of a hundred frames, each way."""

    def __init__(self, first, second, *, seconds, loss, seed=1):
        self.lost = self.carried = 0
        self.loss = loss
        self._seconds = seconds
        self._chance = random.Random(seed)
        self._ends = [self._open(*end) for end in (first, second)]
        for machine, link in (first, second):
            machine.ip("link", "set", link, "up")
        self._stop, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    @staticmethod
    def _open(machine, link):
        with machine.entered():
            fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", link.encode(), IFF_TAP | IFF_NO_PI))
        return fd

    def _carry(self):
        under_way, number = [], 0
        while True:
            wait = max(0, under_way[0][0] - time.monotonic()) if under_way else None
            ready, _, _ = select.select([*self._ends, self._stop], [], [], wait)
            if self._stop in ready:
                return
            for end in ready:
                frame = os.read(end, FRAME)
                if self._chance.random() * 100 < self.loss or len(under_way) >= QUEUE:
                    self.lost += 1
                    continue
                number += 1
                other = self._ends[1 - self._ends.index(end)]
                heapq.heappush(under_way, (time.monotonic() + self._seconds, number, other, frame))
            while under_way and under_way[0][0] <= time.monotonic():
                _, _, other, frame = heapq.heappop(under_way)
                os.write(other, frame)
                self.carried += 1

    def end(self):
        os.close(self._wake)
        self._thread.join(5)
        for fd in (*self._ends, self._stop):
            os.close(fd)
