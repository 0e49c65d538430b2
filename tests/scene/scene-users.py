#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two people on one machine: both are connected, neither can touch the other's."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from lab import Lab, wait_until
from network import differences, snapshot
from scene import expect, expect_equal, main, promise
from strongswan import USERS

ENGINE = "org.visitorvpn.Engine"


def both_connected(lab):
    responder = lab.responder().start()
    lab.visitor_gateway()
    lab.engine()
    people = []
    for name in ("alice", "bob"):
        person = lab.person(name)
        person.import_site("office", lab.site(user=name))
        person.connect("office", password=USERS[name])
        people.append(person)
    expect_equal(responder.logins(), 2, "logins")
    return people


def connections(person):
    """Object paths of a person's connections."""
    answer = person.desktop.call(person.name, ENGINE, "/org/visitorvpn/Engine",
                                 "org.visitorvpn.Engine1.List")  # fmt: skip
    return [part for part in answer.stdout.split("'") if part.startswith("/")]


@promise("two people, two connections, two interfaces")
def two():
    with Lab() as lab:
        lab.desktop()
        shot = snapshot(lab.user)
        alice, bob = both_connected(lab)
        mine, yours = alice.status("office"), bob.status("office")
        expect_equal((mine["state"], yours["state"]), ("connected", "connected"), "states")
        expect(mine["interface"] != yours["interface"], "one interface for both")
        expect(not set(mine["addresses"]) & set(yours["addresses"]), "one address for both")
        alice.disconnect("office")
        wait_until(lambda: alice.state("office") in (None, "disconnected"), "alice's end")
        expect_equal(bob.state("office"), "connected", "bob's state after alice has left")
        bob.disconnect("office")
        wait_until(lambda: not differences(shot, snapshot(lab.user)), "the machine as it was")


@promise("nobody reads, stops or rekeys another's connection")
def apart():
    with Lab() as lab:
        alice, bob = both_connected(lab)
        (hers,), (his,) = connections(alice), connections(bob)
        expect(hers != his, "both see the same connection")
        expect_equal(len(bob.statuses()), 1, "connections that bob sees")
        for method, arguments in (("GetStatus", []), ("GetLog", []), ("Watch", []), ("Rekey", ["child"]), ("StepAside", []), ("Disconnect", [])):
            name = f"org.visitorvpn.Connection1.{method}"
            answer = bob.desktop.call("bob", ENGINE, hers, name, *arguments)
            expect("NotAuthorized" in answer.stderr, f"bob's {method} on alice's connection: {answer.stdout}{answer.stderr}")
            if method not in ("Disconnect", "StepAside"):
                control = bob.desktop.call("alice", ENGINE, hers, name, *arguments)
                expect_equal(control.returncode, 0, f"alice's own {method}: {control.stderr}")
        expect_equal(alice.state("office"), "connected", "alice's state")


@promise("no signal about one's connection reaches another")
def no_signal():
    with Lab() as lab:
        lab.responder().start()
        lab.visitor_gateway()
        engine = lab.engine()
        desktop = lab.desktop()
        watchers = {
            name: desktop.start(name, "gdbus", "gdbus", "monitor", "--system", "-d", ENGINE)
            for name in ("alice", "bob")
        }
        for watcher in watchers.values():
            lab.ends(watcher)
            watcher.wait_for_output("is owned by")
        all_seen = lab.ends(desktop.start("root", "dbus-monitor", "dbus-monitor", "--system"))
        all_seen.wait_for_output("NameAcquired")
        alice = lab.person("alice")
        alice.import_site("office", lab.site())
        alice.connect("office", password=USERS["alice"])
        alice.disconnect("office")
        all_seen.wait_for_output("10.3.0.")  # the positive control: the bus itself saw it
        engine.stop()
        for watcher in watchers.values():
            watcher.wait_for_output("does not have an owner")
        for name, watcher in watchers.items():
            expect("office" not in watcher.output(), f"{name} was told: {watcher.output()}")
            expect("10.3.0." not in watcher.output(), f"{name} was told: {watcher.output()}")


if __name__ == "__main__":
    main()
