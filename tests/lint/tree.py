# SPDX-License-Identifier: GPL-2.0-or-later
"""The source tree as the lint checks see it, and the frame that every check runs in.

A check is a function of a tree: it yields one line per finding. `run` is its main program: without
arguments it checks this tree; with `--self-test` it first proves that each of the check's bad
examples is found and each good one is not, so that no check can be green because it sees nothing.
"""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Tree:
    """The files under `root`, without build folders, unpacked peers, and the version control's own."""

    def __init__(self, root):
        self.root = Path(root)

    def files(self, *suffixes):
        """Yields paths relative to the root, sorted; all files where no suffix is given."""
        found = []
        for folder, folders, names in os.walk(self.root):
            folders[:] = [d for d in folders if not self._is_foreign(Path(folder) / d)]
            for name in names:
                if name == ".git":
                    continue
                path = (Path(folder) / name).relative_to(self.root)
                if not suffixes or path.suffix in suffixes:
                    found.append(path)
        return sorted(found)

    def read(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="surrogateescape")

    def is_text(self, path):
        """A file is text if its first 8 KiB hold no zero octet."""
        with open(self.root / path, "rb") as file:
            return b"\0" not in file.read(8192)

    @staticmethod
    def _is_foreign(path):
        name = path.name
        return (
            name in (".git", "__pycache__", "build-peers")
            or (path / "meson-private").is_dir()
            or (path / "meson-info").is_dir()
        )


def plant(files):
    """A temporary directory object holding `files`, a dict of relative path to text."""
    folder = tempfile.TemporaryDirectory(prefix="visitor-lint-")
    for name, text in files.items():
        path = Path(folder.name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def prove(check, good, bad):
    """Returns the complaints about a check: every example of `bad` must be found, none of `good`.

    Both are dicts of an example's name to a dict of files.
    """
    complaints = []
    for name, files in good.items():
        with plant(files) as folder:
            complaints += [f"good example '{name}': {line}" for line in check(Tree(folder))]
    for name, files in bad.items():
        with plant(files) as folder:
            if not list(check(Tree(folder))):
                complaints.append(f"bad example '{name}' was not found")
    return complaints


def run(check, good, bad):
    """The main program of a check. Exit status 1 and a line per finding, else 0."""
    if sys.argv[1:] == ["--self-test"]:
        findings = prove(check, good, bad)
        done = f"{len(good)} good and {len(bad)} bad examples told apart"
    else:
        findings = list(check(Tree(ROOT)))
        done = "nothing found"
    for line in findings:
        print(line)
    if not findings:
        print(done)
    sys.exit(1 if findings else 0)
