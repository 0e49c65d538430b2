#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""FreeRADIUS behind the gateway: every way to sign in to a server that shares no code with strongSwan."""

import contextlib
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import freeradius
from lab import Lab, wait_until
from scene import expect, expect_equal, main, promise
from servers import PAGE
from users import PEOPLE

PASSWORD = "Wonderland1"
UNTRUSTED, SIGN_IN = 8, 9
PEER = "FreeRADIUS"
OUTSIDE = f"aaa-identity={freeradius.IDENTITY}\nanonymous-identity=somebody\n"
VERSIONS = ("1.2", "1.3")


@contextlib.contextmanager
def office(**knobs):
    """A lab whose gateway asks FreeRADIUS, which is not yet running, and alice."""
    with Lab() as lab:
        certificate = lab.authority.issue("aaa", [freeradius.IDENTITY])
        radius = freeradius.FreeRadius(
            lab.gateway, lab.authority, certificate, {"alice": PASSWORD, "carol": PASSWORD}, run_out=("carol",))  # fmt: skip
        lab.charon = lab.responder(**freeradius.knobs(), **knobs).start()
        lab.visitor_gateway()
        lab.engine()
        yield lab, lab.ends(radius), lab.person("alice")


def use(alice, text):
    """The site from now on."""
    path = alice.home / "office.conf"
    path.write_text(text)
    alice.visitor("import", "--replace", path)


def signs_in(lab, alice, password=PASSWORD):
    alice.connect("office", password=password)
    expect_equal(lab.fetch("http://10.1.0.10/"), PAGE.decode(), "the page")
    alice.disconnect("office")


def is_refused(alice, sentence, password=None, status=SIGN_IN):
    result = alice.connect("office", password=password, check=False)
    expect(sentence in result.stderr, f"not said: '{sentence}', but: {result.stderr}{result.stdout}")
    expect_equal(result.returncode, status, "exit status")


# What the site says is inside: what FreeRADIUS says of it, and what it is that a person types.
INSIDE = {
    "pap": ("pap: Login attempt with password", "password"),
    "mschapv2": ("eap_ttls:   MS-CHAP2-Response = ", "password"),
    "eap-mschapv2": ("inner-eap: Peer sent packet with method EAP MSCHAPv2 (26)", "password"),
    "eap-gtc": ("inner-eap: Peer sent packet with method EAP GTC (6)", "code"),
    "eap-md5": ("inner-eap: Peer sent packet with method EAP MD5 (4)", "password"),
    "eap": ("inner-eap: Peer sent packet with method EAP MSCHAPv2 (26)", "password"),
}


@promise("EAP-TTLS: all that may be spoken inside, in TLS 1.2 and 1.3, is taken if it is right and told if not",
         shows=("EAP-TTLS with PAP", "EAP-TTLS with MSCHAPv2", "EAP-TTLS with EAP-MSCHAPv2", "EAP-TTLS with EAP-GTC",
                "EAP-TTLS with EAP-MD5"), peer=PEER)  # fmt: skip
def ttls():
    with office() as (lab, radius, alice):
        for tls in VERSIONS:
            for inner, (seen, kind) in INSIDE.items():
                radius.start(tls=tls)
                use(alice, lab.site(method="eap-ttls", more=f"{OUTSIDE}inner={inner}\n"))
                is_refused(alice, f"The gateway did not accept the {kind}.", "not this one")
                signs_in(lab, alice)
                for words in (seen, f"send TLS {tls} Handshake, Finished", 'eap_ttls: Got tunneled request'):
                    expect(radius.says(words), f"TLS {tls}, {inner}: FreeRADIUS does not say '{words}'")
                names = radius.names()
                expect_equal(names, {"somebody", "alice"}, f"TLS {tls}, {inner}: names outside and inside")
        succeeded = lab.charon.count("EAP method EAP_TTLS succeeded, MSK established")
        expect_equal(succeeded, len(VERSIONS) * len(INSIDE), "times that EAP-TTLS succeeded")


@promise("EAP-TTLS: a server of another name than the site's is told nothing, not even who it is")
def other_server():
    with office() as (lab, radius, alice):
        for tls in VERSIONS:
            radius.start(tls=tls)
            use(alice, lab.site(method="eap-ttls", more="anonymous-identity=somebody\ninner=pap\n"))
            sentence = "The server behind the gateway that checks the sign-in could not prove who it is."
            is_refused(alice, sentence, PASSWORD, status=UNTRUSTED)
            expect_equal(radius.names(), {"somebody"}, f"TLS {tls}: names that were said")
            expect(not radius.says("Got tunneled request"), f"TLS {tls}: something was said inside")


def certified(lab, alice, name, authority=None, key=("ecdsa", 256)):
    """A certificate of alice's and its key in her home; the lines of the site that name them."""
    issued = (authority or lab.authority).issue(name, ["alice@example.test"], key=key, flags=("clientAuth",))
    for path in issued:
        shutil.copy(path, alice.home / path.name)
        os.chown(alice.home / path.name, PEOPLE["alice"], PEOPLE["alice"])
    return f"aaa-identity={freeradius.IDENTITY}\ncertificate={name}.pem\nkey={name}.key\n"


@promise("EAP-TLS: a certificate, in TLS 1.2 and 1.3 (RFC 9190), in fragments both ways; another's is refused",
         shows=("EAP-TLS", "EAP-TLS in TLS 1.3 (RFC 9190)"), peer=PEER)  # fmt: skip
def tls():
    with office() as (lab, radius, alice):
        own = [certified(lab, alice, "ecdsa"), certified(lab, alice, "rsa", key=("rsa", 3072))]
        stranger = certified(lab, alice, "stranger", lab.other_authority())
        for tls in VERSIONS:
            radius.start(tls=tls, begin="tls", fragment=200)
            for more in own:
                use(alice, lab.site(method="eap-tls", user="alice@example.test", more=more))
                signs_in(lab, alice, password=None)
            expect(radius.says(f"send TLS {tls} Handshake, CertificateRequest"), f"TLS {tls} was not spoken")
            expect(radius.says("Peer says more fragments will follow"), f"TLS {tls}: no fragments of ours")
            expect_equal(radius.says("Sending final Commitment Message"), tls == "1.3", f"TLS {tls}: an indication")
            for user, more, why in (
                ("alice", stranger, "Alert write:fatal:unknown CA"),
                ("bob", own[0], "does not match specified value (bob@example.test)"),
            ):
                use(alice, lab.site(method="eap-tls", user=f"{user}@example.test", more=more))
                is_refused(alice, "The gateway did not accept your certificate.")
                expect(radius.says(why), f"TLS {tls}: FreeRADIUS does not say '{why}'")
        succeeded = lab.charon.count("EAP method EAP_TLS succeeded, MSK established")
        expect_equal(succeeded, len(VERSIONS) * len(own), "times that EAP-TLS succeeded")


@promise("both ways: the gateway proves itself by what FreeRADIUS and we agree on alone (RFC 5998)",
         shows=("EAP-TTLS alone (RFC 5998)", "EAP-TLS alone (RFC 5998)"), peer=PEER)  # fmt: skip
def alone():
    with office(eap_only=True) as (lab, radius, alice):
        more = certified(lab, alice, "alice")
        for tls in VERSIONS:
            radius.start(tls=tls)
            use(alice, lab.site(method="eap-ttls", more=f"{OUTSIDE}inner=pap\neap-only=yes\n"))
            signs_in(lab, alice)
            use(alice, lab.site(method="eap-tls", user="alice@example.test", more=f"{more}eap-only=yes\n"))
            signs_in(lab, alice, password=None)
        own = lab.charon.count(r"authentication of 'gateway\.example\.test' \(myself\) with EAP")
        expect_equal(own, 2 * len(VERSIONS), "times that the gateway proved itself by EAP")
        use(alice, lab.site(method="eap-ttls", more=f"{OUTSIDE}inner=pap\n"))
        is_refused(alice, "The gateway does not let you in.", PASSWORD)


@promise("the server's own words: what code it asks for, another try in the same conversation, a password run out",
         shows=("EAP-MSCHAPv2", "EAP-GTC"), peer=PEER)  # fmt: skip
def words():
    with office() as (lab, radius, alice):
        radius.start(begin="mschapv2")
        use(alice, lab.site(method="eap-mschapv2"))
        screen = lab.ends(alice.terminal("connect", "office"))
        for answer in ("wrong\n", f"{PASSWORD}\n"):
            screen.wait_for("Password of alice:")
            wait_until(lambda: not screen.echoes(), "the echo to be off")
            screen.type(answer)
        screen.wait_for("office: Connected")
        expect("The gateway did not accept that." in screen.output, screen.output)
        expect(radius.says("Authentication re-try from client after we sent a failure"), "no try in the same conversation")
        expect_equal(lab.charon.logins(), 1, "logins")
        alice.disconnect("office")
        use(alice, lab.site(method="eap-mschapv2", user="carol"))
        is_refused(alice, "Your password has expired.", PASSWORD)

        for method, more in (("eap-gtc", ""), ("eap-ttls", f"{OUTSIDE}inner=eap-gtc\n")):
            use(alice, lab.site(method=method, more=more))
            screen = lab.ends(alice.terminal("connect", "office"))
            screen.wait_for(f"Code for alice (the gateway says: “{freeradius.PROMPT}”):")
            wait_until(lambda: not screen.echoes(), "the echo to be off")
            screen.type(f"{PASSWORD}\n")
            screen.wait_for("office: Connected")
            expect(PASSWORD not in screen.output, "the code was shown")
            alice.disconnect("office")


main(freeradius.why_not)
