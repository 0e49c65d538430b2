/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gtk/gtk.h>

void visitor_lazy_menu_attach (GtkMenuButton *button, GMenuModel *model);
