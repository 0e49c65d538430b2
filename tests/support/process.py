# SPDX-License-Identifier: GPL-2.0-or-later
"""A process of the lab: started with a log of its own, ended by its pid, never outliving the scene."""

import os
import signal
import subprocess
import time

# Survives exec: whatever becomes of the scene, the kernel ends what it started.
DIE_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL", "--"]
POLL = 0.02
# How long to wait, in seconds, for what should come at once: a busy machine breaks no promise.
PATIENCE = 30.0


class LabError(Exception):
    """Something in the lab itself, or a promise that was not kept."""


def wait_until(condition, what, seconds=PATIENCE):
    """Returns the first true value of condition(); LabError naming `what` after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise LabError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(POLL)


def keeps_what_it_frees(pid):
    """True for a program built with AddressSanitizer, whose size says nothing about what it holds."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        return "libasan" in maps.read()


class Process:
    """A started program. `log` is the path of the file that takes its output."""

    def __init__(self, name, command, log, stdin=os.devnull):
        self.name = name
        self.log = log
        with open(log, "ab") as out, open(stdin, "rb") as source:
            self.popen = subprocess.Popen(
                command,
                stdin=source,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self):
        return self.popen.pid

    def is_alive(self):
        return self.popen.poll() is None

    def output(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for_output(self, text, seconds=PATIENCE):
        """Waits until `text` is in the log; at once a LabError if the program ends before."""

        def seen():
            if text in self.output():
                return True
            if not self.is_alive():
                raise LabError(f"{self.name} ended with status {self.popen.returncode}")
            return False

        wait_until(seen, f"'{text}' from {self.name}", seconds)

    def signal(self, number):
        if self.is_alive():
            os.kill(self.pid, number)

    def wait(self, seconds=PATIENCE):
        """Waits for the end and returns the exit status (negative: a signal)."""
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            raise LabError(f"{self.name} did not end within {seconds:g} s") from None

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.wait()

    def stop(self, seconds=PATIENCE):
        """SIGTERM and, for one that does not listen, SIGKILL. Returns the exit status."""
        self.signal(signal.SIGTERM)
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return self.kill()
