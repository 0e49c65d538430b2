# SPDX-License-Identifier: GPL-2.0-or-later
"""libreswan 4.10 as the IPsec gateway: for IKE alone, where the kernel has no ESP.

Its package and strongSwan's exclude each other, so that it is unpacked and not installed
(install-packages unpacked). What had to be right: its own place for its helpers, which pluto insists
on; a NSS database of its own; connections that addconn hands over, since pluto itself reads the first
section alone; a machine beside the carrier's, for it takes no client that has one of its own addresses.
"""

from pathlib import Path

import network
from process import LabError, wait_until
from programs import build
from strongswan import GATEWAY_IDENTITY, PSK, PSK_USER

PASSWORD = "lab"


def root():
    return build().parent / "build-peers" / "libreswan"


def why_not():
    program = root() / "usr/libexec/ipsec/pluto"
    return None if program.exists() else f"needs {program} (tests/support/install-packages unpacked)"


class Pluto:
    """pluto on a machine, with the connections `psk` and `certificate`; authby: by what key it signs."""

    def __init__(self, machine, authority, certificate, authby="ecdsa"):
        self.machine = machine
        self.folder = machine.folder / "pluto"
        self.libexec = Path("/usr/libexec/ipsec")
        machine.run("mount", "--bind", root() / "usr/libexec", self.libexec.parent)
        self.log = self.folder / "pluto.log"
        self.process = None
        (self.folder / "nss").mkdir(parents=True)
        (self.folder / "run").mkdir()
        self._fill_database(authority, certificate)
        self._write(authby)

    def _fill_database(self, authority, certificate):
        database = f"sql:{self.folder}/nss"
        bundle = self.folder / "gateway.p12"
        self.machine.run("certutil", "-N", "-d", database, "--empty-password")
        self.machine.run("openssl", "pkcs12", "-export", "-in", certificate.pem, "-inkey", certificate.key,
                         "-name", "gateway", "-passout", f"pass:{PASSWORD}", "-out", bundle)  # fmt: skip
        self.machine.run("pk12util", "-i", bundle, "-d", database, "-W", PASSWORD, "-K", "")
        self.machine.run("certutil", "-A", "-d", database, "-n", "ca", "-t", "CT,,", "-i", authority.pem)

    def _write(self, authby):
        common = (
            f" left={network.INSIDE}\n right=%any\n rightaddresspool=10.3.0.10-10.3.0.90\n"
            f" leftsubnet={network.PROTECTED[0]}\n encapsulation=yes\n fragmentation=yes\n"
            f" leftid=@{GATEWAY_IDENTITY}\n auto=add\n"
        )
        (self.folder / "ipsec.conf").write_text(
            "config setup\n uniqueids=no\n"
            f"conn psk\n{common} authby=secret\n rightid={PSK_USER}\n"
            f"conn certificate\n{common} leftcert=gateway\n leftsendcert=always\n authby={authby}\n"
            " rightca=%same\n rightid=%fromcert\n"
        )
        secrets = self.folder / "ipsec.secrets"
        secrets.write_text(f'@{GATEWAY_IDENTITY} {PSK_USER} : PSK "{PSK}"\n')
        secrets.chmod(0o600)

    def start(self):
        folder = self.folder
        self.process = self.machine.start(
            "pluto", self.libexec / "pluto", "--nofork", "--config", folder / "ipsec.conf",
            "--secretsfile", folder / "ipsec.secrets", "--nssdir", folder / "nss", "--rundir", folder / "run",
            "--logfile", self.log, "--listen", network.INSIDE, "--no-dnssec")  # fmt: skip
        control = folder / "run" / "pluto.ctl"
        wait_until(lambda: control.exists() or not self.process.is_alive(), "pluto's control socket")
        for words in (("--listen",), ("--rereadsecrets",)):
            self.machine.run(self.libexec / "whack", "--ctlsocket", control, *words)
        for name in ("psk", "certificate"):
            self.machine.run(self.libexec / "addconn", "--config", folder / "ipsec.conf",
                             "--ctlsocket", control, name)  # fmt: skip
        if not self.process.is_alive():
            raise LabError(f"pluto ended: {self.process.output()}")
        return self

    def says(self, text):
        return text in self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self):
        if self.process:
            self.process.stop()
