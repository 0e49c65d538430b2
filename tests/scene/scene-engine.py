#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine and what may happen to it: workers that crash, lie or hang, and its own death."""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from engine import Engine
from lab import Lab, wait_until
from network import HOTEL, differences, snapshot
from scene import expect, expect_equal, main, promise

UP = "state=signing-in configure={} serve"
CANARY = "canary-7c1e55"


class Stage:
    """A lab with an engine, and how its machine looked before anything was connected."""

    def __init__(self, lab, *options):
        self.machine = lab.user
        self.desktop = lab.desktop()
        self.before = snapshot(self.machine)
        self.engine = lab.ends(Engine(self.desktop, *options).start())

    def expect_untouched(self, when):
        expect_equal(differences(self.before, snapshot(self.machine)), [], when)

    def expect_touched(self):
        lines = differences(self.before, snapshot(self.machine))
        expect(any(line.startswith("rule") for line in lines), f"no rule: {lines}")
        expect(any("10.98.0.0/16" in line for line in lines), f"no route: {lines}")

    def up(self, number=1, user="alice"):
        path = self.engine.connected(user, UP.format(number))
        self.engine.wait_for_state(path, "connected")
        return path


@promise("a connection changes the network, and its end puts everything back")
def life():
    with Lab() as lab:
        stage = Stage(lab)
        path = stage.up()
        stage.expect_touched()
        status = stage.engine.status(path)
        for words in ("'10.98.1.2/32'", "'10.98.0.0/16'", "'10.98.0.53'", "'corp.example.test'",
                      "'transport': <'TLS'>", "'interface': <'visitor"):  # fmt: skip
            expect(words in status, f"{words} not in {status}")
        stage.engine.call("alice", "Connection1.Disconnect", path=path)
        wait_until(lambda: stage.engine.state(path) == "gone", "the end")
        stage.expect_untouched("after Disconnect")


FAULTS = {
    "crash": "WorkerDied",
    "fail=PasswordRefused": "PasswordRefused",
    "unasked": "Protocol",
    "rude=ready": "Protocol",  # a second greeting
    "rude=disconnect": "Protocol",  # a message of the host's
    "flood": "Protocol",
    "lie": "Protocol",
    "state=upside-down": "Protocol",
}


@promise("a worker that crashes, lies or breaks the protocol is ended, and nothing is left")
def faults():
    with Lab() as lab:
        stage = Stage(lab)
        for script, error in FAULTS.items():
            path = stage.engine.connected("alice", f"{script} serve")
            expect_equal(stage.engine.error(path)[0], error, script)
            expect_equal(stage.engine.workers(), [], f"workers after {script}")
        stage.expect_untouched("after all faults")
        stage.up()


@promise("the same faults with the tunnel up: everything is put back")
def faults_when_up():
    with Lab() as lab:
        stage = Stage(lab)
        for number, (script, error) in enumerate(FAULTS.items(), 1):
            path = stage.engine.connected("alice", f"configure={number} {script} serve")
            expect_equal(stage.engine.error(path)[0], error, script)
            stage.expect_untouched(f"after {script}")


@promise("a stream lost while the network is set up: reconnecting, until the worker says otherwise")
def lost_while_setting_up():
    with Lab() as lab:
        stage = Stage(lab)
        script = "state=signing-in send=1 state=reconnecting tun rest=3 state=connected serve"
        path = stage.engine.connected("alice", script)
        wait_until(lambda: "'interface'" in stage.engine.status(path), "the network")
        expect_equal(stage.engine.state(path), "reconnecting", "without a stream")
        stage.engine.wait_for_state(path, "connected")


@promise("a worker killed from outside: failed, and everything is put back")
def killed():
    with Lab() as lab:
        stage = Stage(lab)
        path = stage.up()
        os.kill(stage.engine.workers()[0], signal.SIGKILL)
        expect_equal(stage.engine.error(path)[0], "WorkerDied", "error")
        stage.expect_untouched("after the kill")
        stage.engine.call("alice", "Connection1.Disconnect", path=path)
        expect_equal(stage.engine.state(path), "gone", "a failure that was dismissed")


@promise("a worker that does not listen is killed within seconds of Disconnect")
def deaf():
    with Lab() as lab:
        stage = Stage(lab)
        path = stage.engine.connected("alice", "configure=1 hang")
        stage.engine.wait_for_state(path, "connected")
        stage.engine.call("alice", "Connection1.Disconnect", path=path)
        wait_until(lambda: stage.engine.state(path) == "gone", "the end", 20)
        stage.expect_untouched("after Disconnect")


@promise("a worker that closes by itself: over, and everything is put back")
def closes():
    with Lab() as lab:
        stage = Stage(lab)
        path = stage.engine.connected("alice", "configure=1 close")
        wait_until(lambda: stage.engine.state(path) == "gone", "the end")
        stage.expect_untouched("after the close")


@promise("the engine killed while connected: the next one puts everything back")
def engine_killed():
    with Lab() as lab:
        stage = Stage(lab)
        stage.up(1)
        stage.up(2, "bob")
        stage.expect_touched()
        stage.engine.process.kill()
        answer = stage.engine.replay()
        expect_equal(answer.returncode, 0, f"replay: {answer.stderr}")
        stage.expect_untouched("after --replay-only")
        stage.engine.start()
        stage.up()
        stage.engine.process.kill()
        stage.engine.start()
        stage.expect_untouched("after a new start")


@promise("the engine told to stop says goodbye and puts everything back")
def terminated():
    with Lab() as lab:
        stage = Stage(lab)
        stage.up(1)
        stage.up(2, "bob")
        expect_equal(stage.engine.stop(), 0, "exit status")
        stage.expect_untouched("after SIGTERM")


@promise("the bus may break and come back: the tunnel stays, and its owner finds it again")
def bus_breaks():
    with Lab() as lab:
        stage = Stage(lab)
        path = stage.up()
        workers = stage.engine.workers()
        stage.desktop.bus.kill()
        stage.desktop.polkit.kill()
        stage.engine.process.wait_for_output("the tunnels stay")
        stage.expect_touched()
        stage.desktop.start_bus()
        wait_until(stage.engine.has_name, "the engine on the new bus")
        expect_equal(stage.engine.workers(), workers, "workers")
        expect("'connected'" in stage.engine.status(path, "alice"), "alice does not find it")
        expect("NotAuthorized" in stage.engine.call("bob", "Connection1.GetLog", path=path).stderr,
               "bob finds it too")  # fmt: skip
        second = stage.up(2, "bob")
        for user, each in (("alice", path), ("bob", second)):
            stage.engine.call(user, "Connection1.Disconnect", path=each)
            wait_until(lambda path=each: stage.engine.state(path) == "gone", f"{user}'s end")
        stage.expect_untouched("after both")


@promise("an engine without work ends with its bus")
def bus_gone():
    with Lab() as lab:
        stage = Stage(lab)
        stage.desktop.bus.kill()
        expect_equal(stage.engine.process.wait(), 1, "exit status")
        expect("The system bus has gone" in stage.engine.process.output(), "it does not say why")


@promise("two users are connected at once, and the end of one leaves the other")
def two():
    with Lab() as lab:
        stage = Stage(lab)
        first, second = stage.up(1, "alice"), stage.up(2, "bob")
        stage.engine.call("alice", "Connection1.Disconnect", path=first)
        wait_until(lambda: stage.engine.state(first) == "gone", "the first one's end")
        expect_equal(stage.engine.state(second), "connected", "the second")
        stage.expect_touched()
        stage.engine.call("bob", "Connection1.Disconnect", path=second)
        wait_until(lambda: stage.engine.state(second) == "gone", "the second one's end")
        stage.expect_untouched("after both")


@promise("the program that connected may leave: the tunnel stays, an open question does not")
def caller_leaves():
    with Lab() as lab:
        stage = Stage(lab)
        caller = stage.engine.caller("alice", UP.format(1))
        caller.wait_for_output("state connected")
        path = caller.output().split("path ")[1].split()[0]
        caller.kill()
        stage.expect_touched()
        expect_equal(stage.engine.state(path), "connected", "the tunnel without its caller")
        asking = stage.engine.caller("bob", "secret serve")
        asking.wait_for_output("asked")
        asked = asking.output().split("path ")[1].split()[0]
        asking.kill()
        expect_equal(stage.engine.error(asked)[0], "NoSecret", "the question")


@promise("a password reaches the worker and nothing else")
def secret():
    with Lab() as lab:
        stage = Stage(lab)
        caller = stage.engine.caller("alice", "secret " + UP.format(1), CANARY)
        caller.wait_for_output("state connected")
        path = caller.output().split("path ")[1].split()[0]
        log = stage.engine.call("alice", "Connection1.GetLog", path=path).stdout
        expect(f"a secret of {len(CANARY)} octets" in log, log)
        places = [log, stage.engine.process.output(), stage.engine.status(path)]
        for pid in [stage.engine.pid(), *stage.engine.workers()]:
            for name in ("cmdline", "environ"):
                places.append(Path(f"/proc/{pid}/{name}").read_text(errors="replace"))
        expect(not any(CANARY in place for place in places), "the password was told")


@promise("a worker is told the machine's own name servers, and where the gateway answered last time")
def hints():
    with Lab() as lab:
        stage = Stage(lab)
        with open(stage.desktop.etc / "hosts", "a", encoding="ascii") as hosts:
            hosts.write("192.0.2.55 vpn.example.test\n")
        stage.up()
        expect("10.98.0.53" in lab.resolver(), "the tunnel's name server is not in use")
        path = stage.engine.connected("alice", "tell serve")
        log = stage.engine.call("alice", "Connection1.GetLog", path=path).stdout
        for words in (f"nameservers: {HOTEL}.", "hosts: 192.0.2.55.", "last-good: 192.0.2.77."):
            expect(words in log, f"{words} not in {log}")
        path = stage.engine.connected("bob", "tell serve")
        log = stage.engine.call("bob", "Connection1.GetLog", path=path).stdout
        expect("last-good: ." in log, f"bob is told of alice's gateway: {log}")


@promise("unless asked for more, the engine's log names no site, user, host or address")
def discretion():
    with Lab() as lab:
        stage = Stage(lab)
        stage.engine.stop()
        stage.engine.options.remove("--debug")
        stage.engine.start()
        path = stage.up()
        stage.engine.call("alice", "Connection1.Disconnect", path=path)
        wait_until(lambda: stage.engine.state(path) == "gone", "the end")
        failed = stage.engine.connected("alice", "state=signing-in fail=AuthRefused")
        stage.engine.wait_for_state(failed, "failed")
        text = stage.engine.process.output()
        expect("connected -> disconnecting" in text, f"the log tells nothing: {text}")
        for word in ("alice", "10.98.", "example.test", "192.0.2.", "serve", HOTEL):
            expect(word not in text, f"{word} in the log: {text}")


def fields(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {line.split(":")[0]: line.split(":")[1].split() for line in lines}


@promise("the engine holds four capabilities and no more, its worker none")
def rights():
    with Lab() as lab:
        stage = Stage(lab)
        stage.up()
        engine = fields(stage.engine.pid())
        kept = f"{(1 << 5) | (1 << 6) | (1 << 7) | (1 << 12):016x}"  # KILL, SETGID, SETUID, NET_ADMIN
        for name in ("CapEff", "CapPrm", "CapBnd"):
            expect_equal(engine[name], [kept], f"the engine's {name}")
        expect_equal(engine["NoNewPrivs"], ["1"], "the engine's NoNewPrivs")
        worker = fields(stage.engine.workers()[0])
        expect_equal(worker["Uid"], ["47010"] * 4, "the worker's Uid")
        for name in ("CapEff", "CapPrm", "CapAmb"):
            expect_equal(worker[name], ["0" * 16], f"the worker's {name}")


@promise("a site that cannot be read is refused, naming line and key, and no file is opened for it")
def bad_sites():
    with Lab() as lab:
        stage = Stage(lab)
        for text, words in (
            ("[site]\nname=x\naddress=h:99999\n[sign-in]\nmethod=psk\nuser=a\n", ("line 3", "address")),
            ("[site]\naddress=h\n[gateway]\nca=/etc/shadow\n[sign-in]\nmethod=psk\nuser=a\n", ("ca",)),
            ("x" * 100000, ("longer",)),
        ):
            answer = stage.engine.call("alice", "Engine1.Connect", text, "/a", "{}")
            expect("SiteInvalid" in answer.stderr, answer.stderr + answer.stdout)
            expect("root:" not in answer.stderr, "a file's content in an error")
            for word in words:
                expect(word in answer.stderr, f"{word} not in {answer.stderr}")


@promise("a hostile environment has no effect")
def environment():
    with Lab() as lab:
        stage = Stage(lab)
        stage.engine.stop()
        trap = stage.desktop.folder / "keys.log"
        hostile = {"SSLKEYLOGFILE": trap, "GIO_EXTRA_MODULES": "/nonexistent", "PATH": "/nonexistent",
                   "G_MESSAGES_DEBUG": "all", "GNUTLS_DEBUG_LEVEL": "9", "TZ": "../../etc/shadow"}  # fmt: skip
        stage.engine.start("/usr/bin/env", *(f"{key}={value}" for key, value in hostile.items()))
        stage.up()
        worker = Path(f"/proc/{stage.engine.workers()[0]}/environ").read_text()
        expect("nonexistent" not in worker and "SSLKEY" not in worker, worker)
        expect(not trap.exists(), "a key log was written")


@promise("without work it ends, and two at once there are not")
def idle():
    with Lab() as lab:
        stage = Stage(lab, "--idle-timeout", "2")
        path = stage.up()
        second = stage.engine.replay()
        expect("changes this machine's network already" in second.stderr, second.stderr)
        expect(stage.engine.process.is_alive(), "it ended with work")
        stage.engine.call("alice", "Connection1.Disconnect", path=path)
        expect_equal(stage.engine.process.wait(), 0, "exit status when idle")
        expect(not stage.engine.has_name(), "the name is still owned")


if __name__ == "__main__":
    main()
