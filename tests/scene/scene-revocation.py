#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Revoked certificates are refused: by a staple of a real TLS server (haproxy), by a CRL of the site."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from programs import site_conf
from scene import expect, expect_equal, main, promise
from servers import PAGE, Haproxy
from strongswan import USERS

UNTRUSTED = 8
REQUIRED = "[tls]\nrevocation=required\n"
UNPROVEN = "The gateway does not prove that its certificate was not revoked."


def tls_server(lab, staple=None):
    return lab.ends(Haproxy(lab.gateway, f"{network.GATEWAY}:443", "127.0.0.1:8443", lab.certificate.pem,
                            lab.certificate.key, lab.authority.pem, staple=staple))  # fmt: skip


def prepare(lab, revoked=None):
    """A gateway behind haproxy, which staples that the certificate is (not) revoked; None: nothing."""
    lab.responder().start()
    lab.visitor_gateway(listen=["127.0.0.1:8443"])
    server = tls_server(lab, None if revoked is None else lab.authority.answer(lab.certificate, revoked))
    lab.engine()
    return lab.person("alice"), server


def expect_refused(alice, sentence):
    result = alice.connect("office", password=USERS["alice"], check=False)
    expect(sentence in result.stderr, f"not said: '{sentence}', but: {result.stderr}{result.stdout}")
    expect_equal(result.returncode, UNTRUSTED, "exit status")


def expect_page(lab, alice):
    alice.connect("office", password=USERS["alice"])
    expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")


@promise("a proof that is stapled is enough where one is required, and lasts for the connection's reconnects")
def good():
    with Lab() as lab:
        alice, server = prepare(lab, revoked=False)
        alice.import_site("office", lab.site(more=REQUIRED))
        expect_page(lab, alice)
        server.end()
        wait_until(lambda: alice.state("office") == "reconnecting", "the client to notice")
        tls_server(lab)
        wait_until(lambda: alice.state("office") == "connected", "the client to be back", 60)
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
        alice.disconnect("office")
        expect_refused(alice, UNPROVEN)


@promise("without a staple it is refused where one is required, and accepted elsewhere")
def none():
    with Lab() as lab:
        alice, _ = prepare(lab)
        alice.import_site("office", lab.site(more=REQUIRED))
        expect_refused(alice, UNPROVEN)
        alice.import_site("other", lab.site("other"))
        alice.connect("other", password=USERS["alice"])


@promise("a server that staples its own revocation is refused")
def revoked():
    with Lab() as lab:
        alice, _ = prepare(lab, revoked=True)
        alice.import_site("office", lab.site())
        expect_refused(alice, "The certificate of the gateway was revoked.")


@promise("a gateway that stands on the site's CRL is refused, before a password is asked for")
def crl():
    with Lab() as lab:
        responder = lab.responder().start()
        other = lab.authority.issue("tls", ["gateway.example.test"])
        lab.visitor_gateway(other)
        lab.engine()
        alice = lab.person("alice")
        ca = lab.authority.pem.read_text()
        alice.import_site("office", site_conf("office", ca + lab.authority.revoke(lab.certificate)))
        expect_refused(alice, "The certificate of the gateway was revoked.")
        expect_equal(responder.count("EAP_MSCHAPV2"), 0, "questions for a password")
        alice.import_site("good", site_conf("good", ca + lab.authority.revoke(lab.authority.issue("x", ["x.example.test"]))))
        alice.connect("good", password=USERS["alice"])
        expect(responder.count("EAP/REQ/MSCHAPV2") > 0, "what was looked for in the log is never there")


main()
