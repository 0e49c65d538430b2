# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbered datagrams to the inside and back: which are lost, which come twice, which come late."""

import socket
import threading
import time

import network

PORT = 7
EVERY = 0.01


class DatagramEcho:
    """Sends each datagram back to where it came from, on the protected network."""

    def __init__(self, machine, host=network.INSIDE):
        self._socket = machine.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, PORT))
        self._socket.settimeout(0.2)
        self._running = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while self._running:
            try:
                said, sender = self._socket.recvfrom(2048)
                self._socket.sendto(said, sender)
            except TimeoutError:
                pass
            except OSError:
                time.sleep(EVERY)  # say, no route back at the moment

    def end(self):
        self._running = False
        self._thread.join(2)
        self._socket.close()


class Numbers:
    """Numbers, up to a hundred a second, from now until stop()."""

    def __init__(self, machine, host=network.INSIDE):
        self.sent = 0
        self.came = {}  # number: how often
        self.longest = 0.0  # seconds without an answer
        self._socket = machine.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(0.2)
        self._to = (host, PORT)
        self._speaks = self._listens = True
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._say, self._hear)]
        for thread in self._threads:
            thread.start()

    def _say(self):
        while self._speaks:
            try:
                self._socket.sendto(b"%d" % self.sent, self._to)
                self.sent += 1
            except OSError:
                pass  # the machine has no way at the moment: the next one tells for how long
            time.sleep(EVERY)

    def _hear(self):
        last = time.monotonic()
        while self._listens:
            try:
                number = int(self._socket.recv(100))
            except OSError:
                continue
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last), now
            self.came[number] = self.came.get(number, 0) + 1

    def lost(self):
        return [number for number in range(self.sent) if number not in self.came]

    def repeated(self):
        return [number for number, times in self.came.items() if times > 1]

    def stop(self):
        """Says no more, and waits for what is on its way."""
        self._speaks = False
        self._threads[0].join(2)
        time.sleep(1)
        self.end()

    def end(self):
        self._speaks = self._listens = False
        for thread in self._threads:
            thread.join(2)
        self._socket.close()
