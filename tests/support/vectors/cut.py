#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Cuts Wycheproof's vectors down to what Visitor can be asked.

    cut.py FOLDER [TO]       FOLDER has Wycheproof's testvectors, as README.md says; TO is this folder

Groups and cases of other key, nonce and tag sizes, and fields that no test reads, are left out; what is
left is as it was. Reads the vectors of 2019 and those of the schema "v1".
"""

import json
import sys
from pathlib import Path

DROPPED_FLAGS = {"Normal"}


def gcm(group):
    return group["ivSize"] == 96 and group["tagSize"] == 128 and group["keySize"] in (128, 256)


def chacha(group):
    return group["ivSize"] == 96 and group["tagSize"] == 128


def cbc(group):
    return group["keySize"] in (128, 256)


def everything(group):
    return True


AEAD = ("key", "iv", "aad", "msg", "ct", "tag")
MAC = ("key", "msg", "tag")
DH = ("public", "private", "shared")
SIGNATURE = ("msg", "sig")
GROUP = ("curve", "keySize", "mgfSha", "publicKeyDer", "sLen", "sha", "tagSize")

# file: (the groups that are kept, the fields of a case)
FILES = {
    "aes_gcm_test": (gcm, AEAD),
    "aes_cbc_pkcs5_test": (cbc, ("key", "iv", "msg", "ct")),
    "chacha20_poly1305_test": (chacha, AEAD),
    "hmac_sha256_test": (everything, MAC),
    "hmac_sha384_test": (everything, MAC),
    "hmac_sha512_test": (everything, MAC),
    "ecdh_secp256r1_ecpoint_test": (everything, DH),
    "ecdh_secp384r1_ecpoint_test": (everything, DH),
    "ecdh_secp521r1_ecpoint_test": (everything, DH),
    "x25519_test": (everything, DH),
    "ecdsa_secp256r1_sha256_test": (everything, SIGNATURE),
    "ecdsa_secp256r1_sha512_test": (everything, SIGNATURE),
    "ecdsa_secp384r1_sha384_test": (everything, SIGNATURE),
    "ecdsa_secp384r1_sha512_test": (everything, SIGNATURE),
    "ecdsa_secp521r1_sha512_test": (everything, SIGNATURE),
    "eddsa_test": (everything, SIGNATURE),
    "ed448_test": (everything, SIGNATURE),
    "rsa_pss_2048_sha256_mgf1_32_test": (everything, SIGNATURE),
    "rsa_pss_3072_sha256_mgf1_32_test": (everything, SIGNATURE),
    "rsa_pss_4096_sha256_mgf1_32_test": (everything, SIGNATURE),
    "rsa_pss_misc_test": (everything, SIGNATURE),
    "rsa_signature_2048_sha256_test": (everything, SIGNATURE),
    "rsa_signature_2048_sha384_test": (everything, SIGNATURE),
    "rsa_signature_2048_sha512_test": (everything, SIGNATURE),
    "rsa_signature_3072_sha256_test": (everything, SIGNATURE),
    "rsa_signature_4096_sha512_test": (everything, SIGNATURE),
    "rsa_signature_test": (everything, SIGNATURE),
    "mlkem_768_keygen_seed_test": (everything, ("seed", "ek", "dk")),
    "mlkem_768_encaps_test": (everything, ("ek", "m", "c", "K")),
    "mlkem_768_test": (everything, ("seed", "c", "K")),
    "mlkem_768_semi_expanded_decaps_test": (everything, ("dk", "c", "K")),
}
# what the other schema calls otherwise
OTHER_NAMES = {"eddsa_test": "ed25519_test"}
RENAMED = {"keyDer": "publicKeyDer", "keysize": "keySize"}


def cut_group(group, fields):
    yield {name: group[name] for name in GROUP if name in group}
    for case in group["tests"]:
        kept = {"id": case["tcId"], "result": case["result"]}
        if flags := [flag for flag in case.get("flags", []) if flag not in DROPPED_FLAGS]:
            kept["flags"] = flags
        if case.get("comment"):
            kept["comment"] = case["comment"]
        yield kept | {name: case[name] for name in fields if name in case}


def cut(text, keep, fields):
    """The text of the smaller file: one case a line."""
    groups = []
    for group in json.loads(text)["testGroups"]:
        group = {RENAMED.get(name, name): value for name, value in group.items()}
        if keep(group):
            head, *cases = map(json.dumps, cut_group(group, fields))
            body = ",\n".join(cases)
            groups.append(f'{{"head": {head}, "cases": [\n{body}\n]}}')
    return "[\n" + ",\n".join(groups) + "\n]\n"


def main():
    source = Path(sys.argv[1])
    to = Path(sys.argv[2] if len(sys.argv) > 2 else Path(__file__).parent)
    for name, (keep, fields) in FILES.items():
        file = source / f"{name}.json"
        if not file.exists():
            file = source / f"{OTHER_NAMES.get(name)}.json"
        if not file.exists():
            print(f"{name}: not there", file=sys.stderr)
            continue
        (to / f"{name.removesuffix('_test')}.json").write_text(cut(file.read_text(), keep, fields))


if __name__ == "__main__":
    main()
