#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""libreswan, which shares no code with strongSwan, as the gateway: its IKE half, for it needs ESP of
the kernel's for the other."""

import os
import shutil
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import libreswan
import network
from lab import Lab, wait_until
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import GATEWAY_IDENTITY, PSK, PSK_USER
from users import PEOPLE

GATEWAY = 10
OTHER = "203.0.113.11"


def prepare(lab, **how):
    certificate = how.pop("certificate", lab.certificate)
    pluto = lab.ends(libreswan.Pluto(lab.inside, lab.authority, certificate, **how)).start()
    lab.visitor_gateway(target=f"{network.INSIDE}:4500")
    lab.engine()
    return pluto, lab.person("alice")


def expect_no_tunnel(pluto, result):
    """Both sides proved themselves; that libreswan has no tunnel to give is told, and the IKE SA goes."""
    expect("The gateway does not carry the networks that the site asks for." in result.stderr, f"said: {result.stderr}")
    expect_equal(result.returncode, GATEWAY, "exit status")
    expect(pluto.says("responder established IKE SA; authenticated peer"), "no IKE SA in pluto's log")
    wait_until(lambda: pluto.says("deleting state (STATE_V2_ESTABLISHED_IKE_SA)"), "our DELETE")


def office(lab):
    """The site of whoever signs in with the pre-shared key."""
    return lab.site(method="psk", user=PSK_USER)


@promise("a pre-shared key: a wrong one is told; with the right one both sides prove themselves, in the group that"
         " libreswan wants", shows="PSK", peer="libreswan", how="IKE")  # fmt: skip
def psk():
    with Lab() as lab:
        pluto, alice = prepare(lab)
        alice.import_site("office", office(lab))
        result = alice.connect("office", password="x" + PSK, check=False)
        expect("The gateway does not let you in." in result.stderr, f"said: {result.stderr}")
        expect(not pluto.says("established IKE SA"), "an IKE SA stands all the same")
        expect_no_tunnel(pluto, alice.connect("office", password=PSK, check=False))
        expect(pluto.says("responding with INVALID_KE_PAYLOAD"), "no other group was wanted")


def sign_in(key, authby, proof):
    """By certificates with keys of one kind on both sides."""
    with Lab() as lab:
        gateway = lab.authority.issue("pluto", [GATEWAY_IDENTITY], key=key, flags=("serverAuth", "ikeIntermediate"))
        pluto, alice = prepare(lab, certificate=gateway, authby=authby)
        owned = lab.authority.issue("alice", ["alice"], key=key)
        for path in owned:
            shutil.copy(path, alice.home)
            os.chown(alice.home / path.name, PEOPLE["alice"], PEOPLE["alice"])
        text = lab.site(method="certificate", more=f"certificate={owned.pem.name}\nkey={owned.key.name}\n")
        alice.import_site("office", text.replace("user=alice\n", ""))
        expect_no_tunnel(pluto, alice.connect("office", check=False))
        expect(pluto.says(f"authenticated peer '{proof}"), "the proof is not in pluto's log")


@promise("ECDSA certificates on both sides", shows="Certificate, ECDSA", peer="libreswan", how="IKE")
def ecdsa():
    sign_in(("ecdsa", 256), "ecdsa", "P-256 ECDSA with SHA2_256")


@promise("RSA certificates on both sides, with RSASSA-PSS", shows="Certificate, RSA-PSS", peer="libreswan", how="IKE")
def rsa():
    sign_in(("rsa", 3072), "rsasig", "3072-bit RSASSA-PSS with SHA2_")


@promise("a tunnel stands at both ends, where the kernel takes it, with the domain that libreswan names; each end"
         " renews the keys of both SAs", peer="libreswan", how="IKE",
         shows=("Rekeys of IKE SA and CHILD_SA, by either side", "Split DNS (RFC 8598)"))  # fmt: skip
def rekeys():
    with Lab() as lab:
        names = {"modecfgdns": network.INSIDE, "modecfgdomains": "corp.example.test"}
        pluto, alice = prepare(lab, takes_sas=True, more=names)
        alice.import_site("office", office(lab))
        alice.connect("office", password=PSK)
        expect(pluto.says("responder established Child SA"), "no CHILD_SA in pluto's log")
        named = f"nameserver {network.INSIDE}\nsearch corp.example.test\n"
        expect(named in lab.resolver(), f"not in resolv.conf: {lab.resolver()}")
        for counter, renew in (
            ("rekeys", lambda: alice.rekey()),
            ("ike-rekeys", lambda: alice.rekey("--ike")),
            ("rekeys", lambda: pluto.whack(libreswan.rekey_child(), "--name", "psk", "--asynchronous")),
            ("ike-rekeys", lambda: pluto.whack("--rekey-ike", "--name", "psk", "--asynchronous")),
        ):
            before = alice.status("office")["counters"][counter]
            renew()
            wait_until(lambda: alice.status("office")["counters"][counter] > before, f"more {counter}")
        expect_equal(alice.status("office")["state"], "connected", "the state")
        expect_equal(pluto.count("authenticated peer"), 1, "sign-ins")
        alice.disconnect("office")
        wait_until(lambda: pluto.says("ESP traffic information"), "pluto to forget the tunnel")


@promise("libreswan sends us to strongSwan, in each of the three places where RFC 5685 lets it",
         shows="Redirection (RFC 5685)", peer="libreswan", how="IKE")
def redirected():
    with Lab() as lab:
        lab.gateway.ip("addr", "add", f"{OTHER}/24", "dev", "outer")
        responder = lab.responder().start()
        lab.visitor_gateway(listen=[f"{OTHER}:443"], port=444)
        pluto, alice = prepare(lab, takes_sas=True, more={"redirect-to": OTHER})
        alice.import_site("office", office(lab))
        page = f"http://{network.INSIDE}/"

        def arrives(number):
            wait_until(lambda: responder.logins() == number, f"sign-in {number} at strongSwan")
            wait_until(lambda: alice.state("office") == "connected", "the tunnel")
            expect_equal(lab.fetch(page), PAGE.decode(), "the page")
            expect(responder.count(r"parsed IKE_SA_INIT .*N\(REDIR_FROM\)") >= number, "who sent us was not said")

        alice.connect("office", password=PSK)
        expect(pluto.says("responder established Child SA"), "pluto sent us away at once")
        pluto.whack("--name", "psk", "--redirect-to", OTHER)
        arrives(1)
        alice.disconnect("office")

        expect_equal(pluto.count("authenticated peer"), 1, "sign-ins at pluto")
        pluto.add("psk", send_redirect="yes")
        alice.connect("office", password=PSK)
        arrives(2)
        expect_equal(pluto.count("authenticated peer"), 2, "sign-ins at pluto, which redirects behind them")
        alice.disconnect("office")

        pluto.whack("--global-redirect", "yes", "--global-redirect-to", OTHER)
        alice.connect("office", password=PSK)
        arrives(3)
        expect_equal(pluto.count("authenticated peer"), 2, "sign-ins at pluto, which redirects before them")


@promise("an SA that was lost is resumed by libreswan's ticket, and nobody signs in",
         shows="Session resumption (RFC 5723)", peer="libreswan", how="IKE", unless=libreswan.why_no_tickets)
def resumed():
    with Lab() as lab:
        pluto, alice = prepare(lab, takes_sas=True, more={"session-resumption": "yes"})
        alice.import_site("office", office(lab))
        alice.connect("office", password=PSK)
        expect(pluto.says("sending IKE_SESSION_RESUME ticket"), "no ticket in pluto's log")
        pluto.process.signal(signal.SIGSTOP)
        alice.start("rekey", "office")
        wait_until(lambda: alice.state("office") == "reconnecting", "the client to give the SA up", 90)
        pluto.process.signal(signal.SIGCONT)
        wait_until(lambda: alice.state("office") in ("connected", "failed", None), "the client to be back", 90)
        expect(not pluto.says("computed hash does not match"),
               "this libreswan signs its first message alone: see INTEROP.md")  # fmt: skip
        expect_equal(pluto.count("authenticated peer using authby=session-resume"), 1, "resumptions")
        expect_equal(pluto.count("sending IKE_SESSION_RESUME ticket"), 2, "tickets")
        expect_equal(alice.state("office"), "connected", "the state")


main(libreswan.why_not)
