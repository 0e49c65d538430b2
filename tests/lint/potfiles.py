#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails where po/POTFILES.in and the sources that hold text for people are not the same list.

A file that is forgotten there is never translated, and nothing else would tell.
"""

import re

from tree import run

POTFILES = "po/POTFILES.in"
MARK = re.compile(r"(?<!\w)(?:_|N_|C_|NC_|ngettext|dngettext)\s*\(")
TEMPLATE_MARK = re.compile(r"translatable=[\"'](yes|true|1)[\"']")
FOLDERS = ("app/",)
# What gettext knows by its ITS rules: all of its text is for people.
DATA = (".policy.in", ".desktop.in", ".metainfo.xml.in", ".mime.xml.in", ".gschema.xml")


def marked(tree):
    """The sources with text that is marked for translation."""
    for path in tree.files():
        if path.name.endswith(DATA):
            yield path.as_posix()
    for path in tree.files(".c", ".h", ".ui"):
        mark = TEMPLATE_MARK if path.suffix == ".ui" else MARK
        if path.as_posix().startswith(FOLDERS) and mark.search(tree.read(path)):
            yield path.as_posix()


def check(tree):
    names = [path.as_posix() for path in tree.files()]
    if POTFILES not in names:
        yield f"no {POTFILES}: the check would be blind"
        return
    lines = tree.read(POTFILES).splitlines()
    listed = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    wanted = list(marked(tree))
    for name in wanted:
        if name not in listed:
            yield f"{name}: has text for people and is not in {POTFILES}"
    for name in listed:
        if name not in wanted:
            yield f"{POTFILES}: {name} has no text for people, or does not exist"
    for name in sorted(set(listed)):
        if listed.count(name) > 1:
            yield f"{POTFILES}: {name} stands twice"


GOOD = {
    "listed": {POTFILES: "# x\napp/a.c\n", "app/a.c": '_ ("a")\n', "app/b.c": "f (a_ (1));\n"},
    "policy": {POTFILES: "data/a.policy.in\n", "data/a.policy.in": "<message/>"},
    "template": {POTFILES: "app/a.ui\n", "app/a.ui": '<property translatable="yes">a</property>\n'},
    "engine": {POTFILES: "app/a.c\n", "app/a.c": 'N_ ("a")\n', "engine/a.c": '_ ("a")\n'},
}
BAD = {
    "forgotten": {POTFILES: "", "app/a.c": '_ ("a")\n'},
    "template forgotten": {POTFILES: "", "app/a.ui": '<property translatable="yes">a</property>\n'},
    "policy forgotten": {POTFILES: "", "data/a.policy.in": "<message/>"},
    "desktop file forgotten": {POTFILES: "", "data/a.desktop.in": "Name=a\n"},
    "metainfo forgotten": {POTFILES: "", "data/a.metainfo.xml.in": "<name/>"},
    "schema forgotten": {POTFILES: "", "data/a.gschema.xml": "<summary/>"},
    "type forgotten": {POTFILES: "", "data/a.mime.xml.in": "<comment/>"},
    "plural": {POTFILES: "", "app/a.c": 'dngettext (D, "a", "b", n)\n'},
    "stale": {POTFILES: "app/a.c\n", "app/a.c": "int a;\n"},
    "gone": {POTFILES: "app/a.c\n"},
    "twice": {POTFILES: "app/a.c\napp/a.c\n", "app/a.c": '_ ("a")\n'},
    "nothing": {},
}

if __name__ == "__main__":
    run(check, GOOD, BAD)
