# SPDX-License-Identifier: GPL-2.0-or-later
"""A person at a terminal: a program on a pseudo-terminal of its own, typed at and read."""

import fcntl
import os
import select
import signal
import subprocess
import termios
import time

from process import PATIENCE, LabError


class Terminal:
    """Runs `command` with the terminal as its controlling one. output: all that was shown."""

    def __init__(self, command):
        self._master, slave = os.openpty()
        self.output = ""
        self._seen = 0

        def take_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
                signal.signal(number, signal.SIG_DFL)  # whatever a script in the background has ignored

        self._popen = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, preexec_fn=take_terminal)  # fmt: skip
        os.close(slave)

    @property
    def pid(self):
        return self._popen.pid

    def _read(self, seconds):
        """Reads what there is, waiting at most so long; False at the end."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return True
        try:
            octets = os.read(self._master, 4096)
        except OSError:
            return False
        self.output += octets.decode(errors="replace").replace("\r\n", "\n")
        return bool(octets)

    def wait_for(self, text, seconds=PATIENCE):
        """Waits until `text` is shown, behind what was waited for before."""
        end = time.monotonic() + seconds
        while (at := self.output.find(text, self._seen)) < 0:
            if time.monotonic() > end or not self._read(0.1):
                raise LabError(f"'{text}' was not shown, but: {self.output!r}")
        self._seen = at + len(text)

    def type(self, text):
        os.write(self._master, text.encode())

    def echoes(self):
        """True while the terminal shows what is typed."""
        return bool(termios.tcgetattr(self._master)[3] & termios.ECHO)

    def wait(self, seconds=PATIENCE):
        """Reads to the end; the exit status."""
        end = time.monotonic() + seconds
        while self._read(0.1):
            if time.monotonic() > end:
                raise LabError(f"no end after: {self.output!r}")
            if self._popen.poll() is not None:
                self._read(0.05)
                break
        return self._popen.wait(PATIENCE)

    def end(self):
        if self._popen.poll() is None:
            os.kill(self._popen.pid, signal.SIGKILL)
            self._popen.wait(PATIENCE)
        os.close(self._master)
