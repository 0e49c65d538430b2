# SPDX-License-Identifier: GPL-2.0-or-later
"""The desktop's own programs for NetworkManager's connections, worked as a Window is: GNOME Settings (GTK 4) and
nm-connection-editor (GTK 3), with our editor inside."""

import gettext
import shutil

from process import PATIENCE
from programs import build
from window import Window

SETTINGS = "/usr/bin/gnome-control-center"
EDITOR = "/usr/bin/nm-connection-editor"
AT_ITS_ICON = 0.95  # of the way across a field
EDITOR_MODULES = ("libnm-gtk4-vpn-plugin-visitor-editor.so", "libnm-vpn-plugin-visitor-editor.so")


def why_no_settings(build):
    """Why neither can be tested here, or None."""
    for module in EDITOR_MODULES:
        if not (build / "app/nm" / module).exists():
            return f"needs {module}"
    for tool in (SETTINGS, EDITOR):
        if not shutil.which(tool):
            return f"needs {tool}"
    return None


class NetworkProgram(Window):
    """What both have in common."""

    main_window = None  # its name; None where each window stands for itself
    radio = None  # what a choice in a menu is

    def look(self, dark):
        scheme = {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark" if dark else "prefer-light"}
        return {"XDG_CURRENT_DESKTOP": "GNOME"} | scheme | ({"GTK_THEME": "Adwaita:dark"} if dark and not self.main_window else {})

    def _speak(self, language):
        """Their own words, too."""
        super()._speak(language)
        for domain, folder in (("NetworkManager-visitor", build() / "po/networkmanager"),
                               ("gnome-control-center-2.0", "/usr/share/locale")):  # fmt: skip
            self._words.add_fallback(gettext.translation(domain, folder, [language], fallback=True))

    def in_front(self, nodes):
        """What is open before its main window; the order in which GTK tells of them says nothing here."""
        windows = []
        for node in nodes:
            if node["depth"] == 0:
                windows.append([])
            windows[-1].append(node)
        before = [each for each in windows if each[0]["name"] != self.main_window]
        return (before or windows or [[]])[-1]

    def keep(self, field, arrow):
        """Chooses how a secret is kept, the one above or below, in the menu at the end of its field."""
        node = self.field(field)
        x, y = self.place(node["name"], node["role"], AT_ITS_ICON)
        self._xdotool("mousemove", str(x), str(y), "click", "1")
        self.shows("password", self.radio, "focused")
        self.key(arrow)  # which chooses it and closes the menu
        self.gone("password", self.radio, "focused")

    def choose(self, field, number):
        """Chooses the number-th below the first of what a field offers."""
        self.click(field, "combo box")
        self.key(*["Down"] * number, "Return")


class Settings(NetworkProgram):
    """GNOME Settings, its page about networks."""

    main_window = "Settings"
    radio = "check box"

    def __init__(self, session, **look):
        super().__init__(session, "network", program=SETTINGS, **look)

    def open(self, connection):
        """The editor of the one VPN that there is."""
        self.find(connection)
        called = self._words.gettext("Options…").rstrip("…")

        def options(nodes):
            return [node for node in nodes if node["role"] == "push button" and node["name"].startswith(called)]

        self._do("act", lambda: self._wait(options, "the options of a connection", PATIENCE)[0])
        self.click("Identity")
        self.field("Address of the gateway")

    def add(self):
        """A new VPN of our kind, typed by hand."""
        self.press("Add connection")
        self.click("Visitor")
        self.field("Address of the gateway")

    def unfold(self, section):
        """Opens or closes a section of our editor; GTK 4.8 lets nobody press it."""
        self.click(section, "label")


class ConnectionEditor(NetworkProgram):
    """nm-connection-editor."""

    radio = "radio button"

    def __init__(self, session, *options, **look):
        super().__init__(session, *options, program=EDITOR, **look)

    def unfold(self, section):
        """Opens or closes a section of our editor."""
        self.press(section)
