#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""New keys from either side and from both at once, and signing in anew, while traffic flows.

VISITOR_REKEYS says how many of each kind; tests/soak/rekeys plays a thousand.
"""

import os
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from lab import Lab, wait_until
from numbers_udp import DatagramEcho, Numbers
from scene import expect_equal, main, promise
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
    assert growth < MOST_GROWTH_KB, f"the worker grew by {growth} kB"
    scene.one_of_each()


@promise("each kind of keys is renewed by either side, often: no packet is lost, no SA is left over")
def rekeys():
    with Lab() as lab:
        scene = Scene(lab)
        scene.talks()
        for what in ("child", "ike"):
            for begin in (by_client, by_gateway):
                rekey_often(scene, begin, what)
        scene.lost_nothing()


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
        numbers.stop()
        print(f"# of {numbers.sent} numbers lost: {len(numbers.lost())}; longest silence {numbers.longest:.2f} s")
        assert numbers.longest < 1, f"{numbers.longest:.2f} s without an answer"
        expect_equal(numbers.repeated(), [], "repeated")
        expect_equal(scene.responder.logins(), number, "logins")


if __name__ == "__main__":
    main()
