#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sees and works a program's windows as assistive technology does (AT-SPI).

A process of its own, beside the program: it must be the same user on the same session bus, and
needs Debian's python3-gi, whichever python the tests run in. One request a line on standard input,
one answer a line, both JSON:

    {"do": "tree", "pid": N}             -> {"nodes": [...]}, in reading order, each below its parent
    {"do": "act", "node": ID}            -> presses it
    {"do": "write", "node": ID, "text": T}
    {"do": "extents", "node": ID}        -> {"box": [x, y, width, height]}, in its window

GTK 4.8 makes a node known only when somebody has asked its parent for children; then one call of the
cache tells the names and states of all. So a tree costs two calls for each depth, not four for each
node. GTK 3 has no such cache, and costs that.
"""

import json
import sys

from gi.repository import Gio, GLib

ACCESSIBLE = "org.a11y.atspi.Accessible"
ROOT = "/org/a11y/atspi/accessible/root"
CACHE = "/org/a11y/atspi/cache"
LIMIT = 20000  # milliseconds for one call; a busy machine is slow, not wrong

ROLES = {
    2: "alert", 7: "check box", 11: "combo box", 16: "dialog", 20: "filler", 23: "frame", 27: "image", 28: "label",
    29: "label", 31: "list", 32: "list item", 33: "menu", 35: "menu item", 39: "panel", 40: "password text",
    42: "progress bar", 43: "push button", 44: "radio button", 48: "scroll bar", 49: "scroll pane", 50: "separator",
    54: "status", 61: "text", 62: "toggle button", 63: "tool bar", 69: "window", 75: "application", 79: "entry",
    83: "heading", 85: "section", 98: "grouping", 128: "level bar",
}  # fmt: skip
STATES = {1: "active", 4: "checked", 7: "editable", 8: "enabled", 10: "expanded", 11: "focusable",
          12: "focused", 20: "pressed", 23: "selected", 24: "sensitive", 25: "showing", 30: "visible",
          36: "invalid"}  # fmt: skip


class Bus:
    """The accessibility bus."""

    def __init__(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None,
                                    None, Gio.DBusCallFlags.NONE, LIMIT, None).unpack()[0]  # fmt: skip
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
                 | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)  # fmt: skip
        self._bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)

    def call(self, name, path, method, arguments=None):
        """Calls "interface.Method"; what it answers, as a tuple."""
        interface, _, member = method.rpartition(".")
        return self._bus.call_sync(name, path, interface, member, arguments, None,
                                   Gio.DBusCallFlags.NONE, LIMIT, None).unpack()  # fmt: skip

    def call_all(self, calls):
        """Many calls of (name, path, method, arguments) at once; their answers, None for an error."""
        answers = [None] * len(calls)
        left = [len(calls)]

        def done(bus, result, index):
            left[0] -= 1
            try:
                answers[index] = bus.call_finish(result).unpack()
            except GLib.Error:
                answers[index] = None

        for index, (name, path, method, arguments) in enumerate(calls):
            interface, _, member = method.rpartition(".")
            self._bus.call(name, path, interface, member, arguments, None, Gio.DBusCallFlags.NONE,
                           LIMIT, None, done, index)  # fmt: skip
        while left[0]:
            GLib.MainContext.default().iteration(True)
        return answers


class Program:
    """One program's windows."""

    def __init__(self, bus, pid):
        self.bus = bus
        self.name = self._find(pid)

    def _find(self, pid):
        """The program's name on the bus, or None while it has no window."""
        (programs,) = self.bus.call("org.a11y.atspi.Registry", ROOT, f"{ACCESSIBLE}.GetChildren")
        for name, _ in programs:
            owner = GLib.Variant("(s)", (name,))
            (found,) = self.bus.call("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                     "org.freedesktop.DBus.GetConnectionUnixProcessID", owner)  # fmt: skip
            if found == pid:
                return name
        return None

    def _children(self):
        """The paths of each node's children, by its path; this makes GTK tell about them."""
        known, frontier = {}, [ROOT]
        while frontier:
            calls = [(self.name, path, f"{ACCESSIBLE}.GetChildren", None) for path in frontier]
            answers = self.bus.call_all(calls)
            following = []
            for path, answer in zip(frontier, answers):
                known[path] = [child for name, child in (answer[0] if answer else []) if name == self.name]
                following += [child for child in known[path] if child not in known]
            frontier = following
        return known

    def _facts(self, paths):
        """What is known of each node, as the cache has it; GTK 3 has no cache, and is asked for each."""
        try:
            (items,) = self.bus.call(self.name, CACHE, "org.a11y.atspi.Cache.GetItems")
        except GLib.Error as error:
            if not error.matches(Gio.dbus_error_quark(), Gio.DBusError.UNKNOWN_METHOD):
                raise
            return self._ask_each(paths)
        return {item[0][1]: item for item in items}

    def _ask_each(self, paths):
        name, about = (GLib.Variant("(ss)", (ACCESSIBLE, each)) for each in ("Name", "Description"))
        questions = [(f"{ACCESSIBLE}.GetInterfaces", None), ("org.freedesktop.DBus.Properties.Get", name),
                     (f"{ACCESSIBLE}.GetRole", None), ("org.freedesktop.DBus.Properties.Get", about),
                     (f"{ACCESSIBLE}.GetState", None)]  # fmt: skip
        calls = [(self.name, path, method, words) for path in paths for method, words in questions]
        answers, facts = self.bus.call_all(calls), {}
        for index, path in enumerate(paths):
            said = answers[index * len(questions) : (index + 1) * len(questions)]
            if None not in said:  # else it is gone
                facts[path] = ((self.name, path), None, None, None, None, *(each[0] for each in said))
        return facts

    def tree(self):
        children = self._children()
        facts = self._facts([path for path in children if path != ROOT])
        nodes = []

        def visit(path, depth, parent):
            for child in children.get(path, []):
                if child in facts:
                    nodes.append(self._node(facts[child], depth, parent))
                    visit(child, depth + 1, child)

        visit(ROOT, 0, None)
        self._read_texts(nodes)
        return nodes

    @staticmethod
    def _node(item, depth, parent):
        low, high = item[9]
        bits = low | high << 32
        return {
            "id": item[0][1],
            "parent": parent,
            "depth": depth,
            "role": ROLES.get(item[7], str(item[7])),
            "name": item[6],
            "description": item[8],
            "states": [name for bit, name in STATES.items() if bits >> bit & 1],
            "can": [each.rpartition(".")[2] for each in item[5]],
            "text": None,
        }

    def _read_texts(self, nodes):
        """What stands in each field."""
        fields = [node for node in nodes if "EditableText" in node["can"]]
        whole = GLib.Variant("(ii)", (0, 1 << 20))
        calls = [(self.name, node["id"], "org.a11y.atspi.Text.GetText", whole) for node in fields]
        for node, answer in zip(fields, self.bus.call_all(calls)):
            node["text"] = answer[0] if answer else ""

    def on(self, node, method, arguments=None):
        return self.bus.call(self.name, node, f"org.a11y.atspi.{method}", arguments)


def answer(bus, programs, request):
    pid = request["pid"]
    program = programs.get(pid)
    if program is None:
        program = Program(bus, pid)
        if program.name is None:
            return {"nodes": []} if request["do"] == "tree" else {"error": "no window"}
        programs[pid] = program
    node = request.get("node")
    if request["do"] == "tree":
        return {"nodes": program.tree()}
    if request["do"] == "act":
        return {"done": program.on(node, "Action.DoAction", GLib.Variant("(i)", (0,)))[0]}
    if request["do"] == "write":
        text = GLib.Variant("(s)", (request["text"],))
        return {"done": program.on(node, "EditableText.SetTextContents", text)[0]}
    if request["do"] == "extents":
        box = program.on(node, "Component.GetExtents", GLib.Variant("(u)", (1,)))
        return {"box": box[0] if len(box) == 1 else list(box)}
    return {"error": f"no such request: {request['do']}"}


def main():
    bus, programs = Bus(), {}
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            said = answer(bus, programs, request)
        except GLib.Error as error:
            programs.pop(request.get("pid"), None)
            said = {"error": error.message}
        print(json.dumps(said), flush=True)


main()
