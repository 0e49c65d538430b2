#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Cuts vectors of NIST's ACVP down to what Visitor can be asked.

    cut-acvp.py FOLDER TO       FOLDER has ACVP's folders of prompts and results, plain or as .gz

A result stands in another file than its prompt; a prompt whose result is not there is left out.
"""

import gzip
import json
import sys
from pathlib import Path

PRFS = {"SHA2-256": "sha256", "SHA2-384": "sha384", "SHA2-512": "sha512"}
PRF_LEN = {"sha256": 32, "sha384": 48, "sha512": 64}
# step: (its result, the lengths of what it is made of)
STEPS = {
    "skeyseed": ("sKeySeed", ("dhLength", "nInitLength", "nRespLength")),
    "keys": ("derivedKeyingMaterial", ("nInitLength", "nRespLength")),
    "child": ("derivedKeyingMaterialChild", ("nInitLength", "nRespLength")),
    "child-pfs": ("derivedKeyingMaterialDh", ("dhLength", "nInitLength", "nRespLength")),
    "rekey": ("sKeySeedReKey", ("dhLength", "nInitLength", "nRespLength")),
}


def read(folder, name):
    """The body of a file; older ones have a list around it, and a header in front."""
    for path, opener in ((folder / f"{name}.json", open), (folder / f"{name}.json.gz", gzip.open)):
        if path.exists():
            with opener(path, "rt") as stream:
                body = json.load(stream)
            return body[1] if isinstance(body, list) else body
    return None


def groups(folder):
    """(group, its cases with their results) of a folder; none if it is not there."""
    prompt, results = read(folder, "prompt"), read(folder, "expectedResults")
    if prompt is None or results is None:
        print(f"{folder.name}: not there", file=sys.stderr)
        return
    found = {case["tcId"]: case for group in results["testGroups"] for case in group["tests"]}
    for group in prompt["testGroups"]:
        yield group, [case | found[case["tcId"]] for case in group["tests"] if case["tcId"] in found]


def case_of(case, **fields):
    passed = case.get("testPassed", True)
    return {"id": case["tcId"], "result": "valid" if passed else "invalid"} | fields


def key_pairs(folder):
    for group, cases in groups(folder / "ML-KEM-keyGen-FIPS203"):
        if group["parameterSet"] == "ML-KEM-768":
            yield {}, [case_of(each, seed=each["d"] + each["z"], ek=each["ek"], dk=each["dk"]) for each in cases]


def kem(folder, function, fields):
    """The cases of one function with ML-KEM-768, whose keys are expanded ones; fields: what we call what."""
    for group, cases in groups(folder / "ML-KEM-encapDecap-FIPS203"):
        if (group["parameterSet"], group["function"]) == ("ML-KEM-768", function):
            yield {}, [case_of(case, **{ours: case[theirs] for ours, theirs in fields.items()}) for case in cases]


def whole_octets(group, case, result):
    bits = group.get(f"{result}Length".replace("MaterialDh", "MaterialChild"), 4 * len(case[result]))
    return case[result][: 2 * (bits // 8)]


def kdf_case(case, prf, result):
    """One step; what it begins with is what ACVP has for the step before."""
    fields = {"ni": case["nInit"], "nr": case["nResp"], "spis": case["spiInit"] + case["spiResp"], "out": result}
    fields |= {"gir": case["gir"], "girNew": case["girNew"], "seed": case["sKeySeed"]}
    return case_of(case, sk_d=case["derivedKeyingMaterial"][: 2 * PRF_LEN[prf]], **fields)


def kdf(folder):
    """Many lengths are not of whole octets, which those of IKE all are: of a group the steps that begin with such."""
    for group, cases in groups(folder / "kdf-components-ikev2-1.0"):
        prf = PRFS.get(group["hashAlg"])
        for step, (result, lengths) in STEPS.items():
            if prf and cases and all(group[length] % 8 == 0 for length in lengths):
                yield {"prf": prf, "step": step}, [
                    kdf_case(case, prf, whole_octets(group, case, result)) for case in cases]  # fmt: skip


FILES = {
    "mlkem_768_keygen_seed": key_pairs,
    "mlkem_768_encaps": lambda folder: kem(folder, "encapsulation", {"ek": "ek", "m": "m", "c": "c", "K": "k"}),
    "mlkem_768_semi_expanded_decaps": lambda folder: kem(
        folder, "decapsulation", {"dk": "dk", "c": "c", "K": "k"}),  # fmt: skip
    "mlkem_768_encaps_key": lambda folder: kem(folder, "encapsulationKeyCheck", {"ek": "ek"}),
    "mlkem_768_decaps_key": lambda folder: kem(folder, "decapsulationKeyCheck", {"dk": "dk"}),
    "ikev2_kdf_acvp": kdf,
}


def main():
    folder, to = Path(sys.argv[1]), Path(sys.argv[2])
    to.mkdir(parents=True, exist_ok=True)
    for name, cut in FILES.items():
        found = list(cut(folder))
        if found:
            (to / f"{name}.json").write_text(json.dumps([{"head": head, "cases": cases} for head, cases in found]))
            print(f"{name}: {sum(len(cases) for _, cases in found)} cases")


if __name__ == "__main__":
    main()
