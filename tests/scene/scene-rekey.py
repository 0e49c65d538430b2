#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""New keys for the CHILD_SA, asked for by either side, while octets flow."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from lab import Lab, wait_until
from network import differences, snapshot
from scene import expect_equal, main, promise
from strongswan import USERS
from talk import Talk


def connected(lab):
    lab.visitor_gateway()
    lab.engine()
    alice = lab.person("alice")
    alice.import_site("office", lab.site())
    alice.connect("office", password=USERS["alice"])
    talk = lab.ends(Talk(lab.user))
    talk.goes_on()
    return alice, talk


def rekey(start_rekey, **knobs):
    with Lab() as lab:
        responder = lab.responder(**knobs).start()
        alice, talk = connected(lab)
        for number in range(1, 4):
            start_rekey(responder, alice)
            wait_until(lambda: alice.status("office")["counters"]["rekeys"] >= number, "the rekey")
            talk.goes_on()
        wait_until(lambda: responder.associations().count("INSTALLED") == 1, "one CHILD_SA")
        expect_equal(responder.logins(), 1, "logins")


def from_gateway(responder, alice):
    responder.control("--rekey", "--child", "net")


def from_client(responder, alice):
    alice.rekey()


@promise("the gateway asks")
def gateway():
    rekey(from_gateway)


@promise("the gateway asks, with a new Diffie-Hellman exchange")
def gateway_pfs():
    rekey(from_gateway, esp_proposals=["aes256gcm16-ecp256"])


@promise("the client asks")
def client():
    rekey(from_client)


@promise("the gateway asks for a new IKE SA")
def ike_sa():
    with Lab() as lab:
        responder = lab.responder().start()
        alice, talk = connected(lab)
        for number in range(1, 3):
            responder.control("--rekey", "--ike", "eap")
            rekeyed = r"IKE_SA eap\[\d+\] rekeyed between"
            wait_until(lambda: responder.count(rekeyed) >= number, "the rekey")
            talk.goes_on()
        lab.network.reset_streams()
        talk.goes_on()
        expect_equal(responder.logins(), 1, "logins")
        expect_equal(alice.state("office"), "connected", "the state")


@promise("the gateway asks by itself, often")
def lifetime():
    with Lab() as lab:
        responder = lab.responder(child={"rekey_time": "4s", "life_time": "12s", "rand_time": "0s"})
        responder.start()
        alice, talk = connected(lab)
        wait_until(lambda: alice.status("office")["counters"]["rekeys"] >= 3, "three rekeys", 30)
        talk.goes_on()
        expect_equal(responder.logins(), 1, "logins")


@promise("liveness: the gateway's empty requests are answered")
def liveness():
    with Lab() as lab:
        responder = lab.responder(more={"dpd_delay": "1s"}).start()
        alice, talk = connected(lab)
        talk.end()  # silence is what makes the gateway ask
        wait_until(lambda: responder.count(r"parsed INFORMATIONAL response") >= 2, "answers", 20)
        expect_equal(alice.state("office"), "connected", "the state")


@promise("the gateway deletes the SA: the client says so and the machine is as it was")
def deleted():
    with Lab() as lab:
        responder = lab.responder().start()
        lab.visitor_gateway()
        lab.engine()
        alice = lab.person("alice")
        alice.import_site("office", lab.site())
        shot = snapshot(lab.user)
        alice.connect("office", password=USERS["alice"])
        responder.control("--terminate", "--ike", "eap")
        wait_until(lambda: not differences(shot, snapshot(lab.user)), "the machine as it was")
        status = alice.status("office")
        if status is not None:
            expect_equal((status["state"], status["error"]), ("failed", "DeletedByGateway"), "status")


if __name__ == "__main__":
    main()
