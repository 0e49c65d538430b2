#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails on a script or XML file that its own interpreter would refuse, before a scene finds out.

Shell by `bash -n` and, where it is installed, shellcheck; Python by its compiler and, likewise, pyflakes,
which sees names that nobody defines; XML by a parser.
Shell scripts must be strict (set -euo pipefail).
"""

import shutil
import subprocess
import xml.etree.ElementTree

from tree import run

STRICT = ("set -eu", "set -Eeu")


def interpreter(tree, path):
    """"shell", "python", "xml" or None."""
    if path.suffix == ".py":
        return "python"
    if path.suffix in (".xml", ".policy", ".ui", ".svg"):
        return "xml"
    if path.suffix not in ("", ".sh") or not tree.is_text(path):
        return None
    first = tree.read(path).split("\n", 1)[0]
    if first.startswith("#!"):
        return "shell" if first.endswith("sh") else "python" if "python" in first else None
    return "shell" if path.suffix == ".sh" else None


def output(*command):
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return (result.stdout + result.stderr).strip() if result.returncode else ""


def check_shell(tree, path):
    name = str(tree.root / path)
    yield output("bash", "-n", name)
    if shutil.which("shellcheck"):
        yield output("shellcheck", "--severity=warning", "--format=gcc", name)
    if not any(line.startswith(STRICT) for line in tree.read(path).splitlines()):
        yield "not strict: set -euo pipefail"


def check_python(tree, path):
    try:
        compile(tree.read(path), str(path), "exec")
    except (SyntaxError, ValueError) as error:
        yield str(error)
        return
    if shutil.which("pyflakes3"):
        yield output("pyflakes3", str(tree.root / path))


def check_xml(tree, path):
    try:
        xml.etree.ElementTree.parse(tree.root / path)
    except xml.etree.ElementTree.ParseError as error:
        yield str(error)


CHECKS = {"shell": check_shell, "python": check_python, "xml": check_xml}


def check(tree):
    seen = 0
    for path in tree.files():
        if path.as_posix().startswith("tests/fuzz/corpus/") or path.suffix == ".bash":
            continue
        kind = interpreter(tree, path)
        if kind:
            seen += 1
            yield from (f"{path}: {line}" for line in CHECKS[kind](tree, path) if line)
    if not seen:
        yield "no script found: the check would be blind"


GOOD = {
    "shell": {"run": "#!/bin/bash\nset -euo pipefail\ntrue\n"},
    "python": {"a.py": "a = 1\n"},
    "xml": {"a.xml": "<node/>\n"},
}
BAD = {
    "shell": {"run": "#!/bin/bash\nset -euo pipefail\nif\n"},
    "careless shell": {"run": "#!/bin/bash\ntrue\n"},
    "python": {"a.py": "def\n"},
    "python by its first line": {"a": "#!/usr/bin/env python3\ndef\n"},
    **({"a name of nobody": {"a.py": "print(b)\n"}} if shutil.which("pyflakes3") else {}),
    "xml": {"a.policy": "<node>\n"},
    "nothing": {},
}

if __name__ == "__main__":
    run(check, GOOD, BAD)
