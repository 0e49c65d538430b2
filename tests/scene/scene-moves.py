#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A gateway that is elsewhere: strongSwan sends its client to another, or has one address less."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from rogue import RogueGateway
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import GATEWAY_IDENTITY, USERS
from talk import Talk

OTHER = "203.0.113.11"


def connected(lab, listen):
    """alice, connected to the first address of a gateway that has two."""
    lab.gateway.ip("addr", "add", f"{OTHER}/24", "dev", "outer")
    lab.visitor_gateway(listen=listen)
    engine = lab.engine()
    alice = lab.person("alice")
    alice.import_site("office", lab.site())
    alice.connect("office", password=USERS["alice"])
    expect_equal(streams_to(lab, network.GATEWAY), 1, "streams to the first address")
    return alice, engine


def streams_to(lab, address):
    text = lab.user.run("ss", "-Htn", "state", "established", "dst", f"{address}:443").stdout
    return len(text.splitlines())


def page(lab):
    expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")


@promise("a redirection of strongSwan's is followed, and nobody is asked for a password again",
         shows="Redirection (RFC 5685)")
def redirected():
    with Lab() as lab:
        responder = lab.responder().start()
        alice, engine = connected(lab, [f"{network.GATEWAY}:443", f"{OTHER}:443"])
        page(lab)
        responder.control("--redirect", "--ike", "eap", "--gateway", OTHER)
        wait_until(lambda: streams_to(lab, network.GATEWAY) == 0, "the first stream to be left")
        expect_equal(streams_to(lab, OTHER), 1, "streams to the second address")
        page(lab)
        expect("connected -> reconnecting" not in engine.process.output(), "there was a gap")
        expect_equal(responder.logins(), 2, "logins")
        wait_until(lambda: responder.count(r"received DELETE for IKE_SA") >= 1, "a goodbye")
        expect(responder.count(r"parsed IKE_SA_INIT .*N\(REDIR_FROM\)") >= 1, "it was not said who sent us")
        expect(responder.count(r"peer requested virtual IP 10\.3\.0\.1") == 1, "not the same address was asked for")
        talk = lab.ends(Talk(lab.user))
        talk.goes_on()
        wait_until(lambda: lab.network.reset_streams() >= 1, "a stream to reset")
        talk.goes_on()
        expect_equal(streams_to(lab, OTHER), 1, "streams to the second address, after a reset")
        expect_equal(alice.state("office"), "connected", "the state")


@promise("a redirection to a server that is not the site's is not followed, and the tunnel stays")
def redirected_to_stranger():
    with Lab() as lab:
        responder = lab.responder().start()
        alice, engine = connected(lab, [f"{network.GATEWAY}:443"])
        stranger = lab.other_authority().issue("stranger", [GATEWAY_IDENTITY], flags=("serverAuth",))
        lab.ends(RogueGateway(lab.gateway, stranger, address=OTHER))
        talk = lab.ends(Talk(lab.user))
        talk.goes_on()
        responder.control("--redirect", "--ike", "eap", "--gateway", OTHER)
        engine.process.wait_for_output("signing in anew has failed")
        talk.goes_on()
        expect_equal(streams_to(lab, network.GATEWAY), 1, "streams to the first address")
        expect_equal(alice.state("office"), "connected", "the state")


@promise("an address that strongSwan names by MOBIKE is where it is found when the first is gone",
         shows="MOBIKE, further addresses (RFC 4555)")
def other_address():
    with Lab() as lab:
        responder = lab.responder(only_loopback=False).start()
        alice, _ = connected(lab, [f"{network.GATEWAY}:443", f"{OTHER}:443"])
        talk = lab.ends(Talk(lab.user))
        talk.goes_on()
        lab.gateway.ip("addr", "del", f"{network.GATEWAY}/24", "dev", "outer")
        lab.gateway.ip("addr", "replace", f"{OTHER}/24", "dev", "outer")
        lab.gateway.ip("route", "replace", "default", "via", "203.0.113.1")
        lab.network.reset_streams()
        wait_until(lambda: streams_to(lab, OTHER) == 1, "a stream to the second address", 60)
        talk.goes_on()
        expect_equal(responder.logins(), 1, "logins")
        expect_equal(alice.state("office"), "connected", "the state")


if __name__ == "__main__":
    main()
