# SPDX-License-Identifier: GPL-2.0-or-later
"""Throw-away certificates, made by strongSwan's `pki`: good ones, and every kind of bad one."""

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

PKI_CONF = "pki {\n    load = random openssl x509 pkcs1 pkcs8 pem\n}\n"
LONG_AGO = ("01.01.20 00:00:00", "01.01.21 00:00:00")


class Certificate(NamedTuple):
    pem: Path
    key: Path


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
