#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every way to sign in works against a gateway that nobody here wrote, and fails with its own words."""

import contextlib
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from lab import Lab
from programs import CLIENT
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import USERS
from terminal import Terminal
from users import PEOPLE

PASSWORD = USERS["alice"]
UNTRUSTED, SIGN_IN = 8, 9


@contextlib.contextmanager
def office(lab_knobs=None, **site):
    """A lab whose gateway asks for what lab_knobs say, and alice, who has the site."""
    with Lab() as lab:
        responder = lab.responder(**(lab_knobs or {})).start()
        lab.visitor_gateway()
        lab.engine()
        alice = lab.person("alice")
        alice.import_site("office", lab.site(**site))
        lab.charon = responder
        yield lab, alice


def signs_in(lab, alice, password=PASSWORD):
    expect("office: Connected" in alice.connect("office", password=password).stdout, "not connected")
    expect_equal(lab.fetch("http://10.1.0.10/"), PAGE.decode(), "the page")
    alice.disconnect("office")


def is_refused(alice, sentence, status, password=PASSWORD):
    result = alice.connect("office", password=password, check=False)
    expect(sentence in result.stderr, f"not said: '{sentence}', but: {result.stderr}{result.stdout}")
    expect_equal(result.returncode, status, "exit status")


def terminal(lab, person, *words):
    """`visitor` on a terminal of the person's."""
    desktop = lab.desktop()
    command = lab.user.command(
        desktop.build / CLIENT, *words, user=person.name, env=desktop.environment(person.name))  # fmt: skip
    return lab.ends(Terminal(command))


@promise("EAP-GTC: a code that the gateway asks for; a wrong one is said, and asked for once more", shows="EAP-GTC")
def gtc():
    with office({"eap": "eap-gtc"}, method="eap-gtc") as (lab, alice):
        signs_in(lab, alice)
        is_refused(alice, "The gateway did not accept the code.", SIGN_IN, "not this one")
        screen = terminal(lab, alice, "connect", "office")
        screen.wait_for("Code for alice (the gateway says: “password”):")
        expect(not screen.echoes(), "the echo is on")
        screen.type("wrong\n")
        screen.wait_for("The gateway did not accept that.")
        screen.wait_for("Code for alice (the gateway says: “password”):")
        screen.type(PASSWORD + "\n")
        screen.wait_for("office: Connected")
        expect_equal(screen.wait(), 0, "exit status")
        expect("Keep" not in screen.output, "a code was offered to be kept")
        expect(PASSWORD not in screen.output, "the code was shown")
        alice.disconnect("office")


@promise("EAP-TTLS: a password inside a tunnel, under another name outside", shows="EAP-TTLS with EAP-MSCHAPv2")
def ttls():
    with office({"eap": "eap-ttls"}, method="eap-ttls", more="anonymous-identity=somebody\n") as (lab, alice):
        signs_in(lab, alice)
        expect(lab.charon.count("received EAP identity 'somebody'") > 0, "the name outside")
        expect(lab.charon.count("received EAP identity 'alice'") > 0, "the name inside")
        is_refused(alice, "The gateway did not accept the password.", SIGN_IN, "not this one")


@promise("EAP-TTLS: nothing is said to a server of another name")
def ttls_other_server():
    with office({"eap": "eap-ttls"}, method="eap-ttls", more="aaa-identity=aaa.example.test\n") as (lab, alice):
        is_refused(alice, "The server behind the gateway that checks the sign-in could not prove who it is.",
                   UNTRUSTED)  # fmt: skip
        expect_equal(lab.charon.count("received EAP identity 'alice'"), 1, "names said, outside alone")


@promise("EAP-TTLS both ways: the gateway proves itself inside it (RFC 5998)", shows="EAP-TTLS alone (RFC 5998)")
def ttls_only():
    with office({"eap": "eap-ttls", "eap_only": True}, method="eap-ttls", more="eap-only=yes\n") as (lab, alice):
        signs_in(lab, alice)
        alice.import_site("strict", lab.site(name="strict", method="eap-ttls"))
        result = alice.connect("strict", password=PASSWORD, check=False)
        expect("The gateway does not let you in." in result.stderr, result.stderr)


def certified(lab, alice, **knobs):
    """Alice has a certificate for alice@example.test and its key, and the site of a gateway that wants it."""
    lab.charon = lab.responder(eap="eap-tls", **knobs).start()
    lab.visitor_gateway()
    lab.engine()
    for path in lab.authority.issue("alice", ["alice@example.test"], flags=("clientAuth",)):
        shutil.copy(path, alice.home / path.name)
        os.chown(alice.home / path.name, PEOPLE["alice"], PEOPLE["alice"])


CERTIFICATE = "certificate=alice.pem\nkey=alice.key\n"


@promise("EAP-TLS: a certificate, to the server behind the gateway")
def tls():
    with Lab() as lab:
        alice = lab.person("alice")
        certified(lab, alice)
        alice.import_site("office", lab.site(method="eap-tls", user="alice@example.test", more=CERTIFICATE))
        signs_in(lab, alice, password=None)
        alice.import_site("other", lab.site(name="other", method="eap-tls", user="bob@example.test", more=CERTIFICATE))
        result = alice.connect("other", check=False)
        expect("The gateway did not accept your certificate." in result.stderr, result.stderr)


@promise("EAP-TLS both ways: neither end signs in IKE (RFC 5998)", shows="EAP-TLS alone (RFC 5998)")
def tls_only():
    with Lab() as lab:
        alice = lab.person("alice")
        certified(lab, alice, eap_only=True)
        more = CERTIFICATE + "eap-only=yes\n"
        alice.import_site("office", lab.site(method="eap-tls", user="alice@example.test", more=more))
        signs_in(lab, alice, password=None)


@promise("the gateway chooses among what the site allows")
def any_method():
    with office({"eap": "eap-gtc"}, method="eap") as (lab, alice):
        signs_in(lab, alice)
        alice.import_site("strict", lab.site(name="strict", method="eap", more="eap-methods=ttls, mschapv2\n"))
        result = alice.connect("strict", password=PASSWORD, check=False)
        expect("a kind of sign-in that Visitor cannot do" in result.stderr, result.stderr)


if __name__ == "__main__":
    main()
