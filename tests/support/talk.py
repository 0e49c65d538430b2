# SPDX-License-Identifier: GPL-2.0-or-later
"""A TCP connection to the inside that is never at rest, and knows when an octet is wrong."""

import contextlib
import socket
import threading
import time

import network
from process import LabError, wait_until

ECHO_PORT = 7
SIZE = 4096


class Talk:
    """One connection to the echo server, from the user's machine, until end()."""

    def __init__(self, machine, host=network.INSIDE):
        self.rounds = 0
        self.failure = None
        self._stream = machine.connect(host, ECHO_PORT)
        self._stream.settimeout(60)
        self._running = True
        self._may_speak = threading.Event()
        self._may_speak.set()
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    def _talk(self):
        try:
            while self._may_speak.wait() and self._running:
                said = (b"%016d" % self.rounds) * (SIZE // 16)
                self._stream.sendall(said)
                heard = b""
                while len(heard) < SIZE:
                    more = self._stream.recv(SIZE - len(heard))
                    if not more:
                        raise LabError("the inner connection was closed")
                    heard += more
                if heard != said:
                    raise LabError(f"round {self.rounds}: other octets came back")
                self.rounds += 1
        except (OSError, LabError) as error:
            if self._running:
                self.failure = str(error)

    def pause(self):
        """Says nothing more once it is answered, and the stream below falls quiet."""
        self._may_speak.clear()

    def resume(self):
        self._may_speak.set()

    def goes_on(self, seconds=60.0, rounds=20):
        """Waits for more rounds; LabError if the connection broke. Returns the seconds it took."""
        start, before = time.monotonic(), self.rounds

        def more():
            if self.failure:
                raise LabError(f"the inner connection broke: {self.failure}")
            return self.rounds >= before + rounds

        wait_until(more, "octets from the inside on the same connection", seconds)
        return time.monotonic() - start

    def end(self):
        self._running = False
        self._may_speak.set()
        with contextlib.suppress(OSError):
            self._stream.shutdown(socket.SHUT_RDWR)
        self._stream.close()
        self._thread.join(2)
