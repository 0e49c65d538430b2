#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What an administrator sees of one connection by `visitor connect --debug`, and what nobody sees."""

import base64
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from lab import Lab, wait_until
from scene import expect, main, promise
from strongswan import GATEWAY_IDENTITY, PSK, PSK_USER, USERS


def debug(lab, password, **site):
    """What connect --debug said of a site, by a new person and engine."""
    lab.engine("--debug")
    alice = lab.person("alice")
    alice.import_site("office", lab.site(**site))
    result = alice.visitor("connect", "--debug", "--password-fd", "0", "office", password=password, check=False)
    return result.stdout + result.stderr


def expect_all(log, *texts):
    missing = [text for text in texts if text not in log]
    expect(not missing, f"not in the log: {missing}\n{log}")


def forms_of(secret):
    """How a secret would show: as it is, and in hex and base64, also as MS-CHAP writes it."""
    for each in (secret.encode(), secret.encode("utf-16-le")):
        yield each.hex()
        yield base64.b64encode(each).decode().rstrip("=")
    yield secret


def expect_none(lab, secret):
    """No form of the secret is in any log of the user's machine."""
    for log in lab.user.folder.rglob("*.log"):
        text = log.read_text(errors="replace").lower()
        found = [form for form in forms_of(secret) if form.lower() in text]
        expect(not found, f"{log.name} has {found}")


@promise("a connection: proposals, identities, networks, what was chosen; no password")
def connection():
    with Lab() as lab:
        responder = lab.responder().start()
        lab.visitor_gateway()
        log = debug(lab, USERS["alice"])
        expect_all(
            log, "sending IKE_SA_INIT request 0: SA KE No", "proposal 1 for IKE: aes256gcm16",
            "received IKE_SA_INIT response 0:", "the gateway chose AES-256-GCM-16",
            f"IDr: {GATEWAY_IDENTITY}", "the gateway's certificate: subject", "trusted",
            "received IKE_AUTH response 1: IDr CERT AUTH", "proposal 1 for ESP: aes256gcm16-noesn",
            "TSr: 10.1.0.0/24 fd01::/64")  # fmt: skip
        expect(USERS["alice"] not in log, "the password is in what connect said")
        expect_none(lab, USERS["alice"])
        wait_until(lambda: "alice" in responder.associations(), "the connection at the gateway")


@promise("a refused proposal: what we offered, and the gateway's word")
def proposal():
    with Lab() as lab:
        lab.responder(proposals=["aes128-sha1-modp1024"]).start()
        lab.visitor_gateway()
        log = debug(lab, USERS["alice"])
        expect_all(log, "proposal 1 for IKE: aes256gcm16", "IKE_SA_INIT response 0: N(NO_PROPOSAL_CHOSEN)")


@promise("a refused key: whom we claimed to be, and the gateway's word; no key")
def key():
    with Lab() as lab:
        lab.responder().start()
        lab.visitor_gateway()
        wrong = "x" + PSK
        log = debug(lab, wrong, method="psk", user=PSK_USER)
        expect_all(log, f"IDi: {PSK_USER}", "IKE_AUTH response 1: N(AUTHENTICATION_FAILED)")
        expect(PSK not in log, "the key is in what connect said")
        expect_none(lab, wrong)


@promise("a refused tunnel: what was asked for, and the gateway's word")
def tunnel():
    with Lab() as lab:
        lab.responder(esp_proposals=["aes128-sha1"]).start()
        lab.visitor_gateway()
        log = debug(lab, USERS["alice"])
        expect_all(log, "TSr: 0.0.0.0/0 ::/0", "proposal 1 for ESP:", "N(NO_PROPOSAL_CHOSEN)")


main()
