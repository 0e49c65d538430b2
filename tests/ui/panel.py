# SPDX-License-Identifier: GPL-2.0-or-later
"""A template of python-dbusmock: a desktop's panel that has a place for icons (StatusNotifierWatcher).

It takes every icon that is registered; the log says which.
"""

BUS_NAME = "org.kde.StatusNotifierWatcher"
MAIN_OBJ = "/StatusNotifierWatcher"
MAIN_IFACE = "org.kde.StatusNotifierWatcher"
SYSTEM_BUS = False


def load(mock, parameters):
    mock.AddMethod(MAIN_IFACE, "RegisterStatusNotifierItem", "s", "", "")
    mock.AddProperty(MAIN_IFACE, "IsStatusNotifierHostRegistered", parameters.get("host", True))
