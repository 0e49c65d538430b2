# SPDX-License-Identifier: GPL-2.0-or-later
"""A logind that says what it is told to say, on the system bus of a Desktop."""

import subprocess

from process import wait_until

NAME = "org.freedesktop.login1"
PYTHON = "/usr/bin/python3"  # the one that Debian's packages are for


def why_no_logind():
    found = subprocess.run([PYTHON, "-c", "import dbusmock"], capture_output=True, check=False)
    return None if found.returncode == 0 else "needs python3-dbusmock"


class Logind:
    def __init__(self, desktop):
        self.desktop = desktop
        command = [PYTHON, "-m", "dbusmock", "--system", "--template", "logind"]
        self.process = desktop.start("root", "logind", *command)
        wait_until(lambda: desktop.has_name(NAME), "logind")

    def prepare_for_sleep(self, begins):
        """What logind says before the machine sleeps (true), and when it is awake (false)."""
        self.desktop.run("root", "gdbus", "call", "--system", "-d", NAME, "-o", "/org/freedesktop/login1",
                         "-m", "org.freedesktop.DBus.Mock.EmitSignal", f"{NAME}.Manager", "PrepareForSleep",
                         "b", f"[<{str(begins).lower()}>]")  # fmt: skip

    def stop(self):
        return self.process.stop()
