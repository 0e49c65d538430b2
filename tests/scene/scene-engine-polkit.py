#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may do what to the engine: real polkitd, real bus, people with and without a rule."""

import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from engine import BUS_NAME, ENGINE_PATH, SITE, Engine
from lab import Lab, wait_until
from process import keeps_what_it_frees
from scene import expect, expect_equal, main, promise

METHODS = {"GetStatus": [], "GetLog": [], "Watch": [], "Rekey": ["child"], "StepAside": [], "Disconnect": []}
UP = "state=signing-in configure=1 serve"
REFUSED = "NotAuthorized"
BY_THE_BUS = "AccessDenied"


def engine_of(lab, *options):
    return lab.ends(Engine(lab.desktop(), *options).start())


def add_rule(lab, condition):
    """A rule of the administrator's, before the others; polkitd watches the folder."""
    polkit = lab.desktop().polkit
    loads = polkit.output().count("Finished loading")
    rule = lab.desktop().etc / "polkit-1" / "rules.d" / "05-more.new"
    rule.write_text(
        f"polkit.addRule(function(action, subject) {{ if ({condition}) return polkit.Result.YES; }});"
    )
    rule.chmod(0o644)
    rule.rename(rule.with_suffix(".rules"))
    wait_until(lambda: polkit.output().count("Finished loading") > loads, "polkit to load the rule")


@promise("who has no rule is refused, who has one is let in, and root needs none")
def rule():
    with Lab() as lab:
        engine = engine_of(lab)
        refused = engine.connect("carol", "hang")
        expect(REFUSED in refused.stderr, f"carol: {refused.stderr}{refused.stdout}")
        expect_equal(engine.workers(), [], "workers after a refusal")
        for user in ("alice", "bob", "root"):
            answer = engine.connect(user, "hang")
            expect_equal(answer.returncode, 0, f"{user}: {answer.stderr}")
        expect_equal(len(engine.workers()), 3, "workers")


@promise("a user can neither see nor stop another one's connection; root and its owner can")
def two_users():
    with Lab() as lab:
        engine = engine_of(lab)
        path = engine.connected("alice", UP)
        engine.wait_for_state(path, "connected")
        for user in ("bob", "carol"):
            for method, arguments in METHODS.items():
                answer = engine.call(user, f"Connection1.{method}", *arguments, path=path)
                expect(REFUSED in answer.stderr, f"{user} {method}: {answer.stdout}{answer.stderr}")
            listed = engine.call(user, "Engine1.List").stdout
            expect(path not in listed, f"{user} sees {listed}")
        expect_equal(engine.state(path), "connected", "after all that")
        expect(path in engine.call("alice", "Engine1.List").stdout, "alice does not see her own")
        for user in ("alice", "root"):
            answer = engine.call(user, "Connection1.StepAside", path=path)
            expect("waits for no sign-in" in answer.stderr, f"{user} StepAside: {answer.stdout}{answer.stderr}")
        for method in METHODS.keys() - {"Disconnect", "StepAside"}:
            for user in ("alice", "root"):
                answer = engine.call(user, f"Connection1.{method}", *METHODS[method], path=path)
                expect_equal(answer.returncode, 0, f"{user} {method}: {answer.stderr}")
        answer = engine.call("alice", "Connection1.Disconnect", path=path)
        expect_equal(answer.returncode, 0, f"alice Disconnect: {answer.stderr}")
        wait_until(lambda: engine.state(path) == "gone", "the end of alice's connection")


@promise("an administrator's rule lets one user manage the other's connection")
def manage():
    with Lab() as lab:
        add_rule(lab, 'action.id == "org.visitorvpn.engine.manage" && subject.user == "bob"')
        engine = engine_of(lab)
        path = engine.connected("alice", UP)
        engine.wait_for_state(path, "connected")
        answer = engine.call("carol", "Connection1.Disconnect", path=path)
        expect(REFUSED in answer.stderr, f"carol: {answer.stdout}")
        answer = engine.call("bob", "Connection1.Disconnect", path=path)
        expect_equal(answer.returncode, 0, f"bob: {answer.stderr}")
        wait_until(lambda: engine.state(path) == "gone", "the end of the connection")


@promise("rules can look at the site and the gateway")
def details():
    with Lab() as lab:
        add_rule(
            lab,
            'action.id == "org.visitorvpn.engine.connect" && subject.user == "carol" &&'
            ' action.lookup("host") == "good.example.test" && action.lookup("site") == "hang"',
        )
        engine = engine_of(lab)
        expect_equal(engine.connect("carol", "hang", "good.example.test").returncode, 0, "good")
        for script, host in (("hang", "evil.example.test"), ("close", "good.example.test")):
            answer = engine.connect("carol", script, host)
            expect(REFUSED in answer.stderr, f"{script} {host}: {answer.stdout}")


@promise("a caller that leaves the bus at once is never granted anything")
def leaves():
    with Lab() as lab:
        desktop = lab.desktop()
        engine = engine_of(lab)
        site = desktop.folder / "left.conf"
        site.write_text("[site]\nname=hang\naddress=vpn.example.test\n[sign-in]\nmethod=psk\nuser=a\n")
        answer = desktop.run("carol", desktop.build / "tests/scene/engine-caller", "--leave", "300", site)
        expect("left 300 times" in answer.stdout, answer.stdout + answer.stderr)
        wait_until(lambda: engine.process.output().count("refused") == 300, "300 refusals", 20)
        expect_equal(engine.workers(), [], "workers")
        answer = engine.connect("alice", "hang")
        expect_equal(answer.returncode, 0, f"alice afterwards: {answer.stderr}")


@promise("the bus lets nobody own the name, or speak another interface to it, or call an agent")
def policy():
    with Lab() as lab:
        desktop = lab.desktop()
        engine = engine_of(lab)
        caller = engine.caller("alice", "secret serve")
        caller.wait_for_output("asked")
        name = caller.output().split("name ")[1].split()[0]
        refused = {
            "own": ("org.freedesktop.DBus", "/org/freedesktop/DBus",
                    "org.freedesktop.DBus.RequestName", BUS_NAME, "0"),
            "ping": (BUS_NAME, ENGINE_PATH, "org.freedesktop.DBus.Peer.Ping"),
            "agent": (name, "/org/visitorvpn/Agent", "org.visitorvpn.Agent1.GetSecret",
                      ENGINE_PATH, "{}"),
        }  # fmt: skip
        for what, words in refused.items():
            answer = desktop.call("bob", *words)
            expect(BY_THE_BUS in answer.stderr, f"{what}: {answer.stdout}{answer.stderr}")
        unknown = engine.call("alice", "Engine1.Reconfigure")
        expect("UnknownMethod" in unknown.stderr, unknown.stderr)
        told = desktop.call("carol", BUS_NAME, ENGINE_PATH, "org.freedesktop.DBus.Properties.Set",
                            "org.visitorvpn.Engine1", "Version", "<'9'>")  # fmt: skip
        expect(told.returncode != 0, "the version can be set")


@promise("ten thousand calls of one user leave the others served within a second")
def flood():
    flooded_with("--flood", 10000, 2)


@promise("two thousand sites of one user, 94 MiB of them, leave the others served within seconds")
def flood_of_sites():
    flooded_with("--flood-sites", 2000, 5)


def flooded_with(kind, times, seconds):
    """carol, who may connect to nothing, sends calls that nobody waits for; each site as long as one may be.
    The bus takes its time to carry them."""
    with Lab() as lab:
        desktop = lab.desktop()
        engine = engine_of(lab)
        path = engine.connected("alice", UP)
        engine.wait_for_state(path, "connected")

        def slowest_of_five():
            slowest = 0.0
            for _ in range(5):
                start = time.monotonic()
                expect("connected" in engine.status(path, "alice"), "alice got no status")
                slowest = max(slowest, time.monotonic() - start)
            return slowest

        site = desktop.folder / "long.conf"
        site.write_text(SITE.format(script="hang", address="vpn.example.test") + "#\n" * 23 * 1024)
        words = [kind, times] + ([site] if kind == "--flood-sites" else [])
        quiet = slowest_of_five()  # most of it is the start of the program that calls
        caller = desktop.start("carol", "flood", desktop.build / "tests/scene/engine-caller", *words)
        flooded = slowest_of_five()
        expect_equal(caller.wait(), 0, "the flood's end")
        print(f"# a call took {flooded:.2f} s, {quiet:.2f} s before", flush=True)
        expect(flooded < quiet + seconds, f"{flooded:.2f} s for one call, {quiet:.2f} s before")
        expect(engine.process.is_alive(), "the engine is gone")


@promise("the bus starts the engine for whoever calls it, and it ends without work")
def activation():
    with Lab() as lab:
        engine = Engine(lab.desktop(), "--idle-timeout", "1")
        engine.activate()
        expect(not engine.has_name(), "the engine runs before it was called")
        path = engine.connected("alice", UP)
        engine.wait_for_state(path, "connected")
        answer = engine.call("alice", "Connection1.Disconnect", path=path)
        expect_equal(answer.returncode, 0, answer.stderr)
        wait_until(lambda: not engine.has_name(), "the engine's end")
        refused = engine.connect("carol", UP)
        expect(REFUSED in refused.stderr, f"carol: {refused.stdout}{refused.stderr}")


@promise("no call is lost between one engine's end and the next one's start")
def handover():
    with Lab() as lab:
        engine = Engine(lab.desktop(), "--idle-timeout", "1")
        engine.activate()
        numbers = set()
        for pause in range(12):
            answer = engine.call("alice", "Engine1.List")
            expect_equal(answer.returncode, 0, f"call {pause}: {answer.stderr}")
            owner = lab.desktop().call("root", "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus.GetNameOwner", BUS_NAME)  # fmt: skip
            numbers.add(owner.stdout)
            time.sleep(0.9 + pause / 100)
        expect(len(numbers) > 1, f"it was always the same engine: {numbers}")


def held(engine):
    """Descriptors and KiB of memory that the engine holds."""
    process = Path(f"/proc/{engine.pid()}")
    memory = re.search(r"VmRSS:\s+(\d+)", (process / "status").read_text())[1]
    return len(list((process / "fd").iterdir())), int(memory)


@promise("descriptors that a caller sends, and calls by the thousand, leave nothing in the engine")
def hoard():
    with Lab() as lab:
        desktop = lab.desktop()
        engine = engine_of(lab)

        def flood():
            for kind in ("--flood", "--flood-fds"):
                desktop.run("carol", desktop.build / "tests/scene/engine-caller", kind, "3000")
            expect("Busy" not in engine.call("alice", "Engine1.List").stderr, "alice is not served")

        flood()
        before = held(engine)
        for _ in range(3):
            flood()
        after = held(engine)
        expect(after[0] <= before[0], f"descriptors: {before[0]}, then {after[0]}")
        if not keeps_what_it_frees(engine.pid()):
            expect(after[1] < before[1] + 4096, f"KiB: {before[1]}, then {after[1]}")


@promise("a user may have so many connections, and one for each site")
def quota():
    with Lab() as lab:
        engine = engine_of(lab)
        for number in range(8):
            answer = engine.connect("alice", f"state=signing-in hang x={number}")
            expect_equal(answer.returncode, 0, f"connection {number}: {answer.stderr}")
        full = engine.connect("alice", "hang x=9")
        expect("Busy" in full.stderr, f"the ninth: {full.stdout}{full.stderr}")
        expect_equal(engine.connect("bob", "hang").returncode, 0, "bob's first")
        again = engine.connect("bob", "hang")
        expect("Busy" in again.stderr, f"bob's second to one site: {again.stdout}{again.stderr}")


@promise("a user whose agent answers nothing cannot take the questions from the others")
def unanswered():
    with Lab() as lab:
        engine = engine_of(lab)
        stranding = engine.caller("alice", "state=signing-in secret hang", strand=80)
        stranding.wait_for_output("stranded", 400)
        asking = engine.caller("bob", f"state=signing-in secret {UP}", password="Wonderland1")
        asking.wait_for_output("state connected")
        expect("stranded 80 of" not in stranding.output(), "the engine knows no end of open questions")


if __name__ == "__main__":
    main()
