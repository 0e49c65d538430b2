#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails on words that do not belong in the tree.

Marks of unfinished work, and absolute paths of the machine somebody works on. The patterns are
written in pieces, so that this file does not find itself.
"""

import re

from tree import run

PATTERNS = {
    "a mark of unfinished work": r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b",
    "unfinished work": r"(?i)\bnot (yet )?implemen" r"ted\b|\bst" r"ub(bed)?\b|\bplace" r"holder\b(?!-text\")",
    "a path of somebody's machine": r"(?<![\w.$}/-])/(wo" r"rk|ho" r"me|ro" r"ot)/",
    "a path beside the repository": r"\.\./sha" r"red\b",
    "a merge conflict": r"^(<{7}|>{7}) ",
}
COMPILED = {name: re.compile(pattern, re.MULTILINE) for name, pattern in PATTERNS.items()}
EXEMPT = ("tests/fuzz/corpus/", "LICENSE", "po/", "app/client/fingerprint-dictionary.c")


def check(tree):
    seen = 0
    for path in tree.files():
        name = path.as_posix()
        if name.startswith(EXEMPT) or not tree.is_text(path):
            continue
        seen += 1
        for number, line in enumerate(tree.read(path).splitlines(), 1):
            for what, pattern in COMPILED.items():
                match = pattern.search(line)
                if match:
                    yield f"{name}:{number}: {what}: {match[0].strip()}"
    if not seen:
        yield "no file found: the check would be blind"


GOOD = {
    "plain": {"a.c": "/* Doing things to doors. */\n"},
    "path of the system": {"a.c": 'open ("/etc/resolv.conf"); /* $HOME/x */\n'},
    "hint of a field": {"a.ui": '<property name="place' 'holder-text"/>\n'},
    "relative": {"a.py": "base / 'home/x', network/root/\n"},
}
BAD = {
    "mark": {"a.c": "/* TO" "DO: later */\n"},
    "other mark": {"a.py": "# FIX" "ME\n"},
    "unfinished": {"a.c": '"not imple' 'mented"\n'},
    "unfinished page": {"a.ui": '<object id="place' 'holder"/>\n'},
    "machine": {"README.md": "see /ho" "me/me/visitor\n"},
    "beside": {"README.md": "see ../sha" "red/lab\n"},
    "conflict": {"a.c": "<<<" "<<<< HEAD\n"},
    "nothing": {},
}

if __name__ == "__main__":
    run(check, GOOD, BAD)
