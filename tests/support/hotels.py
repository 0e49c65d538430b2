# SPDX-License-Identifier: GPL-2.0-or-later
"""Hotels: what their networks let out, each a change of the lab's own.

A hotel is a class: `words` is what it does, arrive() makes the lab's network like that, and proxy, if
it has one, is what the session's environment says. What is tested with nft and a browser's own tools in
probe() is the positive control: the network does what it says before anybody connects through it.
"""

import socket

import network
from portal import PAGE, WELCOME, Portal
from process import LabError, wait_until
from proxies import PROXY_NAME, Squid
from servers import Haproxy
from strongswan import GATEWAY_IDENTITY

INSPECTED = 8443
PROXY = 3128


def rules(table, chain, *lines):
    """What nft reads to add rules to a chain."""
    return "\n".join((f"table {table} {{", f"chain {chain} {{", *lines, "}", "}", ""))


class Hotel:
    """Lets TCP to ports 80 and 443 out, and nothing else: what the lab's network is from the start."""

    words = "only ports 80 and 443"
    proxy = None
    firewall = None  # the forward chain's rules; what they do not take is dropped

    def __init__(self, lab):
        self.lab = lab

    def arrive(self):
        if self.firewall is not None:
            self.lab.hotel.run("nft", "flush", "chain", "inet", "hotel", "forward")
            self.lab.hotel.run("nft", "-f", "-", input=rules("inet hotel", "forward", *self.firewall))

    def probe(self):
        """Words for what is not as it should be, or None."""
        return self.expects_open({443, 80}, {4500, 22})

    def expects_open(self, wanted, closed, address=network.GATEWAY):
        """TCP gets through to the wanted ports and to none of the closed ones."""
        for port in sorted(wanted | closed):
            if self.gets_through(address, port) != (port in wanted):
                return f"port {port} of {address} is {'closed' if port in wanted else 'open'}"
        return None

    def begin(self):
        """What the hotel does before each try."""

    def meanwhile(self, state):
        """What a guest does while something connects, which state() tells of."""

    def gets_through(self, address, port):
        """True if a SYN reaches the gateway: it answers with SYN or RST."""
        try:
            self.lab.user.connect(address, port, 0.5).close()
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
        return True

    def datagram(self, address=network.GATEWAY, port=9):
        """What becomes of a datagram to a closed port: "through" if the gateway itself refuses it, "refused"
        if somebody before it does, "lost"."""
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        counters = self.lab.gateway.run("nstat", "-az", "UdpNoPorts", "Udp6NoPorts").stdout
        probe = self.lab.user.socket(kind, socket.SOCK_DGRAM)
        probe.settimeout(0.5)
        probe.connect((address, port))
        probe.send(b"?")
        try:
            probe.recv(1)
        except ConnectionRefusedError:
            after = self.lab.gateway.run("nstat", "-az", "UdpNoPorts", "Udp6NoPorts").stdout
            return "through" if after != counters else "refused"
        except OSError:
            return "lost"
        finally:
            probe.close()
        return "through"


class OnlyProxy(Hotel):
    words = "only by the proxy, which lets CONNECT to 443 through"
    proxy = f"http://{PROXY_NAME}:{PROXY}"
    firewall = ()
    names = {}

    def arrive(self):
        super().arrive()
        self.lab.nameserver.names[PROXY_NAME] = [network.HOTEL]
        self.squid = self.lab.ends(Squid(self.lab.hotel, PROXY, names=self.names))

    def probe(self):
        return self.expects_open(set(), {80, 443, 4500})


class NamesAtProxy(OnlyProxy):
    words = "only by the proxy, and no other name server than the proxy's"
    names = {GATEWAY_IDENTITY: network.GATEWAY}

    def arrive(self):
        super().arrive()
        del self.lab.nameserver.names[GATEWAY_IDENTITY]


class UdpDropped(Hotel):
    words = "UDP is dropped"
    firewall = ("meta l4proto udp counter drop", "accept")

    def probe(self):
        found = self.datagram()
        return self.expects_open({443, 4500}, set()) or (None if found == "lost" else f"a datagram is {found}")


class UdpRejected(Hotel):
    words = "UDP is rejected"
    firewall = ("meta l4proto udp counter reject with icmpx type admin-prohibited", "accept")

    def probe(self):
        found = self.datagram()
        return self.expects_open({443, 4500}, set()) or (None if found != "through" else f"a datagram is {found}")


class OnlySix(Hotel):
    words = "IPv6 only"
    firewall = ("accept",)

    def arrive(self):
        super().arrive()
        self.lab.user.ip("addr", "del", f"{network.USER}/24", "dev", "wifi")
        self.lab.nameserver.names[GATEWAY_IDENTITY] = [network.GATEWAY6]
        self.lab.desktop().resolv_conf.write_text(f"nameserver {network.HOTEL6}\n")

    def probe(self):
        if self.gets_through(network.GATEWAY, 443):
            return "there is IPv4"
        return self.expects_open({443, 4500}, set(), network.GATEWAY6)


class SixBroken(Hotel):
    words = "IPv6 has addresses and leads nowhere"
    firewall = ("meta nfproto ipv6 counter drop", "accept")

    def arrive(self):
        super().arrive()
        self.lab.nameserver.names[GATEWAY_IDENTITY] = [network.GATEWAY6, network.GATEWAY]

    def probe(self):
        if self.gets_through(network.GATEWAY6, 443):
            return "IPv6 works"
        return self.expects_open({443, 4500}, set())


class PortalFirst(Hotel):
    words = "a page to sign in on, and nothing before that"
    firewall = ("accept",)
    closed = rules("inet portal", "closed", "type filter hook forward priority -10", "iifname rooms drop")

    def arrive(self):
        super().arrive()
        self.portal = self.lab.ends(Portal(self.lab))

    def begin(self):
        self.portal.close(more=self.closed)

    def probe(self):
        self.begin()
        found = self.lab.user.run("curl", "-sSg", "-o", "/dev/null", "-w", "%{redirect_url}", f"http://{network.GATEWAY}/").stdout
        if not found.startswith(PAGE):
            return f"port 80 leads to {found}"
        return self.expects_open({80, 443}, {4500})

    def meanwhile(self, state):
        wait_until(lambda: state() == "waiting-for-portal", "the portal to be recognised", 30)
        if self.portal.sign_in(PAGE) != WELCOME:
            raise LabError("this is no page to sign in on")


class Redirecting(Hotel):
    """Takes what goes to port 443 itself."""

    def arrive(self):
        super().arrive()
        self.lab.hotel.run("nft", "-f", "-", input=rules(
            "ip hotel-nat", "prerouting", "type nat hook prerouting priority dstnat",
            f"iifname rooms tcp dport 443 redirect to :{INSPECTED}"))  # fmt: skip


class Inspected(Redirecting):
    words = "only ports 80 and 443, and TLS is inspected"

    def arrive(self):
        other = self.lab.other_authority()
        certificate = other.issue("inspected", [GATEWAY_IDENTITY], flags=("serverAuth",))
        self.lab.ends(Haproxy(
            self.lab.hotel, f"{network.HOTEL}:{INSPECTED}", f"{network.GATEWAY}:443 ssl verify none", certificate.pem,
            certificate.key, other.pem))  # fmt: skip
        super().arrive()

    def probe(self):
        said = self.lab.user.run(
            "openssl", "s_client", "-connect", f"{network.GATEWAY}:443", "-servername", GATEWAY_IDENTITY).stdout
        return None if "Another CA" in said else f"not inspected: {said}"


class OnlyTls(Redirecting):
    words = "only ports 80 and 443, and on 443 nothing but TLS"

    def arrive(self):
        conditions = (
            "tcp-request inspect-delay 2s", "tcp-request content accept if { req_ssl_hello_type 1 }",
            "tcp-request content reject")  # fmt: skip
        self.lab.ends(Haproxy(
            self.lab.hotel, f"{network.HOTEL}:{INSPECTED}", f"{network.GATEWAY}:443", conditions=conditions))  # fmt: skip
        super().arrive()

    def probe(self):
        stream = self.lab.user.connect(network.GATEWAY, 443)
        stream.settimeout(5)
        with stream:
            stream.sendall(b"IKETCP\0\2")
            try:
                if stream.recv(1) == b"":
                    return None
            except ConnectionResetError:
                return None
            except OSError as error:
                raise LabError(f"the middlebox keeps what is not TLS: {error}") from None
        return "the middlebox let something through that is not TLS"
