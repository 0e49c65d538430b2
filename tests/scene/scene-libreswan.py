#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""libreswan, which shares no code with strongSwan, as the gateway: its IKE half, for it needs ESP of
the kernel's for the other."""

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import libreswan
import network
from lab import Lab, wait_until
from scene import expect, expect_equal, main, promise
from strongswan import GATEWAY_IDENTITY, PSK, PSK_USER
from users import PEOPLE

GATEWAY = 10


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


@promise("a pre-shared key: both sides prove themselves, in the group that libreswan wants",
         shows="PSK", peer="libreswan", how="IKE")
def psk():
    with Lab() as lab:
        pluto, alice = prepare(lab)
        alice.import_site("office", lab.site(method="psk", user=PSK_USER))
        expect_no_tunnel(pluto, alice.connect("office", password=PSK, check=False))
        expect(pluto.says("responding with INVALID_KE_PAYLOAD"), "no other group was wanted")


@promise("a wrong pre-shared key is told")
def wrong_psk():
    with Lab() as lab:
        pluto, alice = prepare(lab)
        alice.import_site("office", lab.site(method="psk", user=PSK_USER))
        result = alice.connect("office", password="x" + PSK, check=False)
        expect("The gateway does not let you in." in result.stderr, f"said: {result.stderr}")
        expect(not pluto.says("established IKE SA"), "an IKE SA stands all the same")


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


main(libreswan.why_not)
