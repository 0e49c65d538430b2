#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks change and vanish, and machines sleep: one sign-in lasts through all of it."""

import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import wait_until
from logind import why_no_logind
from mobile import AFTER_A_CHANGE, MAST, MOBILE, OTHER, mobile_machine, took
from scene import expect, expect_equal, main, promise
from servers import NameServer
from strongswan import GATEWAY_IDENTITY, USERS
from talk import ECHO_PORT

EARLY = "early"
BOTH = "both.example.test"  # a name that no connection before has led to
INTERRUPTED = 130

NO_WAY = f"""
table inet nowhere {{
    chain forward {{
        type filter hook forward priority -10;
        ip saddr {MOBILE} ip daddr {network.GATEWAY} tcp dport 443 reject with tcp reset
    }}
}}
"""


@promise("from Wi-Fi to the mobile network and back: the default route moves, and the stream with it within 3 s")
def moves(here):
    here.home()
    since = time.monotonic()
    here.default("replace", "default", "via", MAST, "dev", "lte")
    here.goes_over(MOBILE, since, "from Wi-Fi to the mobile network")
    since = time.monotonic()
    here.default("replace", "default", "via", network.HOTEL, "dev", "wifi")
    here.goes_over(network.USER, since, "and back")
    here.expect_one_sign_in()


@promise("the machine's address is another: the stream is made anew within 3 s")
def address(here):
    here.home()
    other = "198.51.100.77"
    since = time.monotonic()
    here.user.ip("addr", "add", f"{other}/24", "dev", "wifi")
    here.user.ip("addr", "del", f"{network.USER}/24", "dev", "wifi")
    here.user.ip("addr", "replace", f"{other}/24", "dev", "wifi")
    here.default("replace", "default", "via", network.HOTEL, "dev", "wifi")
    here.goes_over(other, since, "with another address")
    here.user.ip("addr", "del", f"{other}/24", "dev", "wifi")
    here.home()
    here.expect_one_sign_in()


@promise("a lease that is renewed, a route that has nothing to do with it, cost no stream")
def renewal(here):
    here.home()
    before, counted = here.sources(), here.reconnects()
    for line in (f"ip addr change {network.USER}/24 dev wifi valid_lft 3600 preferred_lft 3600",
                 f"ip route replace default via {network.HOTEL} dev wifi",
                 "ip route add 10.77.0.0/16 via 192.0.2.1", "ip link add other type veth peer name further", "ip link set further up",
                 "ip link set other up",
                 "ip addr add 10.99.0.1/24 dev other", "ip link del other", "ip route del 10.77.0.0/16",
                 f"ip addr change {network.USER}/24 dev wifi valid_lft forever preferred_lft forever"):  # fmt: skip
        here.user.run("sh", "-c", line)
        time.sleep(0.2)
    time.sleep(0.7)
    here.talk.goes_on()
    expect_equal(here.sources(), before, "the stream")
    expect_equal(here.reconnects(), counted, "reconnects")
    since = time.monotonic()  # and a change is seen
    here.default("replace", "default", "via", MAST, "dev", "lte")
    here.goes_over(MOBILE, since, "a change after all that")
    here.expect_one_sign_in()


@promise("no network for 10 s: it is waited for, nothing is tried, and then the tunnel is back within 3 s")
def away(here):
    here.home()
    attempts = len(here.alice.status("office").get("attempts", []))
    since = time.monotonic()
    here.user.ip("link", "set", "wifi", "down")
    wait_until(here.waits, "the client to wait for a network", 10)
    took("the missing network is noticed", time.monotonic() - since, AFTER_A_CHANGE)
    expect_equal(here.alice.state("office"), "reconnecting", "the state")
    here.monitor.wait_for_output("Waiting for a network")
    time.sleep(10)
    tried = here.alice.status("office").get("attempts", [])
    expect(here.waits(), "it does not wait any more")
    expect(len(tried) <= attempts + 1, f"what was tried without a network: {tried}")
    since = time.monotonic()
    here.user.ip("link", "set", "wifi", "up")
    here.default("replace", "default", "via", network.HOTEL, "dev", "wifi")
    here.goes_over(network.USER, since, "the network is back")
    expect(not here.waits(), "it still waits")
    here.expect_one_sign_in()


@promise("the route vanishes while the address stays, and comes back")
def no_route(here):
    here.home()
    here.user.run("ip", "-6", "route", "del", "default")
    here.default("del", "default", "dev", "wifi")
    wait_until(here.waits, "the client to wait for a network", 10)
    since = time.monotonic()
    here.default("add", "default", "via", network.HOTEL, "dev", "wifi")
    here.goes_over(network.USER, since, "the route is back")
    here.expect_one_sign_in()


@promise("the machine sleeps and wakes up in another network; also where nothing but the sleep is to be noticed")
def sleeps(here):
    here.home()
    old = here.sources()
    here.logind.prepare_for_sleep(True)
    here.talk.goes_on()
    expect_equal(here.sources(), old, "the stream, before the machine sleeps")
    since = time.monotonic()
    here.logind.prepare_for_sleep(False)
    wait_until(lambda: here.sources() and here.sources() != old, "another stream")
    here.goes_over(network.USER, since, "awake in the same network")
    here.logind.prepare_for_sleep(True)
    here.user.ip("link", "set", "wifi", "down")
    here.default("replace", "default", "via", MAST, "dev", "lte")
    since = time.monotonic()
    here.logind.prepare_for_sleep(False)
    here.goes_over(MOBILE, since, "awake in another network")
    here.home()
    here.expect_one_sign_in()


@promise("another network has other name servers: they say where the gateway is for those in there")
def name_servers(here):
    here.home()
    hotel = here.lab.hotel
    server = here.lab.ends(NameServer(hotel, [MAST], {GATEWAY_IDENTITY: [OTHER]}))
    hotel.run("nft", "-f", "-", input=NO_WAY)
    here.lab.desktop().resolv_conf.write_text(f"nameserver {MAST}\n")
    since = time.monotonic()
    here.default("replace", "default", "via", MAST, "dev", "lte")
    wait_until(lambda: here.sources(OTHER), "a stream to the other address", 30)
    took("where the gateway is, by the name servers of now", time.monotonic() - since, AFTER_A_CHANGE)
    expect(server.asked, "nobody asked the name server of now")
    here.expect_one_sign_in()
    here.lab.desktop().resolv_conf.write_text(f"nameserver {network.HOTEL}\n")
    hotel.run("nft", "delete", "table", "inet", "nowhere")


@promise("over UDP, where no stream could break: the default route moves, and the tunnel with it within 3 s")
def datagrams(here):
    here.home()
    here.talk.end()
    here.alice.disconnect("office")
    here.lab.network.datagrams("accept")
    here.alice.import_site("datagrams", here.lab.site("datagrams", transport="udp", address=GATEWAY_IDENTITY))
    here.alice.connect("datagrams", password=USERS["alice"])
    logins = here.charon.logins()
    for via, link in ((MAST, "lte"), (network.HOTEL, "wifi")):
        counted = here.alice.status("datagrams")["counters"]["reconnects"]
        since = time.monotonic()
        here.default("replace", "default", "via", via, "dev", link)
        wait_until(lambda: here.alice.status("datagrams")["counters"]["reconnects"] > counted, "another way", 30)
        here.user.connect(network.INSIDE, ECHO_PORT).close()
        took(f"datagrams over {link}", time.monotonic() - since, AFTER_A_CHANGE)
    expect_equal(here.charon.logins(), logins, "logins")


def without_network(here):
    """Nothing is connected, no link is up, and no name server known; then `visitor connect`, which waits."""
    here.talk.end()
    here.alice.disconnect(check=False)
    for link in ("wifi", "lte"):
        here.user.ip("link", "set", link, "down")
    here.lab.desktop().resolv_conf.write_text("")
    time.sleep(0.7)
    if here.alice.visitor("show", EARLY, check=False).returncode != 0:
        named = f"[tls]\nname={GATEWAY_IDENTITY}\n"
        here.alice.import_site(EARLY, here.lab.site(EARLY, address=BOTH, site=named))
    client = here.alice.start("connect", EARLY, "--password-fd", "0", password=USERS["alice"])
    client.wait_for_output("Waiting for a network")
    time.sleep(3)
    expect(client.is_alive(), f"it does not wait: {client.output()}")
    expect_equal(here.alice.state(EARLY), "looking-for-gateway", "the state")
    expect_equal(here.alice.status(EARLY).get("waiting-for"), "network", "what it waits for")
    expect_equal(client.output().count("Waiting for a network"), 1, "how often that is said")
    return client


def network_comes(here):
    here.user.ip("link", "set", "wifi", "up")
    here.default("replace", "default", "via", network.HOTEL, "dev", "wifi")


@promise("before there is any network a first connect waits; one comes, its name servers a second later: connected")
def first(here):
    client = without_network(here)
    asked = len(here.lab.nameserver.asked)
    tried = len(here.alice.status(EARLY).get("attempts", []))
    time.sleep(2)
    expect_equal(len(here.alice.status(EARLY).get("attempts", [])), tried, "ways tried, while it waits")
    since = time.monotonic()
    network_comes(here)
    time.sleep(1)
    here.lab.desktop().resolv_conf.write_text(f"nameserver {network.HOTEL}\n")
    expect_equal(client.wait(20), 0, f"exit status: {client.output()}")
    took("the first connect", time.monotonic() - since, 2 * AFTER_A_CHANGE)
    expect(len(here.lab.nameserver.asked) > asked, "nobody asked the name server of now")
    expect("waiting-for" not in here.alice.status(EARLY), "it still waits")
    here.user.connect(network.INSIDE, ECHO_PORT).close()
    here.alice.disconnect(EARLY)


@promise("a first connect that waits for a network is cancelled at once, and stays so when there is one")
def cancelled(here):
    client = without_network(here)
    since = time.monotonic()
    client.signal(signal.SIGINT)
    expect_equal(client.wait(5), INTERRUPTED, f"exit status: {client.output()}")
    took("the cancelling", time.monotonic() - since, 1)
    network_comes(here)
    time.sleep(2)
    expect_equal(here.alice.statuses(), [], "connections")


if __name__ == "__main__":
    main(why_no_logind, stage=mobile_machine)
