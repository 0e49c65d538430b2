#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""New keys from either side and from both at once, and signing in anew, while traffic flows.

VISITOR_REKEYS says how many of each kind; tests/soak/rekeys plays a thousand.
"""

import os
import re
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from lab import Lab, wait_until
from numbers_udp import DatagramEcho, Numbers
from process import keeps_what_it_frees
from scene import expect, expect_equal, main, promise
from strongswan import USERS
from talk import Talk

TIMES = int(os.environ.get("VISITOR_REKEYS", "25"))
MOST_GROWTH_KB = 2048


class Scene:
    """A connection with traffic in it; what it must not lose is checked in the end."""

    def __init__(self, lab, **knobs):
        self.lab = lab
        self.responder = lab.responder(**knobs).start()
        lab.visitor_gateway()
        self.engine = lab.engine()
        self.alice = lab.person("alice")
        self.alice.import_site("office", lab.site())
        self.alice.connect("office", password=USERS["alice"])
        lab.ends(DatagramEcho(lab.inside))

    def talks(self):
        self.talk = self.lab.ends(Talk(self.lab.user))
        self.numbers = self.lab.ends(Numbers(self.lab.user))
        self.talk.goes_on()

    def counter(self, name):
        return self.alice.status("office")["counters"][name]

    def reaches(self, name, count):
        wait_until(lambda: self.counter(name) >= count, f"{count} {name}", 60)

    def log(self):
        return self.engine.process.output()

    def memory(self):
        """Kilobytes of the worker's memory."""
        text = Path(f"/proc/{self.engine.workers()[0]}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1])

    def is_one(self):
        text = self.responder.associations()
        return (text.count("ESTABLISHED"), len(re.findall(r"^  net: ", text, re.M))) == (1, 1)

    def one_of_each(self):
        """Nothing is left over at the gateway, nor here."""
        wait_until(self.is_one, "one IKE SA with one CHILD_SA at the gateway", 60)
        self.talk.goes_on()
        expect_equal(self.alice.state("office"), "connected", "the state")

    def lost_nothing(self):
        self.numbers.stop()
        expect_equal(self.numbers.lost(), [], f"lost of {self.numbers.sent}")
        expect_equal(self.numbers.repeated(), [], f"repeated of {self.numbers.sent}")
        expect_equal(self.talk.failure, None, "the inner connection")
        expect_equal(self.responder.logins(), 1, "logins")


def by_gateway(scene, what):
    words = ("--ike", "eap") if what == "ike" else ("--child", "net")
    scene.responder.control("--rekey", *words, check=False)


def by_client(scene, what):
    scene.alice.visitor("rekey", "office", *(["--ike"] if what == "ike" else []))


def rekey_often(scene, begin, what):
    counter = "ike-rekeys" if what == "ike" else "rekeys"
    before, memory = scene.counter(counter), 0
    for number in range(1, TIMES + 1):
        begin(scene, what)
        scene.reaches(counter, before + number)
        memory = memory or scene.memory()
    growth = scene.memory() - memory
    print(f"# {what} by {begin.__name__}: {number} times, the worker grew by {growth} kB")
    if not keeps_what_it_frees(scene.engine.workers()[0]):
        expect(growth < MOST_GROWTH_KB, f"the worker grew by {growth} kB")
    scene.one_of_each()


@promise("each kind of keys is renewed by either side, often: no packet is lost, no SA is left over",
         shows="Rekeys of IKE SA and CHILD_SA, by either side")
def rekeys():
    with Lab() as lab:
        scene = Scene(lab)
        scene.talks()
        for what in ("child", "ike"):
            for begin in (by_client, by_gateway):
                rekey_often(scene, begin, what)
        scene.lost_nothing()


def from_both(scene, what, other):
    """Asks at both ends at once; what became of it is told by the gateway's log."""
    asked = threading.Thread(target=by_gateway, args=(scene, other), daemon=True)
    asked.start()
    by_client(scene, what)
    asked.join()


@promise("both sides renew keys at once, often: no packet is lost, no SA is left over")
def at_once():
    with Lab() as lab:
        scene = Scene(lab)
        scene.talks()
        for what, other in (("child", "child"), ("ike", "ike"), ("child", "ike"), ("ike", "child")):
            for _ in range(TIMES):
                from_both(scene, what, other)
            scene.one_of_each()
        scene.lost_nothing()
        counters = scene.alice.status("office")["counters"]
        print(f"# {counters['rekeys']} of the tunnel, {counters['ike-rekeys']} of the IKE SA")
        assert counters["rekeys"] > TIMES and counters["ike-rekeys"] > TIMES, counters


@promise("signing in anew: the traffic moves to a second IKE SA, and the first is deleted")
def sign_in():
    with Lab() as lab:
        scene = Scene(lab)
        numbers = lab.ends(Numbers(lab.user))
        for number in range(2, 5):
            scene.alice.visitor("rekey", "office", "--sign-in")
            scene.reaches("sign-ins", number)
            wait_until(scene.is_one, "one IKE SA", 60)
            wait_until(lambda: scene.alice.state("office") == "connected", "the state")
            time.sleep(1)
        numbers.stop()
        lost = len(numbers.lost())
        print(f"# of {numbers.sent} numbers lost: {lost}; longest silence {numbers.longest:.2f} s")
        assert numbers.longest < 3, f"{numbers.longest:.2f} s without an answer"
        expect_equal(numbers.repeated(), [], "repeated")
        expect_equal(scene.responder.logins(), number, "logins")


@promise("signing in anew: the gateway says that it is time (RFC 4478)",
         shows="Reauthentication without a gap (RFC 4478)")
def auth_lifetime():
    with Lab() as lab:
        scene = Scene(lab, more={"reauth_time": "12s", "over_time": "10s", "rand_time": "0s"})
        scene.reaches("sign-ins", 3)
        expect_equal(scene.alice.state("office"), "connected", "the state")
        assert scene.responder.logins() >= 3


@promise("signing in anew: a gateway that refuses it leaves the connection as it is")
def refused():
    with Lab() as lab:
        scene = Scene(lab)
        scene.responder.change_password("alice", "Changed1")
        scene.talks()
        scene.alice.visitor("rekey", "office", "--sign-in")
        wait_until(lambda: scene.responder.logins() == 2, "a second try")
        wait_until(lambda: "goes on as it is" in scene.log(), "what the log says")
        scene.one_of_each()
        expect_equal(scene.counter("sign-ins"), 1, "sign-ins")


if __name__ == "__main__":
    main()
