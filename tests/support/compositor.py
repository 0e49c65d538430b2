#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The least that GTK wants of a window manager and a compositor, and pictures of what they show.

A process on the X server that it draws nothing on. GTK gives a window round corners and a shadow only
where both are claimed; each window then has pixels of its own, with transparency, and this puts them
together. One command a line on standard input, one line as answer:

    arrange          windows in the middle of the first one, the first near the corner
    resize W H       the first window, without its shadow
    fit              the others to the size of the first, where they are larger and can be smaller
    picture PATH     what is there, as raw RGBA at PATH; answers WIDTH HEIGHT
"""

import ctypes
import sys

CARDINAL_ATOM, ATOM_ATOM, WINDOW_ATOM = 6, 4, 33
VIEWABLE, Z_PIXMAP, ALL_PLANES = 2, 2, 0xFFFFFFFF
HAS_LEAST, LEAST_WIDTH = 16, 6  # of XSizeHints: a flag, and which of its ints
CORNER = 40
ulong, pointer, c_int = ctypes.c_ulong, ctypes.c_void_p, ctypes.c_int


class Image(ctypes.Structure):
    """The beginning of XImage."""

    _fields_ = [(name, c_int) for name in ("width", "height", "offset", "format")]
    _fields_ += [("data", pointer)]
    _fields_ += [(name, c_int) for name in ("byte_order", "unit", "bit_order", "pad", "depth", "line", "bits")]


class Attributes(ctypes.Structure):
    """XWindowAttributes."""

    _fields_ = [(name, c_int) for name in ("x", "y", "width", "height", "border", "depth")]
    _fields_ += [("visual", pointer), ("root", ulong)]
    _fields_ += [(name, c_int) for name in ("kind", "bit_gravity", "win_gravity", "backing_store")]
    _fields_ += [("planes", ulong), ("pixel", ulong), ("save_under", c_int), ("colormap", ulong)]
    _fields_ += [("map_installed", c_int), ("map_state", c_int)]
    _fields_ += [(name, ctypes.c_long) for name in ("all_events", "your_events", "no_propagate")]
    _fields_ += [("override", c_int), ("screen", pointer)]


class Screen:
    def __init__(self):
        self.x = ctypes.CDLL("libX11.so.6")
        for name, result, arguments in (
            ("XOpenDisplay", pointer, [ctypes.c_char_p]),
            ("XDefaultRootWindow", ulong, [pointer]),
            ("XInternAtom", ulong, [pointer, ctypes.c_char_p, c_int]),
            ("XCreateSimpleWindow", ulong, [pointer, ulong] + [c_int] * 2 + [ctypes.c_uint] * 3 + [ulong] * 2),
            ("XSetSelectionOwner", c_int, [pointer, ulong, ulong, ulong]),
            ("XChangeProperty", c_int, [pointer, ulong, ulong, ulong, c_int, c_int, pointer, c_int]),
            ("XResizeWindow", c_int, [pointer, ulong, ctypes.c_uint, ctypes.c_uint]),
            ("XGetWindowProperty", c_int, [pointer, ulong, ulong, ctypes.c_long, ctypes.c_long, c_int, ulong]
             + [pointer] * 5),
            ("XGetWMNormalHints", c_int, [pointer, ulong, pointer, pointer]),
            ("XSync", c_int, [pointer, c_int]),
            ("XMoveWindow", c_int, [pointer, ulong, c_int, c_int]),
            ("XGetWindowAttributes", c_int, [pointer, ulong, pointer]),
            ("XQueryTree", c_int, [pointer, ulong] + [pointer] * 4),
            ("XGetImage", ctypes.POINTER(Image), [pointer, ulong, c_int, c_int, ctypes.c_uint, ctypes.c_uint,
                                                   ulong, c_int]),
        ):  # fmt: skip
            function = getattr(self.x, name)
            function.restype, function.argtypes = result, arguments
        self.display = self.x.XOpenDisplay(None)
        if not self.display:
            sys.exit("no X server")
        self.root = self.x.XDefaultRootWindow(self.display)
        self._claim()

    def _atom(self, name):
        return self.x.XInternAtom(self.display, name, 0)

    def _claim(self):
        own = self.x.XCreateSimpleWindow(self.display, self.root, 0, 0, 1, 1, 0, 0, 0)
        self.x.XSetSelectionOwner(self.display, self._atom(b"_NET_WM_CM_S0"), own, 0)
        for window in (self.root, own):
            self._set(window, b"_NET_SUPPORTING_WM_CHECK", WINDOW_ATOM, own)
        self._set(self.root, b"_NET_SUPPORTED", ATOM_ATOM, self._atom(b"_GTK_FRAME_EXTENTS"))
        self.x.XSync(self.display, 0)

    def _set(self, window, name, kind, value):
        values = (ulong * 1)(value)
        self.x.XChangeProperty(self.display, window, self._atom(name), kind, 32, 0, values, 1)

    def windows(self):
        """What is shown, the lowest first: pairs of a window and its attributes."""
        root, parent, children, count = ulong(), ulong(), ctypes.POINTER(ulong)(), ctypes.c_uint()
        self.x.XQueryTree(self.display, self.root, ctypes.byref(root), ctypes.byref(parent),
                          ctypes.byref(children), ctypes.byref(count))  # fmt: skip
        found = []
        for window in children[: count.value]:
            attributes = Attributes()
            self.x.XGetWindowAttributes(self.display, window, ctypes.byref(attributes))
            if attributes.map_state == VIEWABLE and attributes.width > 10:
                found.append((window, attributes))
        return found

    def managed(self):
        """The first window, and all others that a window manager would place."""
        managed = [each for each in self.windows() if not each[1].override]
        # ids of resources grow: the program's first window has the lowest
        return sorted(managed, key=lambda each: each[0])

    def _shadow(self, window):
        """How wide the shadow is: left, right, top, bottom."""
        kind, bits, count, left = ulong(), c_int(), ulong(), ulong()
        data = ctypes.POINTER(ulong)()
        self.x.XGetWindowProperty(self.display, window, self._atom(b"_GTK_FRAME_EXTENTS"), 0, 4, 0,
                                  CARDINAL_ATOM, *(ctypes.byref(each) for each in (kind, bits, count, left, data)))  # fmt: skip
        return [data[each] for each in range(4)] if count.value == 4 else [0] * 4

    def resize(self, width, height):
        window, _ = self.managed()[0]
        left, right, top, bottom = self._shadow(window)
        self.x.XResizeWindow(self.display, window, width + left + right, height + top + bottom)
        self.x.XSync(self.display, 0)

    def _least(self, window):
        """The smallest size of all of it."""
        hints, supplied = (ctypes.c_long * 20)(), ctypes.c_long()
        self.x.XGetWMNormalHints(self.display, window, hints, ctypes.byref(supplied))
        has_least = hints[0] & HAS_LEAST
        words = ctypes.cast(hints, ctypes.POINTER(c_int))
        return (words[LEAST_WIDTH], words[LEAST_WIDTH + 1]) if has_least else (1, 1)

    def fit(self):
        first, *others = self.managed()
        sides = self._shadow(first[0])
        room = [first[1].width - sides[0] - sides[1], first[1].height - sides[2] - sides[3]]
        for window, at in others:
            left, right, top, bottom = self._shadow(window)
            least = self._least(window)
            width = max(min(at.width, room[0] + left + right), least[0])
            height = max(min(at.height, room[1] + top + bottom), least[1])
            self.x.XResizeWindow(self.display, window, width, height)
        self.x.XSync(self.display, 0)

    def arrange(self):
        managed = self.managed()
        if not managed:
            return
        first = managed[0][1]
        for window, at in managed:
            x = CORNER if at is first else CORNER + max(0, (first.width - at.width) // 2)
            y = CORNER if at is first else CORNER + max(0, (first.height - at.height) // 2)
            self.x.XMoveWindow(self.display, window, x, y)
        self.x.XSync(self.display, 0)

    def pixels(self, window, at):
        """Rows of premultiplied BGRA."""
        image = self.x.XGetImage(self.display, window, 0, 0, at.width, at.height, ALL_PLANES, Z_PIXMAP)[0]
        octets = ctypes.string_at(image.data, image.line * image.height)
        if image.depth != 32:
            octets = bytearray(octets)
            octets[3::4] = b"\xff" * (len(octets) // 4)
        return [octets[row * image.line : row * image.line + 4 * image.width] for row in range(image.height)]


def over(canvas, width, layer, left, top):
    """Lays rows of premultiplied BGRA over a canvas of the same."""
    for y, row in enumerate(layer, top):
        base = 4 * (y * width + left)
        alphas = row[3::4]
        if alphas.count(255) == len(alphas):
            canvas[base : base + len(row)] = row
            continue
        for x, alpha in enumerate(alphas):
            at = base + 4 * x
            if alpha == 255:
                canvas[at : at + 4] = row[4 * x : 4 * x + 4]
            elif alpha:
                for each in range(4):
                    under = canvas[at + each] * (255 - alpha) // 255
                    canvas[at + each] = min(255, row[4 * x + each] + under)


def straight(canvas):
    """RGBA of premultiplied BGRA."""
    result = bytearray(canvas)
    result[0::4], result[2::4] = canvas[2::4], canvas[0::4]
    for at, alpha in enumerate(canvas[3::4]):
        if 0 < alpha < 255:
            for each in range(3):
                result[4 * at + each] = min(255, result[4 * at + each] * 255 // alpha)
    return bytes(result)


def take(screen, path):
    shown = screen.windows()
    if not shown:
        return "0 0"
    left = min(at.x for _, at in shown)
    top = min(at.y for _, at in shown)
    width = max(at.x + at.width for _, at in shown) - left
    height = max(at.y + at.height for _, at in shown) - top
    canvas = bytearray(4 * width * height)
    for window, at in shown:
        over(canvas, width, screen.pixels(window, at), at.x - left, at.y - top)
    with open(path, "wb") as file:
        file.write(straight(canvas))
    return f"{width} {height}"


def main():
    screen = Screen()
    print("ready", flush=True)
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        if command == "arrange":
            screen.arrange()
            print("done", flush=True)
        elif command == "resize":
            screen.resize(*(int(word) for word in argument.split()))
            print("done", flush=True)
        elif command == "fit":
            screen.fit()
            print("done", flush=True)
        elif command == "picture":
            print(take(screen, argument), flush=True)


main()
