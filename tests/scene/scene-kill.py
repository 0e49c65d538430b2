#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever is killed, whenever: the machine's network is as it was."""

import os
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from lab import Lab, wait_until
from network import differences, snapshot
from process import PATIENCE
from scene import expect, expect_equal, main, promise
from strongswan import USERS

STEPS = [0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6]


def as_before(lab, shot):
    wait_until(lambda: not differences(shot, snapshot(lab.user)), "the machine as it was")


def prepared(lab):
    lab.responder().start()
    lab.visitor_gateway()
    alice = lab.person("alice")
    alice.import_site("office", lab.site())
    return alice


@promise("the worker is killed while connected")
def worker():
    with Lab() as lab:
        alice = prepared(lab)
        engine = lab.engine()
        shot = snapshot(lab.user)
        alice.connect("office", password=USERS["alice"])
        expect(differences(shot, snapshot(lab.user)), "the connection changed nothing")
        (pid,) = engine.workers()
        os.kill(pid, signal.SIGKILL)
        as_before(lab, shot)
        expect(engine.process.is_alive(), "the engine ended too")
        status = alice.status("office")
        if status is not None:
            expect_equal((status["state"], status["error"]), ("failed", "WorkerDied"), "status")
        alice.connect("office", password=USERS["alice"])


@promise("the engine is killed while connected; the next one puts everything back")
def engine_connected():
    with Lab() as lab:
        alice = prepared(lab)
        engine = lab.engine()
        shot = snapshot(lab.user)
        alice.connect("office", password=USERS["alice"])
        workers = engine.workers()
        engine.kill()
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers),
                   "the worker to follow its engine")  # fmt: skip
        engine.start()
        as_before(lab, shot)
        alice.connect("office", password=USERS["alice"])
        alice.disconnect("office")
        as_before(lab, shot)


@promise("the engine is killed while it connects, at many moments")
def engine_connecting():
    with Lab() as lab:
        alice = prepared(lab)
        engine = lab.engine()
        shot = snapshot(lab.user)
        changed = kills = 0
        delays = list(STEPS)
        for delay in delays:
            client = alice.start("connect", "office", "--password-fd", "0", password=USERS["alice"])
            time.sleep(delay)
            engine.kill()
            changed += bool(differences(shot, snapshot(lab.user)))
            client.stop()
            engine.start()
            as_before(lab, shot)
            kills += 1
            if kills == len(delays) and not changed and delay < PATIENCE:
                delays.append(2 * delay)  # a busy machine takes longer to come so far
        expect(changed > 0, "no kill came late enough to find the machine changed")
        print(f"# {changed} of {kills} kills found the machine changed", flush=True)


@promise("a journal whose last line was torn is replayed as far as it goes")
def torn_journal():
    with Lab() as lab:
        alice = prepared(lab)
        engine = lab.engine()
        shot = snapshot(lab.user)
        alice.connect("office", password=USERS["alice"])
        engine.kill()
        (journal,) = engine.state.rglob("slot-*")
        with journal.open("ab") as file:
            file.write(b"3fb2a1c0de0000")
        engine.start()
        as_before(lab, shot)


@promise("what is damaged beyond use is set aside, and the engine starts")
def damaged():
    with Lab() as lab:
        alice = prepared(lab)
        engine = lab.engine()
        alice.connect("office", password=USERS["alice"])
        engine.kill()
        files = [path for path in engine.state.rglob("*") if path.is_file()]
        expect(files, "the positive control: there is state")
        for path in files:
            path.write_bytes(b"\0\xff" * 100)
        engine.start()
        kept = [path for path in engine.state.rglob("*") if b"\0\xff" in path.read_bytes()]
        expect(kept, "what was damaged is gone, not set aside")


if __name__ == "__main__":
    main()
