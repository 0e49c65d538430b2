/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LazyMenu: the menu of a button, whose widgets are made when it is opened for the first time and not with the
 * window, which is there the sooner. */
#include "gtk/lazy-menu.h"

static void
fill (GtkMenuButton *button, gpointer model)
{
  if (gtk_menu_button_get_menu_model (button) == NULL)
    gtk_menu_button_set_menu_model (button, model);
}

/* Instead of the property menu-model. */
void
visitor_lazy_menu_attach (GtkMenuButton *button, GMenuModel *model)
{
  gtk_menu_button_set_create_popup_func (button, fill, g_object_ref (model), g_object_unref);
}
