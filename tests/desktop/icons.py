#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails on an icon that a desktop would not draw, or would draw badly.

usage: icons.py FILE.svg... Each is rendered from 16 to 512 pixels: it must be square, leave its corners
clear, and show something. A symbolic icon has one colour, so that a theme can give it its own.
"""

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

SIZES = (16, 24, 32, 48, 64, 128, 256, 512)


def pixels(path, size):
    """The alpha values of the rendered icon, row by row."""
    png = subprocess.run(
        ["rsvg-convert", "-w", str(size), "-h", str(size), path], capture_output=True, check=True
    ).stdout
    rgba = subprocess.run(
        ["convert", "png:-", "-depth", "8", "rgba:-"], input=png, capture_output=True, check=True
    ).stdout
    return rgba[3::4]


def check(path):
    root = xml.etree.ElementTree.parse(path).getroot()
    if root.get("width") != root.get("height"):
        yield "is not square"
    for size in SIZES:
        alpha = pixels(path, size)
        if len(alpha) != size * size:
            yield f"is {len(alpha)} pixels at {size}"
        elif max(alpha[:1] + alpha[-1:] + alpha[size - 1 : size]) > 64:
            yield f"fills a corner at {size}"
        elif sum(a > 128 for a in alpha) < size * size / 5:
            yield f"is hardly there at {size}"
    colours = set(re.findall(r"#[0-9a-f]{3,6}\b", Path(path).read_text(encoding="utf-8")))
    if path.endswith("-symbolic.svg") and len(colours) != 1:
        yield f"is symbolic and has the colours {sorted(colours)}"


def main(paths):
    if not shutil.which("rsvg-convert") or not shutil.which("convert"):
        print("rsvg-convert or convert is missing")
        return 77
    findings = [f"{path}: {line}" for path in paths for line in check(path)]
    print("\n".join(findings) or f"{len(paths)} icons at {len(SIZES)} sizes")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
