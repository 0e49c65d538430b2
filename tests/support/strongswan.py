# SPDX-License-Identifier: GPL-2.0-or-later
"""strongSwan 5.9 as the IPsec gateway, and as a client to prove the lab itself.

ESP is done in user space (kernel-libipsec), so that no kernel support is needed. What had to be
right: the list of plugins by hand, kernel-libipsec before kernel-netlink; charon-systemd, which
needs no systemd and no pid file; settings shared by connections outside `connections`, where they
would be a connection that lets anybody in; thresholds against half-open SAs raised, since behind a
carrier all clients have one address; no UDP keepalives into a stream.
"""

import re
import shutil

import network
from process import wait_until

CHARON = "/usr/sbin/charon-systemd"
PLUGINS = (
    "random nonce openssl aes sha1 sha2 md5 hmac kdf gcm chapoly curve25519 gmp x509 pubkey pkcs1"
    " pkcs8 pkcs12 pem revocation constraints mgf1 kernel-libipsec kernel-netlink socket-default"
    " vici updown attr resolve eap-identity eap-mschapv2 eap-md5 eap-gtc xauth-generic eap-tls eap-ttls"
    " eap-radius counters fips-prf"
)
TOOL_PLUGINS = "random nonce openssl x509 pubkey pkcs1 pkcs8 pkcs12 pem revocation"

GATEWAY_IDENTITY = "gateway.example.test"
PSK_USER = "psk-user@example.test"
PSK = "lab-psk-0123456789-abcdef"
USERS = {"alice": "Wonderland1", "bob": "Builder2"}
NAMESERVERS = [network.INSIDE, network.INSIDE6]
DOMAIN = "corp.example.test"

IKE_PROPOSALS = [
    "aes256gcm16-prfsha384-ecp384",
    "aes256gcm16-prfsha256-ecp256",
    "aes256-sha256-modp2048",
    "aes256gcm16-prfsha256-x25519",
]
ESP_PROPOSALS = ["aes256gcm16", "aes256-sha256", "aes256gcm16-ecp256", "aes256gcm16-x25519"]


def render(settings, depth=0):
    """strongswan.conf's text of nested dicts; lists are joined by commas, booleans are words."""
    pad = "    " * depth
    lines = []
    for key, value in settings.items():
        if isinstance(value, dict):
            lines += [f"{pad}{key} {{", render(value, depth + 1), f"{pad}}}"]
            continue
        if isinstance(value, bool):
            value = "yes" if value else "no"
        elif isinstance(value, (list, tuple)):
            value = ", ".join(str(each) for each in value)
        lines.append(f"{pad}{key} = {value}")
    return "\n".join(lines)


class Charon:
    """One charon on one machine, with files, log and control socket of its own."""

    def __init__(self, machine, name, connections, daemon=None, plugins=None):
        self.machine = machine
        self.folder = machine.folder / name
        self.vici = f"unix://{self.folder}/vici"
        self.log = self.folder / "charon.log"
        self.process = None
        for each in ("x509", "x509ca", "private"):
            (self.folder / "swanctl" / each).mkdir(parents=True)
        self._write_daemon(daemon or {}, plugins or {})
        self._connections = connections

    def _write_daemon(self, more, plugins):
        vici = {"vici": {"socket": self.vici}}
        settings = {
            "charon-systemd": {
                "load": PLUGINS,
                "threads": 32,
                "install_routes": True,
                "install_virtual_ip": True,
                "dos_protection": True,
                "cookie_threshold_ip": 100000,
                "block_threshold": 100001,
                "keep_alive": 0,
                "retransmit_tries": 3,
                "retransmit_timeout": 2.0,
                "fragment_size": 1280,
                "filelog": {
                    "main": {
                        "path": self.log,
                        "time_format": "%H:%M:%S",
                        "default": 1,
                        "ike": 2,
                        "enc": 1,
                        "flush_line": True,
                    }
                },
                "plugins": {
                    **vici,
                    "resolve": {"file": self.folder / "resolv.conf"},
                    "attr": {"25": DOMAIN},
                    "eap-gtc": {"backend": "generic"},
                    "eap-ttls": {"phase2_method": "mschapv2"},
                    **plugins,
                },
                **more,
            },
            "swanctl": {"load": TOOL_PLUGINS, "plugins": vici},
        }
        (self.folder / "strongswan.conf").write_text(render(settings) + "\n")

    def trust(self, pem):
        shutil.copy(pem, self.folder / "swanctl" / "x509ca")

    def own(self, certificate):
        """Takes a certificate and its key; returns the name to use in `certs`."""
        shutil.copy(certificate.pem, self.folder / "swanctl" / "x509")
        shutil.copy(certificate.key, self.folder / "swanctl" / "private")
        return certificate.pem.name

    def _write_connections(self):
        (self.folder / "swanctl" / "swanctl.conf").write_text(render(self._connections) + "\n")

    def start(self):
        self._write_connections()
        (self.folder / "vici").unlink(missing_ok=True)
        env = {"STRONGSWAN_CONF": self.folder / "strongswan.conf"}
        self.process = self.machine.start("charon", CHARON, env=env)
        wait_until((self.folder / "vici").exists, "charon's control socket")
        wait_until(self._loads, "charon to take its configuration")
        return self

    def _loads(self):
        return self.control("--load-all", check=False).returncode == 0

    def control(self, *words, check=True):
        """swanctl on this charon."""
        env = {
            "STRONGSWAN_CONF": self.folder / "strongswan.conf",
            "SWANCTL_DIR": self.folder / "swanctl",
        }
        return self.machine.run("swanctl", *words, "--uri", self.vici, env=env, check=check)

    def change_password(self, user, password):
        """Whoever signs in from now on needs this one."""
        self._connections["secrets"][f"eap-{user}"]["secret"] = f'"{password}"'
        (self.folder / "swanctl" / "swanctl.conf").write_text(render(self._connections) + "\n")
        self.control("--load-creds", "--clear")

    def count(self, pattern):
        """Lines of charon's log that a regular expression matches."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return sum(1 for line in text.splitlines() if re.search(pattern, line))

    def logins(self):
        """How many first IKE_AUTH requests it has read: one for each login."""
        return self.count(r"parsed IKE_AUTH request 1 ")

    def associations(self):
        return self.control("--list-sas").stdout

    def stop(self):
        if self.process:
            self.process.stop()


class Responder(Charon):
    """The IPsec gateway. The way in is chosen by the client's identity: PSK_USER, or any EAP name.

    certificate: what it shows to EAP clients. Knobs: proposals, esp_proposals (lists), pools
    ("4", "6"), child (more settings of the CHILD_SA, such as rekey_time), more (settings of the
    IKE_SA, such as fragmentation), daemon (more of strongswan.conf), plugins (more of theirs in it), only_loopback (hears the
    carrier alone), eap (what it asks a client for, such as "eap-ttls"), eap_only (it proves itself
    by that too, without a signature), clients (more connections by name, each what it wants of the
    client: {"cert": {"remote": {...}}}), ppks (post-quantum preshared keys by their identity).
    """

    def __init__(self, machine, certificate, *, name="charon", proposals=IKE_PROPOSALS,
                 esp_proposals=ESP_PROPOSALS, pools=("4", "6"), child=None, more=None,
                 only_loopback=True, identity=GATEWAY_IDENTITY, users=None, daemon=None, plugins=None,
                 eap="eap-mschapv2", eap_only=False, clients=None, ppks=None):  # fmt: skip
        shared = {
            "version": 2,
            "local_addrs": "%any",
            "remote_addrs": "%any",
            "encap": True,
            "mobike": True,
            "dpd_delay": "30s",
            "send_cert": "always",
            "unique": "never",
            "pools": [f"pool{each}" for each in pools],
            "proposals": proposals,
            **(more or {}),
            "children": {
                "net": {
                    "local_ts": network.PROTECTED,
                    "esp_proposals": esp_proposals,
                    "dpd_action": "clear",
                    **(child or {}),
                }
            },
        }
        with_certificate = {"auth": "pubkey", "certs": certificate.pem.name, "id": identity}
        eap_local = {**with_certificate, "auth": eap} if eap_only else with_certificate
        eap_remote = {"auth": eap, "eap_id": "%any"}
        if eap == "eap-tls":
            eap_remote["cacerts"] = "ca.pem"
        connections = {
            "shared": shared,
            "connections": {
                "psk : shared": {
                    "local": {"auth": "psk", "id": identity},
                    "remote": {"auth": "psk", "id": PSK_USER},
                },
                "eap : shared": {
                    "local": eap_local,
                    "remote": eap_remote,
                },
                **{
                    f"{name} : shared": {"local": with_certificate, **wants}
                    for name, wants in (clients or {}).items()
                },
            },
            "pools": {
                "pool4": {"addrs": "10.3.0.0/24", "dns": NAMESERVERS[0]},
                "pool6": {"addrs": "fd03::/112", "dns": NAMESERVERS[1]},
            },
            "secrets": {
                "ike-psk": {"id-1": identity, "id-2": PSK_USER, "secret": f'"{PSK}"'},
                **{
                    f"eap-{user}": {"id": user, "secret": f'"{password}"'}
                    for user, password in (users or USERS).items()
                },
                **{f"ppk-{each}": {"id": each, "secret": key} for each, key in (ppks or {}).items()},
            },
        }
        daemon = {**({"interfaces_use": "lo"} if only_loopback else {}), **(daemon or {})}
        super().__init__(machine, name, connections, daemon, plugins)
        self.own(certificate)


    def offer(self, proposals, esp_proposals):
        """Other algorithms, from the next SA on, of every connection."""
        shared = self._connections["shared"]
        shared["proposals"] = proposals
        shared["children"]["net"]["esp_proposals"] = esp_proposals
        self._write_connections()
        self.control("--load-conns")


class Initiator(Charon):
    """strongSwan as the client, to one address and port (500: plain IKE over UDP)."""

    def __init__(self, machine, authority, *, address, port=500, name="charon-client", user="alice",
                 proposals=("aes256gcm16-prfsha384-ecp384",), more=None, child=None):  # fmt: skip
        shared = {
            "version": 2,
            "remote_addrs": address,
            **({} if port == 500 else {"remote_port": port, "local_port": 4500}),
            "vips": "0.0.0.0, ::",
            "encap": True,
            "mobike": True,
            "proposals": list(proposals),
            **(more or {}),
            "children": {
                "net": {
                    "remote_ts": network.PROTECTED,
                    "esp_proposals": "aes256gcm16",
                    **(child or {}),
                }
            },
        }
        connections = {
            "shared": shared,
            "connections": {
                "psk : shared": {
                    "local": {"auth": "psk", "id": PSK_USER},
                    "remote": {"auth": "psk", "id": GATEWAY_IDENTITY},
                },
                "eap : shared": {
                    "local": {"auth": "eap-mschapv2", "id": f"{user}@example.test", "eap_id": user},
                    "remote": {"auth": "pubkey", "id": GATEWAY_IDENTITY, "cacerts": authority.pem.name},
                },
            },
            "secrets": {
                "ike-psk": {"id-1": GATEWAY_IDENTITY, "id-2": PSK_USER, "secret": f'"{PSK}"'},
                "eap": {"id": user, "secret": f'"{USERS[user]}"'},
            },
        }
        super().__init__(machine, name, connections)
        self.trust(authority.pem)

    def connect(self, name, seconds=20):
        """Brings connection `name` ("psk", "eap") up; LabError with swanctl's words if it fails."""
        return self.control("--initiate", "--ike", name, "--child", "net", "--timeout", str(seconds))

    def disconnect(self, name):
        return self.control("--terminate", "--ike", name, check=False)
