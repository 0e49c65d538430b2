#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails where the table of past holes in tests/README.md names a test that is not there.

A row that points nowhere says that something is tried which nobody tries.
"""

import fnmatch
import re

from tree import run

TABLE = "tests/README.md"
ROWS = 29
FAULTS = "tests/support/responder/"
ROW = re.compile(r"^\| (\d+) \|.*\|$")
NAME = re.compile(r"`([^`]+)`")
STRING = re.compile(r'"([^"\n]+)"')
FAULT = re.compile(r'^\s*\{ "([a-z0-9-]+)",', re.MULTILINE)


def names_in_tests(tree):
    """Paths of unit tests, names of faults, and scenes."""
    names = set()
    for path in tree.files(".c", ".py"):
        name = path.as_posix()
        if name.startswith("tests/unit/"):
            names |= {string for string in STRING.findall(tree.read(path)) if string.startswith("/")}
        elif name.startswith(FAULTS):
            names |= set(FAULT.findall(tree.read(path)))
        elif name.startswith("tests/scene/"):
            names.add(path.name)
    return names


def check(tree):
    if TABLE not in [path.as_posix() for path in tree.files()]:
        yield f"no {TABLE}: the check would be blind"
        return
    there = names_in_tests(tree)
    seen = []
    for line in tree.read(TABLE).splitlines():
        row = ROW.match(line)
        if not row:
            continue
        seen.append(int(row[1]))
        tests = NAME.findall(line)
        if not tests:
            yield f"{TABLE}: row {row[1]} names no test"
        for test in tests:
            if not fnmatch.filter(there, test):
                yield f"{TABLE}: row {row[1]} names {test}, which is not there"
    if seen != list(range(1, ROWS + 1)):
        yield f"{TABLE}: the rows are not 1 to {ROWS}"


def table(tests="`/a/b`"):
    return "".join(f"| {number} | CVE | what | {tests} |\n" for number in range(1, ROWS + 1))


TESTS = {"tests/unit/a.c": 'g_test_add_func ("/a/b", f);\n', FAULTS + "a.c": '  { "a-b", X },\n', "tests/scene/s.py": ""}
GOOD = {
    "path": {TABLE: table(), **TESTS},
    "fault": {TABLE: table("`a-b` `a-*`"), **TESTS},
    "scene": {TABLE: table("`s.py`"), **TESTS},
}
BAD = {
    "no such path": {TABLE: table("`/a/c`"), **TESTS},
    "no such fault": {TABLE: table("`b-*`"), **TESTS},
    "no such scene": {TABLE: table("`t.py`"), **TESTS},
    "no test": {TABLE: table("nothing"), **TESTS},
    "a row is missing": {TABLE: table().replace("| 7 |", "| 8 |"), **TESTS},
    "no table": TESTS,
}

if __name__ == "__main__":
    run(check, GOOD, BAD)
