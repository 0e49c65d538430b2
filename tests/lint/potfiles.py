#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails where a POTFILES.in in po/ and the sources that hold text for people are not the same list.

A file that is forgotten there is never translated, and nothing else would tell.
"""

import re

from tree import run

POTFILES = "po/POTFILES.in"
NM_POTFILES = "po/networkmanager/POTFILES.in"
# A plugin speaks in a domain of its own.
OF_NM = ("app/nm/", "data/networkmanager/")
DEFINITION = re.compile(r"^\s*#\s*define.*$", re.MULTILINE)
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
        if path.as_posix().startswith(FOLDERS) and mark.search(DEFINITION.sub("", tree.read(path))):
            yield path.as_posix()


def compare(tree, potfiles, wanted):
    lines = tree.read(potfiles).splitlines()
    listed = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    for name in wanted:
        if name not in listed:
            yield f"{name}: has text for people and is not in {potfiles}"
    for name in listed:
        if name not in wanted:
            yield f"{potfiles}: {name} has no text for people, does not exist, or is of another domain"
    for name in sorted(set(listed)):
        if listed.count(name) > 1:
            yield f"{potfiles}: {name} stands twice"


def check(tree):
    names = [path.as_posix() for path in tree.files()]
    if POTFILES not in names:
        yield f"no {POTFILES}: the check would be blind"
        return
    wanted = list(marked(tree))
    yield from compare(tree, POTFILES, [name for name in wanted if not name.startswith(OF_NM)])
    if NM_POTFILES in names:
        yield from compare(tree, NM_POTFILES, [name for name in wanted if name.startswith(OF_NM)])
    elif any(name.startswith(OF_NM) for name in wanted):
        yield f"no {NM_POTFILES}: the check would be blind"


GOOD = {
    "listed": {POTFILES: "# x\napp/a.c\n", "app/a.c": '_ ("a")\n', "app/b.c": "f (a_ (1));\n"},
    "policy": {POTFILES: "data/a.policy.in\n", "data/a.policy.in": "<message/>"},
    "template": {POTFILES: "app/a.ui\n", "app/a.ui": '<property translatable="yes">a</property>\n'},
    "plugin": {POTFILES: "", NM_POTFILES: "app/nm/a.c\n", "app/nm/a.c": '_ ("a")\n', "app/nm/b.h": "#define _(t) t\n"},
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
    "of another domain": {POTFILES: "app/nm/a.c\n", NM_POTFILES: "", "app/nm/a.c": '_ ("a")\n'},
    "no domain of its own": {POTFILES: "", "app/nm/a.c": '_ ("a")\n'},
    "nothing": {},
}

if __name__ == "__main__":
    run(check, GOOD, BAD)
