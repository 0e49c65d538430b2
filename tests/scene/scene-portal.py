#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A hotel that lets nobody out before a sign-in on its web page."""

import contextlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab
from networkmanager import NetworkManager, why_no_networkmanager
from portal import PAGE as PORTAL_PAGE
from portal import ONLINE_NAME, WELCOME, Portal, online_page, ordinary_site
from process import LabError, wait_until
from programs import CLIENT
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import GATEWAY_IDENTITY, USERS

WAITS = "waiting-for-portal"
URL = f"{PORTAL_PAGE}?from={GATEWAY_IDENTITY}"


def reaches(lab, url):
    try:
        return lab.fetch(url, seconds=2)
    except LabError:
        return None


class Hotel:
    """The lab, the portal, alice with her site."""

    def __init__(self, lab):
        self.lab = lab
        everything = {"local_ts": ["0.0.0.0/0", "::/0"]}
        # Without MOBIKE it names no other addresses, each of which would be tried first.
        lab.responder(child=everything, more={"mobike": False}, only_loopback=False).start()
        self.gateway = lab.visitor_gateway()
        lab.engine()
        self.portal = lab.ends(Portal(lab))
        self.alice = lab.person("alice")
        self.alice.import_site("office", lab.site())
        self.online = online_page(lab)

    def begin(self):
        self.alice.disconnect("office", check=False)
        self.portal.open()
        return self.lab, self.portal, self.alice

    def start(self):
        """`visitor connect`, under way."""
        return self.alice.start("connect", "office", "--password-fd", "0", password=USERS["alice"])

    def wait_for_portal(self, seconds=20):
        wait_until(lambda: self.alice.state("office") == WAITS, "the portal to be recognised", seconds)
        return self.alice.status("office")["portal"]

    def expect_page(self):
        expect_equal(self.lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")


@contextlib.contextmanager
def hotel():
    with Lab() as lab:
        yield Hotel(lab)


@promise("behind a portal connect says where to sign in, waits, and goes on by itself when that is done")
def waits(hotel):
    _, portal, alice = hotel.begin()
    portal.close()
    client = hotel.start()
    expect_equal(hotel.wait_for_portal(), URL, "the page")
    client.wait_for_output(URL)
    client.wait_for_output("sign in on a web page")
    shown = alice.visitor("status").stdout
    expect(URL in shown, f"the page is not in: {shown}")
    expect(client.is_alive(), "the client has gone")
    expect_equal(portal.sign_in(URL), WELCOME, "the portal's page")
    expect_equal(client.wait(30), 0, f"exit status: {client.output()}")
    expect("portal" not in alice.status("office"), "the portal is told of when it is no more")
    hotel.expect_page()


@promise("nothing but one question in clear HTTP, for no page and without a cookie, was asked of the portal")
def asks_little(hotel):
    lines = hotel.portal.asked()
    probes = [line for line in lines if "/visitor-portal-check" in line]
    expect(probes, f"nobody asked: {lines}")
    expect(all('"GET /visitor-portal-check HTTP/1.1" 302' in line for line in probes), f"asked: {probes}")


@promise("a connection that was up waits behind the portal of another network; on request alone its tunnel steps out of "
         "a browser's way, and it is back without another sign-in")
def was_up(hotel):
    lab, portal, alice = hotel.begin()
    alice.connect("office", password=USERS["alice"])
    hotel.expect_page()
    before = alice.status("office")
    portal.close()
    expect_equal(hotel.wait_for_portal(), URL, "the page")
    expect_equal(alice.status("office")["interface"], before["interface"], "the device meanwhile")
    rules = lab.user.ip("rule")
    expect("lookup 22089" in rules, f"the tunnel's rule is not in: {rules}")
    expect(not reaches(lab, URL), "the positive control: a browser reaches the page through the tunnel's rule")
    shown = alice.visitor("portal", "office").stdout
    expect(URL in shown and "--step-aside" in shown, f"said: {shown}")
    refused = alice.desktop.run("bob", alice.desktop.build / CLIENT, "portal", "--step-aside", check=False)
    expect_equal(refused.returncode, 14, f"another person's: {refused.stdout}{refused.stderr}")
    alice.visitor("portal", "--step-aside", "office")
    expect(alice.status("office")["aside"], "the tunnel has not stepped aside")
    expect_equal(portal.sign_in(URL), WELCOME, "the portal's page")
    wait_until(lambda: alice.state("office") == "connected", "the connection again", 30)
    expect(not alice.status("office")["aside"], "the tunnel is still aside")
    expect_equal(lab.user.ip("rule"), rules, "the rules again")
    counters = alice.status("office")["counters"]
    expect_equal(counters["sign-ins"], before["counters"]["sign-ins"], "sign-ins")
    hotel.expect_page()


@promise("a portal that resets what is not the web is recognised, and who does not want to wait can leave")
def resets(hotel):
    _, portal, alice = hotel.begin()
    portal.close(tls="reset")
    client = hotel.start()
    expect_equal(hotel.wait_for_portal(), URL, "the page")
    alice.disconnect("office")
    wait_until(lambda: not client.is_alive(), "the client's end")
    expect(alice.status("office") is None, "the connection is still there")


@promise("a gateway that is down, with a web site beside it that leads to its own https, is behind no portal")
def web_site(hotel):
    lab, _, alice = hotel.begin()
    hotel.gateway.stop()
    site = ordinary_site(lab)
    result = alice.connect("office", password=USERS["alice"], check=False)
    expect_equal(result.returncode, 7, f"exit status: {result.stderr}")
    expect("sign in on a web page" not in result.stdout + result.stderr, "a portal is told of")
    expect(site.asked(), "the positive control: the web site was asked")
    hotel.gateway.start()


@promise("where its web site is taken for a portal, nevertheless, a gateway is reached as soon as it is there")
def web_site_elsewhere(hotel):
    lab, _, alice = hotel.begin()
    hotel.gateway.stop()
    alice.import_site("by-address", lab.site("by-address", address=network.GATEWAY))
    client = alice.start("connect", "by-address", "--password-fd", "0", password=USERS["alice"])
    wait_until(lambda: alice.state("by-address") == WAITS, "the web site to be taken for a portal")
    hotel.gateway.start()
    expect_equal(client.wait(20), 0, f"exit status: {client.output()}")
    alice.disconnect("by-address")


SILENT = f"""
table inet silent {{
    chain prerouting {{
        type filter hook prerouting priority raw; policy accept;
        iifname "rooms" ip daddr {network.GATEWAY} tcp dport 80 drop
    }}
}}
"""


@promise("a site that goes over UDP alone is told of the portal, too")
def udp(hotel):
    lab, portal, alice = hotel.begin()
    alice.import_site("udp", lab.site("udp", address=GATEWAY_IDENTITY, transport="udp"))
    portal.close()
    client = alice.start("connect", "udp", "--password-fd", "0", password=USERS["alice"])
    wait_until(lambda: alice.state("udp") == WAITS, "the portal to be recognised", 30)
    expect_equal(alice.status("udp")["portal"], URL, "the page")
    for port in ("sport", "dport"):
        lab.hotel.run("nft", "insert", "rule", "inet", "hotel", "forward", "udp", port, "{ 500, 4500 }", "accept")
    portal.open()
    expect_equal(client.wait(30), 0, f"exit status: {client.output()}")
    alice.disconnect("udp")


@promise("a site may name another page to be asked, which answers 204, or none")
def other_page(hotel):
    lab, portal, alice = hotel.begin()
    for name, check in (("checked", f"{hotel.online}204"), ("unasked", "none")):
        alice.import_site(name, lab.site(name, transport=f"tls\nportal-check={check}"))
    alice.connect("checked", password=USERS["alice"])
    alice.disconnect("checked")
    portal.close(more=SILENT)
    client = alice.start("connect", "checked", "--password-fd", "0", password=USERS["alice"])
    wait_until(lambda: alice.state("checked") == WAITS, "the portal to be recognised")
    expect_equal(alice.status("checked")["portal"], f"{PORTAL_PAGE}?from={ONLINE_NAME}", "the page")
    portal.open()
    expect_equal(client.wait(), 0, f"exit status: {client.output()}")
    alice.disconnect("checked")
    portal.close()
    asked = len(portal.asked())
    result = alice.connect("unasked", password=USERS["alice"], check=False)
    expect_equal(result.returncode, 8, f"exit status: {result.stderr}")
    expect_equal(len(portal.asked()), asked, "questions of the portal")


@promise("where the portal does not answer us, NetworkManager tells of it, and that it is no more",
         unless=why_no_networkmanager)  # fmt: skip
def networkmanager(hotel):
    lab, portal, alice = hotel.begin()
    manager = NetworkManager(lab, check=hotel.online)
    ask = ("networking", "connectivity", "check")
    expect_equal(manager.nmcli(*ask).stdout.strip(), "full", "the positive control: the way out")
    portal.close(more=SILENT)
    client = hotel.start()
    expect_equal(client.wait(30), 8, f"the positive control: nobody knows of it: {client.output()}")
    alice.disconnect("office", check=False)
    expect_equal(manager.nmcli(*ask).stdout.strip(), "portal", "what NetworkManager sees")
    client = hotel.start()
    expect_equal(hotel.wait_for_portal(), f"http://{GATEWAY_IDENTITY}/", "the page")
    time.sleep(8)  # so that the next question of our own is far away
    portal.open()
    expect_equal(manager.nmcli(*ask).stdout.strip(), "full", "what NetworkManager sees")
    expect_equal(client.wait(4), 0, f"exit status: {client.output()}")
    hotel.expect_page()


main(stage=hotel)
