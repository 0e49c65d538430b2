#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No division stands in what the compiler made of ML-KEM: the time of one depends on its operands.

    mlkem-instructions.py ARCHIVE CC...

The code of the ring works on secrets throughout, so it is held to none at all (KyberSlash, 2023, was
a division by q). The check first finds the one in a function that divides.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

archive, cc = sys.argv[1], sys.argv[2:]
DIVISION = re.compile(r"\t\s*(i?div[bwlq]?|[us]?div[uw]*|divsd|divss)\b")
results = []


def check(words, problem):
    """problem: what is wrong, or something false."""
    results.append(not problem)
    print("ok" if not problem else "not ok", len(results), "-", words)
    for line in str(problem or "").splitlines():
        print("#", line)


def instructions(path):
    """Each line of the code in an archive or an object, with the member and the function it is in."""
    shown = subprocess.run(
        ["objdump", "--disassemble", "--no-show-raw-insn", str(path)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    member = function = "?"
    for line in shown.splitlines():
        if found := re.match(r"(\S+):\s+file format", line):
            member = found[1]
        elif found := re.match(r"[0-9a-f]+ <(.*)>:$", line):
            function = found[1]
        elif "\t" in line:
            yield member, function, line


def divisions(path, members):
    """One line for each division in the members whose names fit the pattern."""
    seen = 0
    for member, function, line in instructions(path):
        if re.search(members, member):
            seen += 1
            if DIVISION.search(line):
                yield f"{member}: {function}: {line.strip()}"
    if not seen:
        yield f"no code of {members} in {path}: the check would be blind"


with tempfile.TemporaryDirectory(prefix="visitor-unit-") as folder:
    source, thing = Path(folder) / "thing.c", Path(folder) / "thing.o"
    source.write_text("unsigned thing (unsigned a, unsigned b)\n{\n  return a / b;\n}\n")
    subprocess.run([*cc, "-w", "-O2", "-c", source, "-o", thing], check=True)
    check("a function that divides is found", not list(divisions(thing, "thing")) and "it is not")
check("ML-KEM does not divide", "\n".join(divisions(archive, r"mlkem(-\w+|768)\.c")))
print(f"1..{len(results)}")
sys.exit(not all(results))
