#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the unit allows is enough for the engine and for its worker, and what it says of the end lets both end well."""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from engine import Engine
from lab import Lab, wait_until
from network import differences, snapshot
from programs import TUNNEL, build
from scene import expect, expect_equal, main, promise
from strongswan import USERS
from unit import system_calls, told_to_stop, why_no_filters


def confined(lab, **more):
    """An engine under the unit's filter."""
    desktop = lab.desktop()
    names = desktop.folder / "system-calls"
    unit = build() / "data" / "visitor-engine.service"
    names.write_text("\n".join(system_calls(unit)) + "\n")
    engine = lab.ends(Engine(desktop, **more))
    return engine.start(desktop.build / "tests/scene/system-calls", names)


@promise("the network is changed and put back")
def network():
    with Lab() as lab:
        lab.desktop()
        before = snapshot(lab.user)
        engine = confined(lab)
        path = engine.connected("alice", "state=signing-in configure=1 serve")
        engine.wait_for_state(path, "connected")
        engine.call("alice", "Connection1.Disconnect", path=path)
        wait_until(lambda: engine.state(path) == "gone", "the end")
        expect_equal(differences(before, snapshot(lab.user)), [], "after Disconnect")


@promise("the real worker confines itself and looks for the gateway")
def worker():
    with Lab() as lab:
        engine = confined(lab, worker=TUNNEL)
        failed = engine.connected("alice", "nowhere", address="no-such-host.example.test")
        expect_equal(engine.error(failed)[0], "NameNotFound", "its end")


@promise("when the system stops the engine the gateway hears goodbye")
def stop():
    with Lab() as lab:
        responder = lab.responder().start()
        lab.visitor_gateway()
        engine = lab.engine()
        alice = lab.person("alice")
        alice.import_site("office", lab.site())
        alice.connect("office", password=USERS["alice"])
        expect("ESTABLISHED" in responder.associations(), "the positive control: no association")
        workers = engine.workers()
        expect_equal(len(workers), 1, "workers")
        for pid in told_to_stop(build() / "data" / "visitor-engine.service", engine.process.pid, workers):
            os.kill(pid, signal.SIGTERM)
        wait_until(lambda: not engine.process.is_alive(), "the engine's end")
        wait_until(lambda: "ESTABLISHED" not in responder.associations(), "the gateway to hear goodbye")


if __name__ == "__main__":
    main(why_no_filters)
