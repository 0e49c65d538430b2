#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every algorithm that Visitor has, with strongSwan: for the IKE SA, for ESP, and for new keys of both."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from network import differences, snapshot
from scene import expect, expect_equal, main, promise
from strongswan import PSK, PSK_USER

GATEWAY = 10  # exit status
NONE_FITS = "The gateway accepts none of the algorithms that Visitor offers."
NO_TUNNEL = "The gateway let you in but opens no tunnel for you."

# What the gateway is set to, for IKE and for ESP with a key exchange of its own, and what the two are
# called in `visitor status`.
ROWS = [
    ("aes128gcm16-prfsha256-modp2048", "aes128gcm16-modp2048",
     "AES-128-GCM-16, PRF-HMAC-SHA2-256, MODP-2048", "AES-128-GCM-16, MODP-2048"),
    ("aes256gcm16-prfsha384-modp3072", "aes256gcm16-modp3072",
     "AES-256-GCM-16, PRF-HMAC-SHA2-384, MODP-3072", "AES-256-GCM-16, MODP-3072"),
    ("chacha20poly1305-prfsha512-modp4096", "chacha20poly1305-modp4096",
     "ChaCha20-Poly1305, PRF-HMAC-SHA2-512, MODP-4096", "ChaCha20-Poly1305, MODP-4096"),
    ("aes256-sha256-ecp256", "aes256-sha256-ecp256",
     "AES-256-CBC, HMAC-SHA2-256-128, PRF-HMAC-SHA2-256, ECP-256",
     "AES-256-CBC, HMAC-SHA2-256-128, ECP-256"),
    ("aes256-sha384-ecp384", "aes256-sha384-ecp384",
     "AES-256-CBC, HMAC-SHA2-384-192, PRF-HMAC-SHA2-384, ECP-384",
     "AES-256-CBC, HMAC-SHA2-384-192, ECP-384"),
    ("aes256-sha512-ecp521", "aes256-sha512-ecp521",
     "AES-256-CBC, HMAC-SHA2-512-256, PRF-HMAC-SHA2-512, ECP-521",
     "AES-256-CBC, HMAC-SHA2-512-256, ECP-521"),
    ("aes128-sha256-x25519", "aes128-sha256-x25519",
     "AES-128-CBC, HMAC-SHA2-256-128, PRF-HMAC-SHA2-256, Curve25519",
     "AES-128-CBC, HMAC-SHA2-256-128, Curve25519"),
]  # fmt: skip

# The gateway's IKE and ESP, the site's group [algorithms], and what is in use then; of ESP after new
# keys too, with a key exchange of their own or without.
CHOICES = [
    ("default", "default", "", None, None, None),
    ("aes256gcm16-prfsha384-ecp384", "aes256gcm16", "",
     "AES-256-GCM-16, PRF-HMAC-SHA2-384, ECP-384", "AES-256-GCM-16", "AES-256-GCM-16"),
    ("aes256gcm16-prfsha384-ecp384", "aes256gcm16-ecp256, aes256gcm16", "esp=aes256gcm16-ecp256-none\n",
     "AES-256-GCM-16, PRF-HMAC-SHA2-384, ECP-384", "AES-256-GCM-16", "AES-256-GCM-16, ECP-256"),
    ("aes256gcm16-prfsha384-ecp384", "aes256gcm16-ecp256, aes256gcm16", "esp=aes256gcm16\n",
     "AES-256-GCM-16, PRF-HMAC-SHA2-384, ECP-384", "AES-256-GCM-16", "AES-256-GCM-16"),
    ("aes256gcm16-chacha20poly1305-prfsha256-prfsha512-x25519-ecp521, aes256-sha256-ecp521",
     "aes256gcm16, chacha20poly1305, aes256-sha256",
     "ike=chacha20poly1305-prfsha512-ecp521\nesp=chacha20poly1305\n",
     "ChaCha20-Poly1305, PRF-HMAC-SHA2-512, ECP-521", "ChaCha20-Poly1305", "ChaCha20-Poly1305"),
    ("aes256gcm16-chacha20poly1305-prfsha256-prfsha512-x25519-ecp521, aes256-sha256-ecp521",
     "aes256gcm16, chacha20poly1305, aes256-sha256",
     "ike=chacha20poly1305-prfsha384-ecp384, aes256-sha256-ecp521\nesp=aes256-sha256-esn-noesn\n",
     "AES-256-CBC, HMAC-SHA2-256-128, PRF-HMAC-SHA2-256, ECP-521",
     "AES-256-CBC, HMAC-SHA2-256-128", "AES-256-CBC, HMAC-SHA2-256-128"),
]  # fmt: skip

# The gateway's, the site's, what is said.
REFUSALS = [
    ("3des-sha1-modp1024", "aes256gcm16", "", NONE_FITS),
    ("aes256-sha1-modp2048", "aes256gcm16", "", NONE_FITS),
    ("aes256-sha256-modp1536", "aes256gcm16", "", NONE_FITS),
    ("aes256-sha256-modp2048s256", "aes256gcm16", "", NONE_FITS),
    ("3des-md5-modp768, aes128-sha1-modp1024", "3des-md5, aes128-sha1", "", NONE_FITS),
    ("aes256gcm16-prfsha256-x25519", "aes256gcm16", "ike=aes256-sha256-x25519\n", NONE_FITS),
    ("aes256gcm16-prfsha256-x25519", "aes256-sha1", "", NO_TUNNEL),
    ("aes256gcm16-prfsha256-x25519", "3des-sha256", "", NO_TUNNEL),
    ("aes256gcm16-prfsha256-x25519", "aes256gcm16", "esp=aes256-sha256\n", NO_TUNNEL),
]


class Rows:
    """One lab for all rows; each signs in anew."""

    def __init__(self, lab):
        self.lab = lab
        self.responder = lab.responder().start()
        lab.visitor_gateway()
        lab.engine()
        self.alice = lab.person("alice")
        self.n = 0

    def connect(self, ike, esp, algorithms="", check=True):
        """The name of the site, and what `visitor connect` said."""
        self.responder.offer(ike, esp)
        self.n += 1
        more = f"[algorithms]\n{algorithms}" if algorithms else ""
        name = f"site-{self.n}"
        self.alice.import_site(name, self.lab.site(name, method="psk", user=PSK_USER, more=more))
        return name, self.alice.connect(name, password=PSK, check=check)

    def ping(self):
        self.lab.user.run("ping", "-c", "1", "-W", "5", network.INSIDE)

    def renew(self, name, number, ask):
        """Has new keys made for the tunnel; number: how many times then."""
        ask()
        wait_until(lambda: self.alice.status(name)["counters"]["rekeys"] == number, "new keys")

    def renew_ike(self):
        """The gateway makes a new IKE SA."""
        rekeyed = r"IKE_SA psk\[\d+\] rekeyed between"
        before = self.responder.count(rekeyed)
        self.responder.control("--rekey", "--ike", "psk")
        wait_until(lambda: self.responder.count(rekeyed) > before, "a new IKE SA")

    def expect_suite(self, name, key, wanted):
        if wanted is not None:
            expect_equal(self.alice.status(name)[key], wanted, key)


@promise("each cipher, MAC, PRF and group, for IKE, for ESP and for new keys of both",
         shows="Every algorithm of site.conf(5) but ESN and ML-KEM")  # fmt: skip
def every_algorithm():
    with Lab() as lab:
        rows = Rows(lab)
        for ike, esp, ike_names, esp_names in ROWS:
            name, _ = rows.connect(ike, esp)
            rows.expect_suite(name, "ike", ike_names)
            rows.expect_suite(name, "child", esp_names.rpartition(", ")[0])
            rows.ping()
            for number, ask in enumerate((rows.alice.rekey, rekey_at(rows.responder)), 1):
                rows.renew(name, number, ask)
                rows.expect_suite(name, "child", esp_names)
                rows.ping()
            rows.renew_ike()
            rows.expect_suite(name, "ike", ike_names)
            rows.ping()
            rows.alice.disconnect(name)


def rekey_at(responder):
    return lambda: responder.control("--rekey", "--child", "net")


@promise("the gateway chooses, of what the site allows")
def choices():
    with Lab() as lab:
        rows = Rows(lab)
        for ike, esp, algorithms, ike_names, esp_names, later in CHOICES:
            name, _ = rows.connect(ike, esp, algorithms)
            rows.expect_suite(name, "ike", ike_names)
            rows.expect_suite(name, "child", esp_names)
            rows.ping()
            rows.renew(name, 1, rows.alice.rekey)
            rows.expect_suite(name, "child", later)
            rows.ping()
            rows.alice.disconnect(name)


@promise("a gateway that has nothing but weak algorithms, or none of the site's, is refused")
def refusals():
    with Lab() as lab:
        rows = Rows(lab)
        shot = snapshot(lab.user)
        for ike, esp, algorithms, sentence in REFUSALS:
            _, result = rows.connect(ike, esp, algorithms, check=False)
            expect(sentence in result.stderr, f"{ike}, {esp}: not '{sentence}', but: {result.stderr}")
            expect_equal(result.returncode, GATEWAY, "exit status")
        wait_until(lambda: not differences(shot, snapshot(lab.user)), "the machine as it was")


if __name__ == "__main__":
    main()
