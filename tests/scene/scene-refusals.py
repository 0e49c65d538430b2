#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes wrong has its own sentence and exit status, and leaves the machine as it was."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from network import differences, snapshot
from scene import expect, expect_equal, main, promise
from servers import Nginx
from strongswan import GATEWAY_IDENTITY, PSK, PSK_USER, USERS

# Exit statuses, as visitor(1) has them.
NOT_FOUND, INVALID, UNREACHABLE, UNTRUSTED, SIGN_IN, GATEWAY, ENGINE, NOT_AUTHORIZED = (
    3, 4, 7, 8, 9, 10, 12, 13)  # fmt: skip


def refuse(sentence, status, prepare, *, password=USERS["alice"], **site):
    """connect says `sentence` and ends with `status`; the machine is untouched.

    prepare: sets the lab's gateway up, and may return more keys of the site.
    """
    with Lab() as lab:
        prepare(lab)
        lab.engine()
        alice = lab.person("alice")
        alice.import_site("office", lab.site(**site))
        shot = snapshot(lab.user)
        result = alice.connect("office", password=password, check=False, seconds=90)
        expect_said(result, sentence, status)
        wait_until(lambda: not differences(shot, snapshot(lab.user)), "the machine as it was")


def expect_said(result, sentence, status):
    """A verb said this sentence on standard error, and ended with this status."""
    expect(sentence in result.stderr, f"not said: '{sentence}', but: {result.stderr}{result.stdout}")
    expect_equal(result.returncode, status, "exit status")


def normal(lab):
    lab.responder().start()
    lab.visitor_gateway()


@promise("a wrong password")
def wrong_password():
    refuse("The gateway did not accept the password.", SIGN_IN, normal, password="not this one")


@promise("a wrong pre-shared key")
def wrong_psk():
    refuse("The gateway does not let you in.", SIGN_IN, normal, password="x" + PSK, method="psk", user=PSK_USER)


@promise("a gateway whose IKE certificate is from another authority")
def wrong_ca():
    def prepare(lab):
        other = lab.other_authority()
        lab.responder(other.issue("gateway", [GATEWAY_IDENTITY])).start()
        lab.visitor_gateway()

    refuse("The gateway could not prove who it is", UNTRUSTED, prepare)


@promise("a TLS certificate from another authority")
def wrong_tls_ca():
    def prepare(lab):
        lab.responder().start()
        lab.visitor_gateway(lab.other_authority().issue("gateway", [GATEWAY_IDENTITY]))

    refuse("The TLS certificate that was shown is not from anybody you trust.", UNTRUSTED, prepare)


@promise("a TLS certificate for another name")
def wrong_tls_name():
    def prepare(lab):
        lab.responder().start()
        lab.visitor_gateway(lab.authority.issue("other", ["other.example.test"]))

    refuse("The TLS certificate is for another name.", UNTRUSTED, prepare)


@promise("a TLS certificate that has expired")
def expired_tls():
    def prepare(lab):
        lab.responder().start()
        lab.visitor_gateway(lab.authority.issue("old", [GATEWAY_IDENTITY], expired=True))

    refuse("The TLS certificate is not valid at this time.", UNTRUSTED, prepare)


@promise("a gateway whose IKE certificate has expired")
def expired():
    def prepare(lab):
        old = lab.authority.issue("old", [GATEWAY_IDENTITY], expired=True)
        lab.responder(old).start()
        lab.visitor_gateway()

    refuse("The gateway's certificate is not valid at this time.", UNTRUSTED, prepare)


@promise("a gateway that takes none of our proposals")
def proposal():
    def prepare(lab):
        lab.responder(proposals=["aes128-sha1-modp1024"]).start()
        lab.visitor_gateway()

    refuse("The gateway accepts none of the algorithms that Visitor offers.", GATEWAY, prepare)


@promise("a gateway that opens no tunnel")
def child():
    def prepare(lab):
        lab.responder(esp_proposals=["3des-sha1"]).start()
        lab.visitor_gateway()

    refuse("The gateway let you in but opens no tunnel for you.", GATEWAY, prepare)


@promise("an identity that the gateway does not have")
def identity():
    refuse("The gateway does not let you in.", SIGN_IN, normal, identity="elsewhere.example.test")


@promise("a gateway that is down")
def down():
    refuse("The gateway refused the connection.", UNREACHABLE, lambda lab: None)


@promise("a name that does not exist")
def no_name():
    refuse("The gateway's name was not found.", UNREACHABLE, lambda lab: None, address="nowhere.example.test:443")


@promise("a network that lets nothing through")
def cut():
    refuse("The gateway cannot be reached from this network.", UNREACHABLE,
           lambda lab: lab.user.ip("route", "del", "default"), address=f"{network.GATEWAY}:443")  # fmt: skip


@promise("an IPsec gateway that is silent behind visitor-gateway")
def silent():
    refuse("The gateway has fallen silent.", UNREACHABLE, lambda lab: lab.visitor_gateway() and None)


@promise("a plain web server on 443")
def http():
    def prepare(lab):
        lab.ends(Nginx(lab.gateway))

    refuse("What answers at this address is not a gateway for Visitor.", UNREACHABLE, prepare, transport="tcp")


@promise("a web server on 443, in TLS")
def https():
    def prepare(lab):
        lab.ends(Nginx(lab.gateway, lab.certificate))

    refuse("What answers at this address is not a gateway for Visitor.", UNREACHABLE, prepare)


@promise("TLS asked of a server that has none")
def no_tls():
    def prepare(lab):
        lab.ends(Nginx(lab.gateway))

    refuse("What answers at this address is not a gateway for Visitor.", UNREACHABLE, prepare)


@promise("no engine on the bus")
def no_engine():
    with Lab() as lab:
        alice = lab.person("alice")
        alice.import_site("office", lab.site())
        result = alice.connect("office", password="x", check=False)
        expect_said(result, "Visitor's engine does not answer.", ENGINE)


@promise("a site that does not exist, and one that is wrong")
def bad_site():
    with Lab() as lab:
        lab.engine()
        alice = lab.person("alice")
        result = alice.connect("nowhere", password="x", check=False)
        expect_said(result, "There is no such site or file.", NOT_FOUND)
        (alice.home / "bad.conf").write_text("[site]\naddress=a:b:c\n")
        result = alice.visitor("import", alice.home / "bad.conf", check=False)
        expect_said(result, "This site cannot be used.", INVALID)
        expect("line 2" in result.stderr and "address" in result.stderr, f"{result.stderr}")
        expect_equal(alice.visitor("list").stdout.strip(), "", "sites after a refused import")


@promise("somebody whom polkit does not know")
def stranger():
    with Lab() as lab:
        normal(lab)
        lab.engine()
        carol = lab.person("carol")
        carol.import_site("office", lab.site())
        shot = snapshot(lab.user)
        result = carol.connect("office", password=USERS["alice"], check=False)
        expect_said(result, "You are not allowed to do this.", NOT_AUTHORIZED)
        expect_equal(differences(shot, snapshot(lab.user)), [], "changes of the machine")


if __name__ == "__main__":
    main()
