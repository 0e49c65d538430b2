#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A hotel whose DHCP server says where the proxy script is (option 252), to a real NetworkManager."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from networkmanager import NetworkManager, why_no_daemon
from programs import CLIENT
from proxies import PROXY_NAME, ScriptServer, Squid, missing
from scene import expect, expect_equal, main, promise
from servers import PAGE
from session import Session
from strongswan import GATEWAY_IDENTITY, USERS

PORT = 3128
PROXY = f"http://{PROXY_NAME}:{PORT}"
SCRIPT = f'function FindProxyForURL (url, host) {{ return "PROXY {PROXY_NAME}:{PORT}"; }}\n'
OPTION = 252


def start_dhcp(lab, url):
    """dnsmasq, which gives the user's machine its address and announces the script."""
    process = lab.ends(lab.hotel.start(
        "dnsmasq", "dnsmasq", "--keep-in-foreground", "--user=root", "--conf-file=/dev/null", "--port=0",
        "--interface=rooms", "--bind-interfaces", f"--dhcp-range={network.USER},{network.USER},1h",
        f"--dhcp-option=option:router,{network.HOTEL}", f"--dhcp-option=option:dns-server,{network.HOTEL}",
        f"--dhcp-option={OPTION},{url}", "--dhcp-authoritative", "--log-dhcp", "--log-facility=-",
        f"--dhcp-leasefile={lab.hotel.folder}/leases", f"--pid-file={lab.hotel.folder}/dnsmasq.pid"))  # fmt: skip
    wait_until(lambda: "DHCP, IP range" in process.output(), "dnsmasq")
    return process


def play(url, wanted):
    """wanted: the proxy that the connection goes through, or None where the script cannot be had."""
    with Lab() as lab:
        lab.responder().start()
        lab.visitor_gateway()
        lab.engine()
        alice = lab.person("alice")
        session = Session(lab, alice)
        lab.nameserver.names[PROXY_NAME] = [network.HOTEL]
        lab.ends(Squid(lab.hotel, PORT, names={GATEWAY_IDENTITY: network.GATEWAY}))
        scripts = lab.ends(ScriptServer(lab.hotel, SCRIPT))
        session.start("pacrunner", "/usr/libexec/glib-pacrunner")
        wait_until(lambda: session.has_name("org.gtk.GLib.PACRunner"), "the runner of scripts")
        dhcp = start_dhcp(lab, url)
        lab.user.ip("addr", "flush", "dev", "wifi")
        manager = NetworkManager(lab, by_dhcp=True)
        expect(f"option:{OPTION}" in dhcp.output(), "the DHCP server has not said it")
        expect("wpad" in manager.nmcli("-f", "DHCP4", "connection", "show", "hotel").stdout, "it tells nobody")
        alice.import_site("office", lab.site())
        session.run(session.desktop.build / CLIENT, "connect", "office", "--password-fd", "0", input=USERS["alice"],
                    timeout=120)  # fmt: skip
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
        expect_equal(alice.status("office").get("proxy"), wanted, "the proxy")
        fetched = scripts.log.read_text() if scripts.log.exists() else ""
        expect_equal("GET /wpad.dat" in fetched, wanted is not None, "that the script was fetched")
        alice.disconnect("office")


@promise("the script that DHCP names is fetched and run, and the proxy gone through")
def announced():
    play(f"http://{network.HOTEL}/wpad.dat", PROXY)


@promise("a line's end behind the URL, which many DHCP servers send, is no part of it")
def line_end():
    play(f"http://{network.HOTEL}/wpad.dat\n", PROXY)


@promise("what is not a server's address is not followed")
def no_server():
    play("file:///etc/passwd", None)


main(missing, why_no_daemon)
