#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An IKE SA outlives its TCP connection: nobody signs in again, no inner connection breaks."""

import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from lab import Lab, wait_until
from scene import expect, expect_equal, main, promise
from strongswan import USERS
from talk import Talk

RESETS = 20
BY_MOBIKE = r"parsed INFORMATIONAL request \d+ \[ .*UPD_SA_ADDR"
BY_REQUEST = r"parsed INFORMATIONAL request \d+ "


def connected(lab):
    """alice, connected through whatever already listens on 443."""
    lab.engine()
    alice = lab.person("alice")
    alice.import_site("office", lab.site())
    alice.connect("office", password=USERS["alice"])
    return alice


def reset_often(before, told, **knobs):
    """told: what charon's log shows of how it learned of a new stream."""
    with Lab() as lab:
        responder = lab.responder(more=knobs).start()
        before(lab)
        alice = connected(lab)
        talk = lab.ends(Talk(lab.user))
        talk.goes_on()
        slowest = 0.0
        for number in range(1, RESETS + 1):
            wait_until(lambda: lab.network.reset_streams() >= 1, f"a stream to reset ({number})")
            slowest = max(slowest, talk.goes_on())
        print(f"# slowest of {RESETS}: {slowest:.2f} s", flush=True)
        expect_equal(responder.logins(), 1, "logins")
        wait_until(lambda: responder.count(told) >= RESETS, f"charon to be told {RESETS} times")
        wait_until(lambda: alice.state("office") == "connected", "the connection")
        status = alice.status("office")
        expect(status["stream"].endswith("resumed"), f"a full TLS handshake: {status['stream']}")
        expect(status["counters"]["reconnects"] >= RESETS, f"counters: {status['counters']}")


@promise(f"{RESETS} resets under traffic, through visitor-gateway")
def resets():
    reset_often(lambda lab: lab.visitor_gateway(), BY_MOBIKE)


@promise(f"{RESETS} resets under traffic, through a carrier with a new UDP port for each stream")
def resets_carrier():
    reset_often(lambda lab: lab.carrier(), BY_MOBIKE)


@promise(f"{RESETS} resets under traffic, and the gateway knows no MOBIKE")
def resets_without_mobike():
    reset_often(lambda lab: lab.carrier(), BY_REQUEST, mobike=False)


@promise("visitor-gateway is restarted under traffic")
def restart():
    with Lab() as lab:
        responder = lab.responder().start()
        gateway = lab.visitor_gateway()
        alice = connected(lab)
        talk = lab.ends(Talk(lab.user))
        talk.goes_on()
        for way in ("stop", "kill"):
            getattr(gateway.process, way)()
            wait_until(lambda: alice.state("office") == "reconnecting", "the client to notice")
            gateway.start()
            talk.goes_on()
        expect_equal(responder.logins(), 1, "logins")
        expect_equal(alice.state("office"), "connected", "the state")


@promise("the network is away for a while under traffic")
def away():
    with Lab() as lab:
        responder = lab.responder().start()
        carrier = lab.carrier()
        alice = connected(lab)
        talk = lab.ends(Talk(lab.user))
        talk.goes_on()
        carrier.signal(signal.SIGUSR2)  # refuses new streams
        carrier.signal(signal.SIGUSR1)
        wait_until(lambda: alice.state("office") == "reconnecting", "the client to notice")
        carrier.signal(signal.SIGUSR2)
        talk.goes_on()
        expect_equal(responder.logins(), 1, "logins")


@promise("the password is never asked for again")
def no_password():
    with Lab() as lab:
        lab.responder().start()
        lab.visitor_gateway()
        alice = connected(lab)  # its client has ended: nobody is there to answer for a password
        for _ in range(3):
            wait_until(lambda: lab.network.reset_streams() >= 1, "a stream to reset")
            wait_until(lambda: alice.state("office") == "connected", "the connection again")


if __name__ == "__main__":
    main()
