# SPDX-License-Identifier: GPL-2.0-or-later
"""What a systemd unit allows, for a machine on which no systemd runs."""

import shutil
import subprocess


def why_no_filters():
    """Why a unit's filter cannot be read here, or None."""
    return None if shutil.which("systemd-analyze") else "needs systemd-analyze"


def _expand(name):
    """The system calls of a name: its own, or those of a group such as @system-service."""
    if not name.startswith("@"):
        return {name}
    shown = subprocess.run(
        ["systemd-analyze", "--no-pager", "syscall-filter", name], capture_output=True, text=True, check=True
    ).stdout
    words = [line.strip() for line in shown.splitlines()[1:]]
    calls = set()
    for word in words:
        if word and not word.startswith("#"):
            calls |= _expand(word)
    return calls


def told_to_stop(unit, main, others):
    """Whom of a unit's processes systemd sends SIGTERM to when it stops it (systemd.kill(5))."""
    modes = [line.partition("=")[2] for line in unit.read_text().splitlines() if line.startswith("KillMode=")]
    return [main] if modes[-1:] in (["mixed"], ["process"]) else [main, *others]


def system_calls(unit):
    """The names that the SystemCallFilter= lines of a unit file leave, in order as systemd reads them.

    execve is always among them: systemd itself needs it after the filter is in place.
    """
    allowed = _expand("@default") | {"execve"}
    for line in unit.read_text().splitlines():
        key, _, value = line.partition("=")
        if key != "SystemCallFilter":
            continue
        for name in value.removeprefix("~").split():
            allowed = allowed - _expand(name) if value.startswith("~") else allowed | _expand(name)
    return sorted(allowed)
