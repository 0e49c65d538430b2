# SPDX-License-Identifier: GPL-2.0-or-later
"""Sees every packet on a link, for the scenes that promise that none leaks."""

import socket
import struct
import threading
from typing import NamedTuple

ETH_P_ALL = 3
PACKET_OUTGOING = 4
TCP, UDP = 6, 17


class Packet(NamedTuple):
    source: str
    destination: str
    protocol: int
    destination_port: int
    data: bytes


def parse(data):
    """An Ethernet frame's Packet, or None for what is not IPv4 or IPv6."""
    (kind,) = struct.unpack_from("!H", data, 12)
    ip = data[14:]
    if kind == 0x0800 and len(ip) >= 20:
        protocol, upper = ip[9], ip[(ip[0] & 15) * 4 :]
        ends = (socket.inet_ntop(socket.AF_INET, ip[i : i + 4]) for i in (12, 16))
    elif kind == 0x86DD and len(ip) >= 40:
        protocol, upper = ip[6], ip[40:]
        ends = (socket.inet_ntop(socket.AF_INET6, ip[i : i + 16]) for i in (8, 24))
    else:
        return None
    port = struct.unpack_from("!H", upper, 2)[0] if protocol in (TCP, UDP) and len(upper) > 4 else 0
    return Packet(*ends, protocol, port, ip)


class Capture:
    """The packets on a machine's link from now on, until end()."""

    def __init__(self, machine, link):
        self.packets = []
        self._socket = machine.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self._socket.bind((link, ETH_P_ALL))
        self._socket.settimeout(0.2)
        self._running = True
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self):
        while self._running:
            try:
                packet = parse(self._socket.recv(65535))
            except TimeoutError:
                continue
            if packet:
                self.packets.append(packet)

    def seen(self, **wanted):
        """Packets whose fields have the values given."""
        return [
            packet
            for packet in list(self.packets)
            if all(getattr(packet, field) == value for field, value in wanted.items())
        ]

    def end(self):
        self._running = False
        self._thread.join(2)
        self._socket.close()
