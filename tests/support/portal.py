# SPDX-License-Identifier: GPL-2.0-or-later
"""A captive portal at the hotel: nginx answers in everybody's place until somebody has read its page."""

import network
from process import wait_until
from servers import listens
from strongswan import GATEWAY_IDENTITY
from users import own_etc

NAME = "login.grand-hotel.test"
PORT, TLS_PORT = 8080, 8443
PAGE = f"http://{NAME}:{PORT}/login"
WELCOME = "Welcome to the hotel"

CATCH = """
table inet portal {{
    chain prerouting {{
        type nat hook prerouting priority dstnat; policy accept;
        iifname "rooms" ip daddr != {hotel} tcp dport 80 redirect to :{port}
        {nat}
    }}
    chain forward {{
        type filter hook forward priority filter - 1; policy accept;
        iifname "rooms" {forward}
    }}
}}
"""
# What becomes of TLS: a certificate for somebody else, a reset, nothing at all.
TLS = {
    "stranger": {"nat": f'iifname "rooms" ip daddr != {network.HOTEL} tcp dport 443 redirect to :{TLS_PORT}',
                 "forward": "tcp dport 443 drop"},
    "reset": {"nat": "", "forward": "tcp dport 443 reject with tcp reset"},
    "silence": {"nat": "", "forward": "tcp dport 443 drop"},
}  # fmt: skip

CONFIG = """daemon off; master_process off; user root; pid {folder}/pid; error_log stderr;
events {{}}
http {{ access_log {folder}/access; {paths}
{servers}
}}
"""
LOGIN = """
    server {{
        listen {hotel}:{port} default_server;
        location = /login {{ default_type text/plain; return 200 "{welcome}"; }}
        location / {{ return 302 {page}?from=$host; }}
    }}
    server {{ listen {hotel}:{tls_port} ssl; ssl_certificate {pem}; ssl_certificate_key {key}; return 302 {page}; }}
"""
ORDINARY = """
    server {{ listen {gateway}:80 default_server; return 301 https://www.elsewhere.test/; }}
    server {{ listen {gateway}:80; server_name {name}; return 301 https://$host$request_uri; }}
"""


ONLINE = """
    server {{
        listen {address}:80;
        location = /204 {{ return 204; }}
        location / {{ default_type text/plain; return 200 "NetworkManager is online"; }}
    }}
"""
ONLINE_NAME, ONLINE_ADDRESS = "check.grand-hotel.test", "203.0.113.20"


class Web:
    """nginx on a machine, with these servers, which listen at these addresses."""

    def __init__(self, machine, name, servers, addresses):
        own_etc(machine)
        self.folder = machine.folder / name
        self.folder.mkdir()
        temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{each}_temp_path {self.folder}/{each};" for each in temporary)
        config = self.folder / "nginx.conf"
        config.write_text(CONFIG.format(folder=self.folder, paths=paths, servers=servers))
        self.process = machine.start(name, "nginx", "-e", "stderr", "-c", config)
        for address in addresses:
            wait_until(lambda each=address: listens(machine, self.process, each), f"nginx at {address}")

    def asked(self):
        """The lines of its log."""
        return (self.folder / "access").read_text(encoding="ascii").splitlines()

    def end(self):
        self.process.stop()


def ordinary_site(lab):
    """A web site on the gateway's port 80 that sends who knows its name to its own https, and others elsewhere."""
    servers = ORDINARY.format(gateway=network.GATEWAY, name=GATEWAY_IDENTITY)
    return lab.ends(Web(lab.gateway, "site", servers, [f"{network.GATEWAY}:80"]))


def online_page(lab):
    """The page of a third party, beyond the hotel, that tells whoever reads it that there is a way out; its URL."""
    lab.gateway.ip("addr", "add", f"{ONLINE_ADDRESS}/24", "dev", "outer")
    lab.nameserver.names[ONLINE_NAME] = [ONLINE_ADDRESS]
    servers = ONLINE.format(address=ONLINE_ADDRESS)
    lab.ends(Web(lab.gateway, "online", servers, [f"{ONLINE_ADDRESS}:80"]))
    return f"http://{ONLINE_NAME}/"


class Portal(Web):
    """The portal, and the rules that lead everybody there; open at first."""

    def __init__(self, lab):
        self.lab = lab
        lab.nameserver.names[NAME] = [network.HOTEL]
        certificate = lab.authority.issue("portal", [NAME])
        servers = LOGIN.format(
            hotel=network.HOTEL, port=PORT, tls_port=TLS_PORT, welcome=WELCOME, page=PAGE,
            pem=certificate.pem, key=certificate.key)  # fmt: skip
        super().__init__(lab.hotel, "portal", servers,
                         [f"{network.HOTEL}:{port}" for port in (PORT, TLS_PORT)])  # fmt: skip

    def close(self, tls="stranger", more=""):
        """From now on it catches everybody. tls: a key of TLS; more: other rules."""
        self.open()
        rules = CATCH.format(hotel=network.HOTEL, port=PORT, **TLS[tls])
        self.lab.hotel.run("nft", "-f", "-", input=rules + more)
        self.lab.network.reset_streams()

    def open(self):
        self.lab.hotel.run("nft", "delete", "table", "inet", "portal", check=False)

    def sign_in(self, url):
        """As a browser does: reads the page, and then the hotel lets everybody out."""
        text = self.lab.fetch(url)
        self.open()
        return text
