#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An independent Visitor Mode carrier: RFC 9329 streams, in TLS or plain, to UDP port 4500.

    carrier.py serve --listen HOST:PORT --to HOST:PORT --cert FILE --key FILE
    carrier.py join  --listen HOST:PORT --to HOST:PORT --ca FILE --name NAME

`serve` is the gateway's end, with a UDP socket for each stream; `join` is the client's, for an
IPsec client that knows UDP only. `--plain` leaves TLS out. SIGUSR1 resets every stream; SIGUSR2
makes `serve` refuse new ones, and take them again at the next.

It shares no code and no author's reading of the RFC with the programs under test: what a body of
a frame is, RFC 3948 says (IKE after four zero octets, ESP as it is), so it adds and removes the
two octets of length, which count themselves, and the prefix "IKETCP".
"""

import argparse
import asyncio
import signal
import socket
import ssl
import struct
import sys

PREFIX = b"IKETCP"
LENGTH = struct.Struct("!H")
KEEPALIVE = b"\xff"  # of RFC 3948: keeps a NAT's mapping, means nothing in a stream
RESET = struct.pack("ii", 1, 0)


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def address(text):
    host, port = text.rsplit(":", 1)
    return host.strip("[]"), int(port)


async def read_bodies(reader):
    """Yields the body of each frame until the stream ends; ValueError for a length below 2."""
    while True:
        try:
            (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
            if length < LENGTH.size:
                raise ValueError(f"frame of length {length}")
            body = await reader.readexactly(length - LENGTH.size)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            return
        if body:
            yield body


def frame(body):
    return LENGTH.pack(len(body) + LENGTH.size) + body


class Datagrams(asyncio.DatagramProtocol):
    """A UDP socket whose datagrams go to a function."""

    def __init__(self, received):
        self.received = received
        self.transport = None

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.received(data, addr)

    def error_received(self, exc):
        say("udp:", exc)


class Streams:
    """Those that are open, and the switches."""

    def __init__(self):
        self.open = set()
        self.refusing = False

    def cut(self):
        say("cutting", len(self.open), "streams")
        for writer in list(self.open):
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()

    def toggle(self):
        self.refusing = not self.refusing
        say("refusing" if self.refusing else "accepting")


async def serve(options, streams):
    """The gateway's end."""
    loop = asyncio.get_running_loop()
    target = address(options.to)

    async def one(reader, writer):
        streams.open.add(writer)
        udp = None
        try:
            if streams.refusing or await reader.readexactly(len(PREFIX)) != PREFIX:
                say("refused", writer.get_extra_info("peername"))
                return
            udp, _ = await loop.create_datagram_endpoint(
                lambda: Datagrams(lambda data, _: writer.write(frame(data))), remote_addr=target)  # fmt: skip
            say("stream", writer.get_extra_info("peername"), "is", udp.get_extra_info("sockname"))
            async for body in read_bodies(reader):
                if body != KEEPALIVE:
                    udp.sendto(body)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, ValueError) as error:
            say("stream ended:", repr(error))
        finally:
            streams.open.discard(writer)
            if udp:
                udp.close()
            writer.transport.abort()

    context = None
    if not options.plain:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.key)
    host, port = address(options.listen)
    server = await asyncio.start_server(one, host, port, ssl=context)
    say("carrier: ready")
    await server.serve_forever()


async def join(options, streams):
    """The client's end: one stream, opened when the first datagram wants to go out."""
    loop = asyncio.get_running_loop()
    host, port = address(options.to)
    context = None if options.plain else ssl.create_default_context(cafile=options.ca)
    queue = asyncio.Queue(maxsize=1000)
    peer = None

    def received(data, sender):
        nonlocal peer
        peer = sender
        if data != KEEPALIVE and not queue.full():
            queue.put_nowait(data)

    udp, _ = await loop.create_datagram_endpoint(
        lambda: Datagrams(received), local_addr=address(options.listen))  # fmt: skip
    say("carrier: ready")
    writer = None

    async def back(reader, own):
        async for body in read_bodies(reader):
            udp.sendto(body, peer)
        streams.open.discard(own)
        say("stream ended")

    while True:
        data = await queue.get()
        try:
            if writer not in streams.open:
                reader, writer = await asyncio.open_connection(
                    host, port, ssl=context, server_hostname=options.name if context else None)  # fmt: skip
                streams.open.add(writer)
                writer.write(PREFIX)
                task = asyncio.create_task(back(reader, writer))
                writer.task = task  # keeps it from being collected
                say("stream opened")
            writer.write(frame(data))
            await writer.drain()
        except (OSError, ssl.SSLError) as error:
            say("no stream:", repr(error))
            streams.open.discard(writer)


async def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("mode", choices=["serve", "join"])
    parser.add_argument("--listen", required=True)
    parser.add_argument("--to", required=True)
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--ca")
    parser.add_argument("--name")
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    streams = Streams()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, streams.cut)
    loop.add_signal_handler(signal.SIGUSR2, streams.toggle)
    loop.add_signal_handler(signal.SIGTERM, sys.exit)
    await (serve if options.mode == "serve" else join)(options, streams)


if __name__ == "__main__":
    asyncio.run(main())
