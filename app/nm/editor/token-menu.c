/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EditorTokenMenu: a button with the certificates on the tokens that are plugged in, so that nobody has to write
 * a PKCS#11 URI. It shows itself once there are some. Compiled once for GTK 3 and once for GTK 4. */
#include "nm/editor/token-menu.h"

#include "client/token-list.h"
#include "nm/editor/toolkit.h"
#include "nm/words.h"

#define ACTIONS "token"
#define CHOOSE "choose"

struct _EditorTokenMenu {
  GtkWidget *button; /* owned reference */
  GCancellable *cancellable; /* of the search; NULL: nobody has looked yet */
  EditorTokenFunc chosen;
  gpointer user_data;
};

static void
on_chosen (GSimpleAction *action, GVariant *uri, gpointer user_data)
{
  EditorTokenMenu *menu = user_data;
  menu->chosen (g_variant_get_string (uri, NULL), menu->user_data);
}

static void
append (GMenu *list, const VisitorTokenKey *key)
{
  /* Translators: a certificate, and the token it is on */
  g_autofree char *label = g_strdup_printf (_ ("%s on %s"), key->label, key->token);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);
  g_menu_item_set_action_and_target (item, ACTIONS "." CHOOSE, "s", key->uri);
  g_menu_append_item (list, item);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) keys = visitor_token_list_finish (result, &error);
  if (keys == NULL) /* cancelled: the menu is gone */
    return;
  EditorTokenMenu *menu = user_data;
  g_autoptr (GMenu) list = g_menu_new ();
  for (guint i = 0; i < keys->len; i++)
    append (list, keys->pdata[i]);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (menu->button), G_MENU_MODEL (list));
  toolkit_set_shown (menu->button, keys->len > 0);
}

/* chosen is told the URI of a key. Transfer: full. */
EditorTokenMenu *
editor_token_menu_new (EditorTokenFunc chosen, gpointer user_data)
{
  EditorTokenMenu *menu = g_new0 (EditorTokenMenu, 1);
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) choose = g_simple_action_new (CHOOSE, G_VARIANT_TYPE_STRING);
  menu->chosen = chosen;
  menu->user_data = user_data;
  menu->button = g_object_ref_sink (toolkit_menu_button ("auth-smartcard-symbolic"));
  g_signal_connect (choose, "activate", G_CALLBACK (on_chosen), menu);
  g_action_map_add_action (G_ACTION_MAP (actions), G_ACTION (choose));
  gtk_widget_insert_action_group (menu->button, ACTIONS, G_ACTION_GROUP (actions));
  gtk_widget_set_tooltip_text (menu->button, _ ("Choose a key on a token"));
  return menu;
}

/* NULL is allowed. The button may live on without it. */
void
editor_token_menu_free (EditorTokenMenu *menu)
{
  if (menu == NULL)
    return;
  g_cancellable_cancel (menu->cancellable);
  g_clear_object (&menu->cancellable);
  gtk_widget_insert_action_group (menu->button, ACTIONS, NULL);
  g_object_unref (menu->button);
  g_free (menu);
}

/* Borrowed. */
GtkWidget *
editor_token_menu_get_button (EditorTokenMenu *menu)
{
  return menu->button;
}

/* Looks for tokens, once: a reader may be slow, and most people have none. */
void
editor_token_menu_look (EditorTokenMenu *menu)
{
  if (menu->cancellable != NULL)
    return;
  menu->cancellable = g_cancellable_new ();
  toolkit_set_shown (menu->button, FALSE);
  visitor_token_list_async (menu->cancellable, on_listed, menu);
}
