#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How quick the window is. Needs root and a build with the tests in it; figures on standard output.

    tests/bench/window.py [start | many | idle]

start: from the click to a window that answers, beside a bare window of the same toolkit, by turns.
many: 500 sites: the start, scrolling, and searching; how long the program worked for each frame.
idle: the processor time that it takes when nobody does anything, without and with a connection.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from lab import Lab, wait_until, why_not
from process import PATIENCE, LabError
from programs import GUI, build
from session import Session
from strongswan import USERS
from window import Window, why_no_window

ROUNDS = 9
SITES = 500
FRAME = 1000 / 60  # milliseconds that a frame has at 60 in a second
IDLE_SECONDS = 20
BARE = "tests/bench/bare-window"
WATCH = "tests/bench/frame-watch"


class Watched:
    """A program with frame-watch in it; `said` are its lines so far, as pairs."""

    def __init__(self, session, program):
        inside = session.desktop.build
        library = next(each.name for each in (build() / "tests/bench").glob("libframe-watch.so"))
        out, self._in = os.pipe()
        environment = {"LD_PRELOAD": str(inside / "tests/bench" / library), "FRAME_WATCH_FD": str(self._in),
                       "GSETTINGS_SCHEMA_DIR": str(inside / "data/desktop")}  # fmt: skip
        self.start = time.clock_gettime(time.CLOCK_MONOTONIC)
        self.popen = subprocess.Popen(
            session.command(inside / program, environment=environment), pass_fds=[self._in],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        os.close(self._in)
        os.set_blocking(out, False)
        self._out, self._rest, self.said = out, b"", []

    @property
    def pid(self):
        return self.popen.pid

    def read(self):
        """Takes what it has said."""
        try:
            while octets := os.read(self._out, 65536):
                self._rest += octets
        except BlockingIOError:
            pass
        *lines, self._rest = self._rest.split(b"\n")
        self.said += [(what, int(number)) for what, number in (line.decode().split() for line in lines)]
        return self.said

    def interactive(self):
        """Milliseconds from its start to a painted window and a main loop at rest."""

        def seen():
            if self.popen.poll() is not None:
                raise LabError(f"it ended with status {self.popen.returncode}")
            return next((at for what, at in self.read() if what == "interactive"), None)

        return wait_until(seen, "an interactive window") / 1000 - self.start * 1000

    def forget(self):
        self.read()
        self.said = []

    def end(self):
        self.popen.terminate()
        try:
            self.popen.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
        os.close(self._out)


def started(session, program):
    watched = Watched(session, program)
    try:
        return watched.interactive()
    finally:
        watched.end()


def way_there(session):
    """Milliseconds from the click to main(), which are the lab's own and not the program's."""
    start = time.monotonic()
    subprocess.run(session.command("true"), check=True)
    return (time.monotonic() - start) * 1000


def show_start(session, title):
    figures = {GUI: [], BARE: []}
    for _ in range(ROUNDS):
        way = way_there(session)
        for program, found in figures.items():
            found.append(started(session, program) - way)
    own, bare = (statistics.median(figures[each]) for each in (GUI, BARE))
    print(f"{title}: interactive after {own:.0f} ms (best {min(figures[GUI]):.0f}), "
          f"a bare window after {bare:.0f} ms (best {min(figures[BARE]):.0f}): {own / bare:.2f} of it; "
          f"medians of {ROUNDS}", flush=True)  # fmt: skip


def show_frames(watched, title):
    said = watched.read()
    frames = sorted(number / 1000 for what, number in said if what == "frame")
    stalls = [number / 1000 for what, number in said if what == "stall"]
    if not frames:
        raise LabError(f"{title}: no frame was drawn")
    late = sum(each > FRAME for each in frames)
    print(f"{title}: {len(frames)} frames, {statistics.median(frames):.1f} ms of work for one, "
          f"95 of 100 within {frames[int(len(frames) * 0.95)]:.1f} ms, the longest {frames[-1]:.1f} ms; "
          f"{late} over {FRAME:.1f} ms; the main loop was late by {max(stalls, default=0):.0f} ms at most",
          flush=True)  # fmt: skip
    watched.forget()


def settle(watched):
    """Waits until no frame has been drawn for a while."""

    def still():
        before = len(watched.read())
        time.sleep(0.5)
        return len(watched.read()) == before

    wait_until(still, "the window to come to rest")


def add_sites(lab, person, count):
    folder = person.home / ".config/visitor/sites"
    person.desktop.run(person.name, "mkdir", "-p", "-m", "700", folder)
    for number in range(count):
        path = folder / f"office-{number}.conf"
        path.write_text(lab.site(f"Office {number}", address=f"vpn-{number}.example.com:443"))
        path.chmod(0o600)
        os.chown(path, folder.stat().st_uid, folder.stat().st_gid)


def show_many(lab, session, person):
    add_sites(lab, person, SITES)
    show_start(session, f"{SITES} sites")
    watched = Watched(session, GUI)
    try:
        watched.interactive()
        settle(watched)
        watched.forget()
        session.run("xdotool", "mousemove", "150", "300")
        for button in ("5", "4"):
            session.run("xdotool", "click", "--repeat", "150", "--delay", "20", button)
        settle(watched)
        show_frames(watched, f"{SITES} sites, scrolled down and up")
        session.run("xdotool", "key", "ctrl+f")
        session.run("xdotool", "type", "--delay", "150", "office 499")
        session.run("xdotool", "key", "--repeat", "10", "--delay", "150", "BackSpace")
        settle(watched)
        show_frames(watched, f"{SITES} sites, searched letter by letter")
    finally:
        watched.end()


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def show_idle(window, title):
    time.sleep(3)
    before = processor_seconds(window.process.pid)
    time.sleep(IDLE_SECONDS)
    used = processor_seconds(window.process.pid) - before
    print(f"{title}: {100 * used / IDLE_SECONDS:.2f} % of a processor over {IDLE_SECONDS} s", flush=True)


def show_both_idle(lab, session, person):
    window = lab.ends(Window(session))
    show_idle(window, "idle, nothing connected")
    person.connect("office", password=USERS["alice"])
    window.shows("Connected")
    show_idle(window, "idle, connected")
    window.close()  # or the next one would hand over to it


def main():
    wanted = sys.argv[1:] or ["start", "many", "idle"]
    if set(wanted) - {"start", "many", "idle"}:
        sys.exit(__doc__)
    reason = why_not() or why_no_window(build())
    if reason:
        sys.exit(f"bench: {reason}")
    with Lab() as lab:
        lab.responder().start()
        lab.visitor_gateway()
        lab.engine()
        alice = lab.person("alice")
        session = Session(lab, alice).keyring().screen()
        alice.import_site("office", lab.site())
        if "start" in wanted:
            show_start(session, "start")
        if "idle" in wanted:
            show_both_idle(lab, session, alice)
        if "many" in wanted:
            alice.disconnect(check=False)
            show_many(lab, session, alice)


if __name__ == "__main__":
    main()
