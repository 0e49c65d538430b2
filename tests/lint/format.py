#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails on C that is not as .clang-format has it.

The law is version 14 of clang-format, Debian 12's; with another version, or none, the check is
skipped (exit status 77), since each version formats a little differently.
"""

import shutil
import subprocess
import sys

from tree import ROOT, run

VERSION = 14


def find_tool():
    """The clang-format of the right version, or None."""
    for name in (f"clang-format-{VERSION}", "clang-format"):
        path = shutil.which(name)
        if path:
            text = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
            if f"version {VERSION}." in text.stdout:
                return path
    return None


def check(tree):
    files = [str(tree.root / path) for path in tree.files(".c", ".h")]
    if not files:
        yield "no C file found: the check would be blind"
        return
    style = f"--style=file:{ROOT / '.clang-format'}"
    command = [find_tool(), style, "--dry-run", "-Werror", *files]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        yield from (line for line in result.stderr.splitlines() if "error:" in line)


GOOD = {"function": {"a.c": "int\nanswer (void)\n{\n  return 42;\n}\n"}}
BAD = {
    "no space": {"a.c": "int\nanswer(void)\n{\n  return 42;\n}\n"},
    "indentation": {"a.c": "int\nanswer (void)\n{\n    return 42;\n}\n"},
    "one line": {"a.c": "int answer (void) { return 42; }\n"},
    "nothing": {},
}

if __name__ == "__main__":
    if find_tool() is None:
        print(f"clang-format {VERSION} is not installed")
        sys.exit(77)
    run(check, GOOD, BAD)
