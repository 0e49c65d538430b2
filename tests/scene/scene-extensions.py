#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What came to IKEv2 after RFC 7296, with strongSwan at the other end."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab
from programs import build
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import GATEWAY_IDENTITY, PSK, PSK_USER, USERS


def connected(lab, password=USERS["alice"], **site):
    """alice, connected, after she fetched the page."""
    lab.visitor_gateway()
    lab.engine()
    alice = lab.person("alice")
    alice.import_site("office", lab.site(**site))
    alice.connect("office", password=password)
    expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
    return alice


@promise("fragments: the gateway cuts a long certificate into small pieces")
def fragments_taken():
    with Lab() as lab:
        names = [GATEWAY_IDENTITY] + [f"name-{each}.{GATEWAY_IDENTITY}" for each in range(40)]
        certificate = lab.authority.issue("long", names, key=("rsa", 4096))
        responder = lab.responder(certificate, daemon={"fragment_size": 400}).start()
        connected(lab)
        expect(responder.count(r"splitting IKE message .* into (9|\d\d) fragments") >= 1,
               "charon cut nothing")  # fmt: skip


@promise("fragments: the gateway puts ours together", shows="Fragmentation (RFC 7383)")
def fragments_sent():
    with Lab() as lab:
        responder = lab.responder().start()
        lab.visitor_gateway()
        said = lab.user.run(
            build() / "tests/support/ike-probe", "--connect", f"{network.GATEWAY}:443",
            "--local", PSK_USER, "--remote", GATEWAY_IDENTITY, "--secret", PSK,
            "--fragment", "256", "--once", timeout=30).stdout  # fmt: skip
        expect("child added" in said and "closed" in said, f"the probe said: {said}")
        expect(responder.count(r"received fragment #\d of \d, reassembled") >= 1,
               "charon put nothing together")  # fmt: skip


@promise("childless: a gateway that insists gets it where the site prefers it, and is left where not",
         shows="Childless (RFC 6023)")
def childless_forced():
    with Lab() as lab:
        responder = lab.responder(more={"childless": "force"}).start()
        alice = connected(lab, gateway="childless=prefer\n")
        expect(responder.count(r"parsed CREATE_CHILD_SA request") == 1, "no exchange for the CHILD_SA")
        alice.disconnect("office")
        alice.import_site("plain", lab.site("plain"))
        result = alice.connect("plain", password=USERS["alice"], check=False)
        expect("opens no tunnel" in result.stderr, f"not said, but: {result.stderr}")


@promise("childless: a gateway that cannot makes the CHILD_SA with the login")
def childless_unknown():
    with Lab() as lab:
        responder = lab.responder(more={"childless": "never"}).start()
        connected(lab, gateway="childless=prefer\n")
        expect_equal(responder.count(r"parsed CREATE_CHILD_SA request"), 0, "exchanges for it")


if __name__ == "__main__":
    main()
