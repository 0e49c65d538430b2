#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes ikev2_kdf.json and ikev2_captures.json of what strongSwan and Wireshark test with.

    cut-ikev2.py STRONGSWAN WIRESHARK [TO]       source packages, unpacked, as README.md says

Of captures the encrypted messages and their keys are taken, of those whose algorithms Visitor has.
"""

import csv
import json
import re
import struct
import sys
from pathlib import Path

PRFS = {"PRF_HMAC_SHA2_256": "sha256", "PRF_HMAC_SHA2_384": "sha384", "PRF_HMAC_SHA2_512": "sha512"}
# what Wireshark calls the algorithms: the transform, key bits
ENCRS = {
    "AES-CBC-256 [RFC3602]": ("aes-cbc", 256),
    "AES-GCM-256 with 16 octet ICV [RFC5282]": ("aes-gcm-16", 256),
}
INTEGS = {"NONE [RFC4306]": "none", "HMAC_SHA2_256_128 [RFC4868]": "hmac-sha2-256-128"}
# the AUTH that Wireshark's test looks for, in one of the messages
CAPTURES = {
    "ikev2-decrypt-aes256gcm16.pcap": "9ab71f14ab553cad873a1aa70b99df155dee77cdcf3694b3b7527acbb9712ded",
    "ikev2-decrypt-aes256cbc.pcapng": "e1a8d550064201a7ec024a85758d0673c61c5c510ac13bcd225d6327f50da3d3",
}
SK = 46


def write(path, groups):
    """One case a line, as cut.py writes."""
    texts = []
    for head, cases in groups:
        lines = ",\n".join(json.dumps({"id": n, "result": "valid"} | case) for n, case in enumerate(cases, 1))
        texts.append(f'{{"head": {json.dumps(head)}, "cases": [\n{lines}\n]}}')
    path.write_text("[\n" + ",\n".join(texts) + "\n]\n")


def kdf_groups(folder):
    """The vectors of SP 800-135: (step, prf) of which each says key, salt and output."""
    groups = {}
    for name, step in (("kdf_prf.c", "skeyseed"), ("kdf_prf_plus.c", "prf+")):
        text = (folder / name).read_text()
        for body in re.findall(r"kdf_test_vector_t \w+ = \{(.*?)\n\};", text, re.S):
            prf = PRFS.get(re.search(r"\.arg\.prf = (\w+)", body)[1])
            if prf is None:
                continue
            case = {}
            for field, octets in re.findall(r"\.(key|salt|out) = chunk_from_chars\((.*?)\)", body, re.S):
                case[field] = "".join(re.findall(r"0x([0-9a-f]{2})", octets))
            groups.setdefault((step, prf), []).append(case)
    return [({"step": step, "prf": prf}, cases) for (step, prf), cases in groups.items()]


def packets(path):
    """The packets of a pcap or a pcapng file."""
    data = path.read_bytes()
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        at = 0
        while at < len(data):
            kind, length = struct.unpack_from("<II", data, at)
            if kind == 6:
                (captured,) = struct.unpack_from("<I", data, at + 20)
                yield data[at + 28 : at + 28 + captured]
            at += length
        return
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    at = 24
    while at < len(data):
        (captured,) = struct.unpack_from(order + "I", data, at + 8)
        yield data[at + 16 : at + 16 + captured]
        at += 16 + captured


def ike_messages(path):
    """The IKE messages in UDP over IPv4 over Ethernet."""
    for packet in packets(path):
        ip = packet[14:]
        udp = ip[4 * (ip[0] & 0xF) :]
        ports, body = struct.unpack_from("!HH", udp), udp[8:]
        yield body[4:] if 4500 in ports else body


def capture_group(folder, name, keys):
    cases, head = [], None
    for message in ike_messages(folder / "captures" / name):
        spis = (message[:8].hex(), message[8:16].hex())
        if message[16] == SK and spis in keys:
            head = head or {"name": name, "auth": CAPTURES[name]} | keys[spis]
            cases.append({"initiator": bool(message[19] & 0x08), "message": message.hex()})
    return head, cases


def capture_keys(folder):
    """{(SPI of initiator, of responder): keys}, of those that Visitor can use."""
    keys = {}
    table = (folder / "config" / "ikev2_decryption_table.tmpl").read_text().splitlines()[1:]
    for spi_i, spi_r, sk_ei, sk_er, encr, sk_ai, sk_ar, integ in csv.reader(table):
        if encr in ENCRS and integ in INTEGS:
            keys[spi_i, spi_r] = {
                "encr": ENCRS[encr][0], "keySize": ENCRS[encr][1], "integ": INTEGS[integ],
                "sk_ei": sk_ei, "sk_er": sk_er, "sk_ai": sk_ai, "sk_ar": sk_ar,
            }  # fmt: skip
    return keys


def main():
    strongswan, wireshark = Path(sys.argv[1]), Path(sys.argv[2])
    to = Path(sys.argv[3] if len(sys.argv) > 3 else Path(__file__).parent)
    vectors = strongswan / "src/libstrongswan/plugins/test_vectors/test_vectors"
    write(to / "ikev2_kdf.json", kdf_groups(vectors))
    keys = capture_keys(wireshark / "test")
    write(to / "ikev2_captures.json", [capture_group(wireshark / "test", name, keys) for name in CAPTURES])


if __name__ == "__main__":
    main()
