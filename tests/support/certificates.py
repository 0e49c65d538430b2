# SPDX-License-Identifier: GPL-2.0-or-later
"""Throw-away certificates, made by strongSwan's `pki`: good ones, and every kind of bad one."""

import hashlib
import os
import subprocess
from pathlib import Path
from typing import NamedTuple

PKI_CONF = "pki {\n    load = random openssl x509 pkcs1 pkcs8 pem\n}\n"
OCSP_EXPIRY, OCSP_REVOKED = "21260101000000Z", "250101000000Z"
LONG_AGO = ("01.01.20 00:00:00", "01.01.21 00:00:00")


def openssl(*words, octets=b""):
    return subprocess.run(
        ["openssl", *(str(word) for word in words)], input=octets, capture_output=True, check=True).stdout  # fmt: skip


def colons(octets):
    """A fingerprint as people compare it."""
    return ":".join(f"{octet:02X}" for octet in octets)


class Certificate(NamedTuple):
    pem: Path
    key: Path

    def sha256(self):
        return hashlib.sha256(openssl("x509", "-in", self.pem, "-outform", "DER")).digest()

    def key_sha256(self):
        """Of its SubjectPublicKeyInfo, which a pin names."""
        key = openssl("x509", "-in", self.pem, "-pubkey", "-noout")
        return hashlib.sha256(openssl("pkey", "-pubin", "-outform", "DER", octets=key)).digest()


class Authority:
    """A certificate authority of its own."""

    def __init__(self, folder, name):
        folder.mkdir()
        self.folder = folder
        (folder / "pki.conf").write_text(PKI_CONF)
        self.key = self._make_key("ca", "ecdsa", 384)
        self.pem = folder / "ca.pem"
        self._pki(self.pem, "--self", "--ca", "--in", self.key, "--type", "ecdsa",
                  "--dn", f"C=XX, O=Lab, CN={name}", "--lifetime", "365", "--digest", "sha384")  # fmt: skip

    def issue(self, name, names, expired=False, key=("ecdsa", 256), flags=("serverAuth",)):
        """A certificate for `names` (host names, addresses); its files are called `name`."""
        private = self._make_key(name, *key)
        words = ["--issue", "--in", private, "--type", "priv", "--cacert", self.pem,
                 "--cakey", self.key, "--digest", "sha256", "--dn", f"C=XX, O=Lab, CN={names[0]}"]  # fmt: skip
        for each in names:
            words += ["--san", each]
        for flag in flags:
            words += ["--flag", flag]
        if expired:
            words += ["--not-before", LONG_AGO[0], "--not-after", LONG_AGO[1]]
        else:
            words += ["--lifetime", "30"]
        pem = self.folder / f"{name}.pem"
        self._pki(pem, *words)
        return Certificate(pem, private)

    def revoke(self, certificate):
        """The PEM text of a list that names this certificate alone."""
        path = self.folder / "revoked.crl"
        self._pki(path, "--signcrl", "--cacert", self.pem, "--cakey", self.key, "--digest", "sha384",
                  "--lifetime", "7", "--reason", "key-compromise", "--cert", certificate.pem)  # fmt: skip
        return path.read_text()

    def answer(self, certificate, revoked=False):
        """An OCSP response about a certificate, as a responder of this authority gives; its path."""
        said = openssl("x509", "-in", certificate.pem, "-noout", "-serial").decode()
        serial = said.strip().partition("=")[2]
        state = f"R\t{OCSP_EXPIRY}\t{OCSP_REVOKED}" if revoked else f"V\t{OCSP_EXPIRY}\t"
        index = self.folder / "index"
        index.write_text(f"{state}\t{serial}\tunknown\t/CN=lab\n")
        path = certificate.pem.with_suffix(".ocsp")
        openssl("ocsp", "-index", index, "-CA", self.pem, "-rsigner", self.pem, "-rkey", self.key,
                "-issuer", self.pem, "-cert", certificate.pem, "-ndays", "1", "-no_nonce",
                "-respout", path)  # fmt: skip
        return path

    def _make_key(self, name, kind, size):
        path = self.folder / f"{name}.key"
        self._pki(path, "--gen", "--type", kind, "--size", str(size))
        path.chmod(0o600)
        return path

    def _pki(self, path, *words):
        command = ["pki", *(str(word) for word in words), "--outform", "pem"]
        env = {**os.environ, "STRONGSWAN_CONF": str(self.folder / "pki.conf")}
        with open(path, "wb") as out:
            subprocess.run(command, stdout=out, stdin=subprocess.DEVNULL, env=env, check=True)
