#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails on a file whose first lines do not say its licence.

Every file that can hold a comment has the line; texts and data that cannot are listed here.
"""

from tree import run

LINE = "SPDX-License-Identifier: GPL-2.0-or-later"
WITHIN = 5

NEEDS_SUFFIX = {
    ".c", ".h", ".py", ".sh", ".build", ".xml", ".policy", ".service", ".conf", ".in",
    ".1", ".5", ".8", ".po", ".ui", ".svg", ".css", ".desktop",
}  # fmt: skip
NEEDS_NAME = {".clang-format", "meson_options.txt", "POTFILES", "LINGUAS", "packages"}
EXEMPT_FOLDERS = ("tests/fuzz/corpus/", "tests/data/")


def needs_line(tree, path):
    name = path.as_posix()
    if name.startswith(EXEMPT_FOLDERS) or "/corpus/" in name:
        return False
    if path.suffix in NEEDS_SUFFIX or path.name in NEEDS_NAME:
        return True
    return not path.suffix and tree.is_text(path) and tree.read(path).startswith("#!")


def check(tree):
    seen = 0
    for path in tree.files():
        if needs_line(tree, path):
            seen += 1
            if LINE not in "\n".join(tree.read(path).splitlines()[:WITHIN]):
                yield f"{path}: no line '{LINE}'"
    if not seen:
        yield "no file found: the check would be blind"


GOOD = {
    "c": {"a.c": f"/* {LINE} */\n"},
    "script": {"run": f"#!/bin/bash\n# {LINE}\n"},
    "corpus": {"a.c": f"/* {LINE} */\n", "tests/fuzz/corpus/site/a.conf": "[Site]\n"},
    "markdown": {"a.c": f"/* {LINE} */\n", "README.md": "# a\n"},
}
BAD = {
    "c": {"a.c": "int a;\n"},
    "script": {"run": "#!/bin/bash\n"},
    "too late": {"a.h": "\n" * WITHIN + f"/* {LINE} */\n"},
    "xml": {"data/a.xml": "<node/>\n"},
    "nothing": {},
}

if __name__ == "__main__":
    run(check, GOOD, BAD)
