#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Signing in by certificate: every kind of key, in files and on a token, alone and before a password."""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from lab import Lab, wait_until
from programs import CLIENT, site_conf
from scene import expect, expect_equal, main, promise
from servers import PAGE
from softtoken import PIN, soft_token, why_no_token
from strongswan import GATEWAY_IDENTITY, USERS
from terminal import Terminal
from users import PEOPLE

SIGN_IN, NO_SECRET = 9, 11
PASSPHRASE = "open sesame"
PASSWORD = USERS["alice"]
DN = "C=XX, O=Lab, CN=alice"


@contextlib.contextmanager
def table(clients=None, **knobs):
    """A lab whose gateway takes certificates of the lab's authority, and alice."""
    with Lab() as lab:
        clients = clients or {"cert": {"remote": {"auth": "pubkey", "cacerts": lab.authority.pem.name}}}
        lab.charon = lab.responder(clients=clients, **knobs).start()
        lab.visitor_gateway()
        lab.the_engine = lab.engine()
        yield lab, lab.person("alice")


def openssl(folder, *words):
    subprocess.run(["openssl", *map(str, words)], check=True, cwd=folder, capture_output=True)


def give(person, *paths):
    """Copies files into the person's home, theirs; returns where they are."""
    given = []
    for path in paths:
        target = person.home / path.name
        shutil.copy(path, target)
        os.chown(target, PEOPLE[person.name], PEOPLE[person.name])
        given.append(target)
    return given


def site(lab, method="certificate", user=None, **keys):
    """The text of a site that signs in by certificate. keys: more of [sign-in]."""
    text = site_conf("office", lab.authority.pem.read_text(), method=method, user=user or "unused")
    if user is None:
        text = text.replace("user=unused\n", "")
    return text + "".join(f"{key.replace('_', '-')}={value}\n" for key, value in keys.items())


def terminal(lab, person, *words, more=None):
    desktop = lab.desktop()
    environment = desktop.environment(person.name) | (more or {})
    command = lab.user.command(desktop.build / CLIENT, *words, user=person.name, env=environment)
    return lab.ends(Terminal(command))


def expect_page(lab):
    expect_equal(lab.fetch("http://10.1.0.10/"), PAGE.decode(), "the page")


KEYS = {
    "RSA": (("rsa", 2048), "", "RSA_EMSA_PSS"),
    "RSA with the old padding": (("rsa", 2048), "rsa-padding=pkcs1\n", "RSA_EMSA_PKCS1_SHA2_256"),
    "ECDSA P-256": (("ecdsa", 256), "", "ECDSA_WITH_SHA256_DER"),
    "ECDSA P-384": (("ecdsa", 384), "", "ECDSA_WITH_SHA384_DER"),
    "ECDSA P-521": (("ecdsa", 521), "", "ECDSA_WITH_SHA512_DER"),
    "Ed25519": (("ed25519", 256), "", "ED25519"),
}


@promise("keys of every kind sign in to strongSwan, each by RFC 7427, as the certificate's subject",
         shows=("Certificate, RSA-PSS", "Certificate, RSA PKCS#1", "Certificate, ECDSA", "Certificate, Ed25519"))
def every_key():
    with table() as (lab, alice):
        for name, (key, more, algorithm) in KEYS.items():
            owned = lab.authority.issue(f"alice-{key[0]}{key[1]}", ["alice"], key=key, flags=("clientAuth",))
            give(alice, owned.pem, owned.key)
            text = site(lab, certificate=owned.pem.name, key=owned.key.name) + more
            path = alice.home / "office.conf"
            path.write_text(text)
            alice.visitor("import", "--replace", path)
            alice.connect("office")
            expect_page(lab)
            expect(lab.charon.count(rf"authentication of '{DN}' with {algorithm}\S* successful"), f"{name}: no {algorithm}")
            alice.disconnect("office")


@promise("the key stays with the user: 0600 beside the site, not in what is exported, gone with the site")
def key_file():
    with table() as (lab, alice):
        owned = lab.authority.issue("alice", ["alice"])
        certificate, key = give(alice, owned.pem, owned.key)
        said = alice.import_site("office", site(lab, certificate="alice.pem", key="alice.key")).stdout
        expect("The key is copied" in said, said)
        key.unlink()
        certificate.unlink()
        kept = alice.home / ".config" / "visitor" / "sites" / "office.key"
        expect_equal(kept.stat().st_mode & 0o777, 0o600, "the key file's mode")
        alice.connect("office")
        alice.disconnect("office")
        text = alice.visitor("export", "office").stdout
        expect("PRIVATE" not in text and "key=office.key" in text, text)
        for process in lab.the_engine.workers() or []:
            expect(False, f"worker {process} is left")
        kept.rename(kept.with_suffix(".away"))
        result = alice.connect("office", check=False)
        expect_equal(result.returncode, SIGN_IN, "exit status without the key")
        expect("Your certificate or its key cannot be used." in result.stderr, result.stderr)
        kept.with_suffix(".away").rename(kept)
        alice.visitor("remove", "office")
        expect(not kept.exists(), "the key was left behind")


@promise("an encrypted key asks for its passphrase, unseen, again when it was wrong, before anything is sent")
def passphrase():
    with table() as (lab, alice):
        owned = lab.authority.issue("alice", ["alice"])
        openssl(owned.key.parent, "pkcs8", "-topk8", "-in", owned.key, "-out", "locked.key",
                "-passout", f"pass:{PASSPHRASE}")  # fmt: skip
        give(alice, owned.pem, owned.key.parent / "locked.key")
        alice.import_site("office", site(lab, certificate="alice.pem", key="locked.key"))
        screen = terminal(lab, alice, "connect", "office")
        screen.wait_for("Passphrase of the key office.key:")
        wait_until(lambda: not screen.echoes(), "the echo to be off")
        screen.type("wrong\n")
        screen.wait_for("That does not open the key.")
        screen.wait_for("Passphrase of the key office.key:")
        expect_equal(lab.charon.count("parsed IKE_SA_INIT"), 0, "messages to the gateway so far")
        screen.type(PASSPHRASE + "\n")
        screen.wait_for("office: Connected")
        expect_equal(screen.wait(), 0, "exit status")
        expect(PASSPHRASE not in screen.output, "the passphrase was shown")
        expect_page(lab)
        alice.disconnect("office")
        for log in lab.user.folder.glob("*.log"):
            expect(PASSPHRASE not in log.read_text(errors="replace"), f"the passphrase is in {log.name}")

        result = alice.connect("office", password="wrong\n", check=False)
        expect_equal(result.returncode, SIGN_IN, "exit status with a wrong one")
        expect("The passphrase does not open your key." in result.stderr, result.stderr)
        result = alice.visitor("connect", "office", check=False)
        expect_equal(result.returncode, NO_SECRET, "exit status without a terminal")


@promise("a PKCS#12 file is all that is needed: certificate, key and what leads to the CA")
def pkcs12():
    with table() as (lab, alice):
        owned = lab.authority.issue("alice", ["alice"], key=("rsa", 2048))
        openssl(owned.key.parent, "pkcs12", "-export", "-inkey", owned.key, "-in", owned.pem,
                "-certfile", lab.authority.pem, "-out", "alice.p12", "-passout", f"pass:{PASSPHRASE}")  # fmt: skip
        give(alice, owned.key.parent / "alice.p12")
        alice.import_site("office", site(lab, key="alice.p12"))
        alice.connect("office", password=PASSPHRASE + "\n")
        expect_page(lab)
        expect_equal(lab.charon.count(r"received end entity cert"), 1, "certificates of the user")
        expect_equal(lab.charon.count(r"received issuer cert"), 0, "roots that were sent")


@promise("a token asks for its PIN; a wrong one is said and not tried again by itself; it signs")
def on_token():
    with table() as (lab, alice):
        for key in (("ecdsa", 256), ("rsa", 2048)):
            owned = lab.authority.issue(f"alice-{key[0]}", ["alice"], key=key)
            environment = soft_token(alice, owned)
            text = site(lab, key="pkcs11:token=lab;id=%01;type=private")
            path = alice.home / "office.conf"
            path.write_text(text)
            alice.visitor("import", "--replace", path)
            screen = terminal(lab, alice, "connect", "office", more=environment)
            screen.wait_for("PIN of the token lab:")
            wait_until(lambda: not screen.echoes(), "the echo to be off")
            screen.type("000000\n")
            screen.wait_for("The PIN is wrong.")
            screen.wait_for("PIN of the token lab:")
            screen.type(PIN + "\n")
            screen.wait_for("office: Connected")
            expect_equal(screen.wait(), 0, "exit status")
            expect("keyring" not in screen.output, "a PIN was offered to be kept")
            expect_page(lab)
            alice.disconnect("office")

            screen = terminal(lab, alice, "connect", "office", more=environment)
            screen.wait_for("PIN of the token lab:")
            screen.type("111111\n")
            screen.wait_for("PIN of the token lab:")
            screen.type("\n")
            expect_equal(screen.wait(), SIGN_IN, "exit status after a wrong PIN")
            expect("The PIN is wrong." in screen.output, screen.output)
            shutil.rmtree(alice.home / "token")
        result = alice.connect("office", check=False)
        expect_equal(result.returncode, NO_SECRET, "exit status without the token")
        expect("The token with your key is not there." in result.stderr, result.stderr)


@promise("an expired certificate, and one of another key, are told before anything is sent; a stranger's is refused")
def unusable():
    with table() as (lab, alice):
        foreign = lab.other_authority().issue("foreign", ["alice"])
        old = lab.authority.issue("old", ["alice"], expired=True)
        new = lab.authority.issue("new", ["alice"])
        give(alice, old.pem, old.key, new.pem, new.key, foreign.pem, foreign.key)
        for names, words, said in (
            (("old.pem", "old.key"), "Your certificate is not valid at this time.", False),
            (("new.pem", "old.key"), "The key does not belong to your certificate.", False),
            (("foreign.pem", "foreign.key"), "The gateway did not accept your certificate.", True),
        ):
            path = alice.home / "office.conf"
            path.write_text(site(lab, certificate=names[0], key=names[1]))
            alice.visitor("import", "--replace", path)
            result = alice.connect("office", check=False)
            expect_equal(result.returncode, SIGN_IN, "exit status")
            expect(words in result.stderr, result.stderr)
            expect_equal(lab.charon.count("parsed IKE_SA_INIT") > 0, said, f"whether {names} reached the gateway")


@promise("a certificate and then a password, where the gateway wants both; the one alone is not enough",
         shows="Certificate, then EAP (RFC 4739)")
def then_eap():
    with Lab() as lab:
        both = {
            "remote-1": {"auth": "pubkey", "cacerts": lab.authority.pem.name},
            "remote-2": {"auth": "eap-mschapv2", "eap_id": "%any"},
        }
        lab.charon = lab.responder(clients={"both": both}).start()
        lab.visitor_gateway()
        lab.engine()
        alice = lab.person("alice")
        owned = lab.authority.issue("alice", ["alice"])
        give(alice, owned.pem, owned.key)
        keys = {"certificate": "alice.pem", "key": "alice.key"}
        alice.import_site("office", site(lab, method="certificate+eap", user="alice", **keys))
        alice.connect("office", password=PASSWORD)
        expect_page(lab)
        expect(lab.charon.count(rf"authentication of '{DN}' with ECDSA\S* successful") > 0, "no certificate")
        expect(lab.charon.count("EAP method EAP_MSCHAPV2 succeeded") > 0, "no EAP")
        alice.disconnect("office")
        result = alice.connect("office", password="wrong", check=False)
        expect_equal(result.returncode, SIGN_IN, "exit status with a wrong password")
        expect("The gateway did not accept the password." in result.stderr, result.stderr)

        path = alice.home / "half.conf"
        path.write_text(site(lab, **keys).replace("name=office", "name=half"))
        alice.visitor("import", path)
        result = alice.connect("half", check=False)
        expect_equal(result.returncode, SIGN_IN, "exit status of the certificate alone")


@promise("EAP-TLS shows the certificate, and the key signs for it too", shows="EAP-TLS")
def eap_tls():
    with Lab() as lab:
        lab.charon = lab.responder(eap="eap-tls").start()
        lab.visitor_gateway()
        lab.engine()
        alice = lab.person("alice")
        for key in (("ecdsa", 256), ("rsa", 2048)):
            owned = lab.authority.issue(f"alice-{key[0]}", ["alice@example.test"], key=key)
            give(alice, owned.pem, owned.key)
            path = alice.home / "office.conf"
            keys = {"certificate": owned.pem.name, "key": owned.key.name}
            path.write_text(site(lab, method="eap-tls", user="alice@example.test", **keys))
            alice.visitor("import", "--replace", path)
            alice.connect("office")
            expect_page(lab)
            alice.disconnect("office")
        expect_equal(lab.charon.count("EAP method EAP_TLS succeeded"), 2, "times that EAP-TLS succeeded")
        stranger = lab.other_authority().issue("stranger", ["alice@example.test"])
        give(alice, stranger.pem, stranger.key)
        keys = {"certificate": stranger.pem.name, "key": stranger.key.name}
        path.write_text(site(lab, method="eap-tls", user="alice@example.test", **keys))
        alice.visitor("import", "--replace", path)
        result = alice.connect("office", check=False)
        expect_equal(result.returncode, SIGN_IN, "exit status of another authority's")


@promise("both ends may be called by a distinguished name")
def distinguished_names():
    subject = f"C=XX, O=Lab, CN={GATEWAY_IDENTITY}"
    with table(identity=subject) as (lab, alice):
        owned = lab.authority.issue("alice", ["alice", "alice@example.test"])
        give(alice, owned.pem, owned.key)
        text = site(lab, certificate="alice.pem", key="alice.key")
        named = text.replace(f"identity={GATEWAY_IDENTITY}", f"identity=CN={GATEWAY_IDENTITY}, O=Lab, C=XX")
        alice.import_site("office", named)
        alice.connect("office")
        expect_page(lab)
        alice.disconnect("office")
        path = alice.home / "office.conf"
        path.write_text(named + "local-identity=alice@example.test\n")
        alice.visitor("import", "--replace", path)
        alice.connect("office")
        expect(lab.charon.count("authentication of 'alice@example.test' with ECDSA"), "no e-mail address")
        alice.disconnect("office")
        path.write_text(named.replace("O=Lab", "O=Lob"))
        alice.visitor("import", "--replace", path)
        result = alice.connect("office", check=False)
        expect(result.returncode != 0 and "connected" not in (alice.state("office") or ""), "another name was taken")


main(why_no_token)
