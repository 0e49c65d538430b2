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


PPK_IDENTITY = "ppk-1"
PPK = "0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
UNUSED = "The gateway does not use the post-quantum key that the site requires."
REFUSED = "The gateway does not let you in."


def with_ppk(gateways, users, *, required, logs=None, says=None, method="eap-mschapv2"):
    """alice connects with a PPK, which charon logs, or hears why not. gateways: keys, settings."""
    ppks, settings = gateways
    with Lab() as lab:
        responder = lab.responder(ppks=ppks, more=settings).start()
        psk = method == "psk"
        secrets = [users] + [PSK if psk else USERS["alice"]]
        more = f"ppk-identity={PPK_IDENTITY}\nppk-required={'yes' if required else 'no'}\n"
        site = {"method": method, "user": PSK_USER if psk else "alice", "more": more}
        if says is None:
            connected(lab, password="\n".join(secrets) + "\n", **site)
            expect_equal(responder.count(logs), 1, f"lines of charon with: {logs}")
            return
        lab.visitor_gateway()
        lab.engine()
        alice = lab.person("alice")
        alice.import_site("office", lab.site(**site))
        result = alice.connect("office", password="\n".join(secrets) + "\n", check=False)
        expect(says in result.stderr, f"not said: {says}, but: {result.stderr}")


BOTH = ({PPK_IDENTITY: PPK}, {"ppk_required": True})


@promise("a post-quantum preshared key that both require, with a password and with a pre-shared key",
         shows="Post-quantum preshared keys (RFC 8784)")
def ppk_required():
    with_ppk(BOTH, PPK, required=True, logs="using PPK for PPK_ID 'ppk-1'")
    with_ppk(BOTH, PPK, required=True, logs="using PPK for PPK_ID 'ppk-1'", method="psk")


@promise("a post-quantum preshared key that the gateway lacks: without it where it is optional, else not")
def ppk_missing():
    with_ppk(({"ppk-2": PPK}, {}), PPK, required=False, logs="no PPK available, using NO_PPK_AUTH")
    with_ppk(({}, {}), PPK, required=True, says=UNUSED)


@promise("a post-quantum preshared key that is another one than the gateway's")
def ppk_wrong():
    with_ppk(BOTH, "0x" + 64 * "5", required=False, says=REFUSED)


if __name__ == "__main__":
    main()
