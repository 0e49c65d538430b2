# SPDX-License-Identifier: GPL-2.0-or-later
"""libreswan 4.10 as the IPsec gateway, or with VISITOR_LIBRESWAN=DIR what `make install-base DESTDIR=DIR` of
another version put there. It leaves ESP to the kernel, and where the kernel has none no packet passes; a kernel
that takes every SA (xfrm-yes.c) lets its IKE go on as if one could.

Its package and strongSwan's exclude each other, so that it is unpacked and not installed
(install-packages unpacked). What had to be right: its own place for its helpers, which pluto insists
on; a NSS database of its own; connections that addconn hands over, since pluto itself reads the first
section alone; a machine beside the carrier's, for it takes no client that has one of its own addresses.
"""

import os
import re
import subprocess
from pathlib import Path

import network
from process import LabError, wait_until
from programs import build
from strongswan import GATEWAY_IDENTITY, PSK, PSK_USER

PASSWORD = "lab"
XFRM_YES = "tests/support/libxfrm-yes.so"
FIRST_WITH_TICKETS = (5, 2)


def root():
    other = os.environ.get("VISITOR_LIBRESWAN")
    return Path(other) if other else build().parent / "build-peers" / "libreswan"


def why_not():
    program = root() / "usr/libexec/ipsec/pluto"
    return None if program.exists() else f"needs {program} (tests/support/install-packages unpacked)"


def version():
    said = subprocess.run([root() / "usr/libexec/ipsec/pluto", "--version"], capture_output=True, text=True, check=True)
    return tuple(int(part) for part in re.search(r"\b(\d+(?:\.\d+)+)", said.stdout)[1].split("."))


def why_no_tickets():
    return None if version() >= FIRST_WITH_TICKETS else "needs libreswan 5.2 (VISITOR_LIBRESWAN)"


def rekey_child():
    return "--rekey-child" if version() >= (5,) else "--rekey-ipsec"


class Pluto:
    """pluto on a machine, with the connections `psk` and `certificate`; authby: by what key it signs.

    takes_sas: its kernel takes every SA. more: keys of both connections.
    """

    def __init__(self, machine, authority, certificate, authby="ecdsa", takes_sas=False, more=None):
        self.machine = machine
        self.takes_sas = takes_sas
        self.folder = machine.folder / "pluto"
        self.libexec = Path("/usr/libexec/ipsec")
        machine.run("mount", "--bind", root() / "usr/libexec", self.libexec.parent)
        self.log = self.folder / "pluto.log"
        self.process = None
        (self.folder / "nss").mkdir(parents=True)
        (self.folder / "run").mkdir()
        self._fill_database(authority, certificate)
        self.authby, self.more = authby, more or {}
        self._write()

    def _fill_database(self, authority, certificate):
        database = f"sql:{self.folder}/nss"
        bundle = self.folder / "gateway.p12"
        self.machine.run("certutil", "-N", "-d", database, "--empty-password")
        self.machine.run("openssl", "pkcs12", "-export", "-in", certificate.pem, "-inkey", certificate.key,
                         "-name", "gateway", "-passout", f"pass:{PASSWORD}", "-out", bundle)  # fmt: skip
        self.machine.run("pk12util", "-i", bundle, "-d", database, "-W", PASSWORD, "-K", "")
        self.machine.run("certutil", "-A", "-d", database, "-n", "ca", "-t", "CT,,", "-i", authority.pem)

    def _write(self):
        common = (
            f" left={network.INSIDE}\n right=%any\n rightaddresspool=10.3.0.10-10.3.0.90\n"
            f" leftsubnet={network.PROTECTED[0]}\n encapsulation=yes\n fragmentation=yes\n"
            f" leftid=@{GATEWAY_IDENTITY}\n auto=add\n leftupdown=/bin/true\n"
            + "".join(f" {key}={value}\n" for key, value in self.more.items())
        )
        (self.folder / "ipsec.conf").write_text(
            f"config setup\n uniqueids=no\n listen={network.INSIDE}\n dnssec-enable=no\n"
            f"conn psk\n{common} authby=secret\n rightid={PSK_USER}\n"
            f"conn certificate\n{common} leftcert=gateway\n leftsendcert=always\n authby={self.authby}\n"
            " rightca=%same\n rightid=%fromcert\n"
        )
        secrets = self.folder / "ipsec.secrets"
        secrets.write_text(f'@{GATEWAY_IDENTITY} {PSK_USER} : PSK "{PSK}"\n')
        secrets.chmod(0o600)

    def start(self):
        folder = self.folder
        with_kernel = ["env", f"LD_PRELOAD={build() / XFRM_YES}"] if self.takes_sas else []
        self.process = self.machine.start(
            "pluto", *with_kernel, self.libexec / "pluto", "--nofork", "--config", folder / "ipsec.conf",
            "--secretsfile", folder / "ipsec.secrets", "--nssdir", folder / "nss", "--rundir", folder / "run",
            "--logfile", self.log)  # fmt: skip
        control = folder / "run" / "pluto.ctl"
        wait_until(lambda: control.exists() or not self.process.is_alive(), "pluto's control socket")
        self.whack("--listen")
        self.whack("--rereadsecrets")
        for name in ("psk", "certificate"):
            self.add(name)
        if not self.process.is_alive():
            raise LabError(f"pluto ended: {self.process.output()}")
        return self

    def add(self, name, **more):
        """Hands a connection over, in the place of what it was, with more keys from now on."""
        self.more |= {key.replace("_", "-"): value for key, value in more.items()}
        self._write()
        self.machine.run(self.libexec / "addconn", "--config", self.folder / "ipsec.conf",
                         "--ctlsocket", self.folder / "run" / "pluto.ctl", name)  # fmt: skip

    def whack(self, *words):
        """Tells pluto something; what it says to that is in its log."""
        control = self.folder / "run" / "pluto.ctl"
        return self.machine.run(self.libexec / "whack", "--ctlsocket", control, *words, check=False)

    def says(self, text):
        return self.count(re.escape(text)) > 0

    def count(self, pattern):
        return len(re.findall(pattern, self.log.read_text(encoding="utf-8", errors="replace")))

    def stop(self):
        if self.process:
            self.process.stop()
