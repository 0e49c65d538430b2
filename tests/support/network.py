# SPDX-License-Identifier: GPL-2.0-or-later
"""The network of the lab, four machines in a row:

    user ---- hotel ---- gateway ---- inside

`user` is the person's machine. `hotel` routes, and lets nothing through but TCP to ports 80 and
443. `gateway` has the IPsec gateway and what stands before it. `inside` is the protected network's
server, which only the gateway reaches.
"""

import json
import re

from namespace import Namespace, join

USER = "198.51.100.2"
USER6 = "2001:db8:1::2"
HOTEL = "198.51.100.1"
HOTEL6 = "2001:db8:1::1"
GATEWAY = "203.0.113.10"
GATEWAY6 = "2001:db8:2::10"
INSIDE = "10.1.0.10"
INSIDE6 = "fd01::10"
PROTECTED = ["10.1.0.0/24", "fd01::/64"]

FIREWALL = """
table inet hotel {
    counter passed { }
    counter ike { }
    counter dropped { }
    chain forward {
        type filter hook forward priority filter; policy drop;
        tcp dport { 80, 443 } counter name passed accept
        tcp sport { 80, 443 } counter name passed accept
        udp dport { 500, 4500 } counter name ike
        meta l4proto udp jump datagrams
        counter name dropped
    }
    chain datagrams {
    }
}
"""


TRANSLATION = """
table ip hotel_nat {
    chain out {
        type nat hook postrouting priority srcnat;
        oifname "uplink" masquerade random
    }
}
"""


class Network:
    """The machines, their addresses, and the hotel's firewall."""

    def __init__(self, folder):
        self.machines = []
        try:
            self.user = self._machine(folder, "user")
            self.hotel = self._machine(folder, "hotel")
            self.gateway = self._machine(folder, "gateway")
            self.inside = self._machine(folder, "inside")
            self._wire_up()
            self.hotel.run("nft", "-f", "-", input=FIREWALL)
        except BaseException:
            self.end()
            raise

    def _machine(self, folder, name):
        machine = Namespace(name, folder / name)
        self.machines.append(machine)
        return machine

    def _wire_up(self):
        join(self.user, "wifi", self.hotel, "rooms")
        join(self.hotel, "uplink", self.gateway, "outer")
        join(self.gateway, "inner", self.inside, "lan")
        address = {
            (self.user, "wifi"): [f"{USER}/24", f"{USER6}/64"],
            (self.hotel, "rooms"): [f"{HOTEL}/24", f"{HOTEL6}/64"],
            (self.hotel, "uplink"): ["203.0.113.1/24", "2001:db8:2::1/64"],
            (self.gateway, "outer"): [f"{GATEWAY}/24", f"{GATEWAY6}/64"],
            (self.gateway, "inner"): ["10.1.0.1/24", "fd01::1/64"],
            (self.inside, "lan"): [f"{INSIDE}/24", f"{INSIDE6}/64"],
        }
        for (machine, link), addresses in address.items():
            for each in addresses:
                machine.ip("addr", "add", each, "dev", link)
        for machine, via in (
            (self.user, (HOTEL, HOTEL6)),
            (self.gateway, ("203.0.113.1", "2001:db8:2::1")),
            (self.inside, ("10.1.0.1", "fd01::1")),
        ):
            for each in via:
                machine.ip("route", "add", "default", "via", each)
        for machine in (self.hotel, self.gateway):
            machine.run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")

    def counted(self, counter):
        """Packets that a counter of the hotel's firewall has seen."""
        text = self.hotel.run("nft", "list", "counter", "inet", "hotel", counter).stdout
        return int(re.search(r"packets (\d+)", text)[1])

    def datagrams(self, verdict, ports="500, 4500"):
        """What the hotel does from now on with IKE and ESP over UDP: "accept", "drop", "reject"."""
        text = "flush chain inet hotel datagrams\n"
        for way in ("dport", "sport"):
            text += f"add rule inet hotel datagrams udp {way} {{ {ports} }} {verdict}\n"
        self.hotel.run("nft", "-f", "-", input=text)

    def translate(self):
        """The hotel has one address for all its guests."""
        self.hotel.run("nft", "-f", "-", input=TRANSLATION)

    def cut(self):
        """The cable between hotel and gateway is pulled out."""
        self.hotel.ip("link", "set", "uplink", "down")

    def mend(self):
        self.hotel.ip("link", "set", "uplink", "up")
        for via, link in (("2001:db8:2::/64", "uplink"),):
            if via not in self.hotel.ip("-6", "route"):
                self.hotel.ip("addr", "replace", "2001:db8:2::1/64", "dev", link)

    def reset_streams(self, port=443):
        """Resets every TCP connection of the user's machine to `port`; returns how many."""
        text = self.user.run("ss", "-Htn", "-K", "dport", "=", f":{port}").stdout
        return sum(1 for line in text.splitlines() if line.startswith("ESTAB"))

    def end(self):
        for machine in reversed(self.machines):
            machine.end()


def snapshot(machine, resolver="/etc/resolv.conf"):
    """All that a connection may change on a machine, to be compared with a later one."""
    shots = {}
    for family in ("-4", "-6"):
        shots[f"rule {family}"] = machine.ip(family, "rule")
        shots[f"route {family}"] = machine.ip(family, "route", "show", "table", "all")
    links = json.loads(machine.ip("-j", "-d", "addr"))
    shots["addr"] = "\n".join(
        f"{link['ifname']} {link['mtu']} {link['flags']} "
        f"{[(a['local'], a['prefixlen']) for a in link['addr_info']]}"
        for link in links
    )
    shots["nft"] = machine.run("nft", "list", "ruleset").stdout
    shots["resolver"] = machine.run("sh", "-c", f"stat -c '%F %a %u %N' {resolver}; cat {resolver}").stdout
    return shots


def differences(before, after):
    """Lines that tell two snapshots apart; empty if nothing does."""
    lines = []
    for name, text in before.items():
        old, new = set(text.splitlines()), set(after[name].splitlines())
        lines += [f"{name}: gone: {line}" for line in sorted(old - new)]
        lines += [f"{name}: new: {line}" for line in sorted(new - old)]
    return lines
