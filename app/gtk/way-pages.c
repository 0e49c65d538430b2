/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WayPages: what a site says of the way to its gateway, a page each: how packets travel, through which proxy,
 * and where the gateway is. Each choice stands with what it means. */
#include "config.h"

#include "gtk/way-pages.h"

#include <glib/gi18n-lib.h>

#include "gtk/choice-group.h"

static const VisitorChoice transports[] = {
  { "tls", N_ ("Like a secure web page"),
      N_ ("Inside TLS. It gets through wherever web pages do.") },
  { "auto", N_ ("The quick way where it is open"),
      N_ ("UDP where the network lets it through, else inside TLS.") },
  { "udp", N_ ("UDP alone"), N_ ("As other IPsec clients. Many hotels and offices block it.") },
  { "tcp", N_ ("TCP without TLS"),
      N_ ("For gateways that offer no TLS. Web-only networks block it.") },
  { NULL },
};

static const VisitorChoice proxy_modes[] = {
  { "automatic", N_ ("As the desktop says"), N_ ("The proxy that your web pages go through.") },
  { "none", N_ ("None"), N_ ("Straight to the gateway, whatever the desktop says.") },
  { "manual", N_ ("This one"), N_ ("For this site alone.") },
  { NULL },
};

static const VisitorChoice entry_orders[] = {
  { "primary-backup", N_ ("The first, as long as it works"),
      N_ ("The others are tried in their order where it does not.") },
  { "first-to-respond", N_ ("The quickest"),
      N_ ("All are tried at once, the first answer counts.") },
  { "random", N_ ("Any of them"), N_ ("By chance, so that they share the load.") },
  { NULL },
};

static const char *const titles[VISITOR_N_WAYS] = {
  [VISITOR_WAY_TRANSPORT] = N_ ("Transport"),
  [VISITOR_WAY_PROXY] = N_ ("Proxy"),
  [VISITOR_WAY_ENTRY_POINTS] = N_ ("Entry points"),
};

static GtkWidget *
add_group (AdwPreferencesPage *page, const char *title, const char *description)
{
  GtkWidget *group =
      g_object_new (ADW_TYPE_PREFERENCES_GROUP, "title", title, "description", description, NULL);
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
  return group;
}

static void
add_field (GtkWidget *group, const char *title, const char *name, const char *key, GPtrArray *rows)
{
  VisitorFieldRow *row = visitor_field_row_new (title, name, key);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (row));
  g_ptr_array_add (rows, row);
}

static void
fill_proxy (AdwPreferencesPage *page, GPtrArray *rows, GPtrArray *files)
{
  GtkWidget *group = add_group (page, _ ("At the proxy"),
      _ ("Its password is asked for when it is needed. Your password for the gateway goes to no "
         "proxy."));
  add_field (group, _ ("Address of the proxy"), "proxy", "uri", rows);
  add_field (group, _ ("User at the proxy"), "proxy", "user", rows);
  GtkWidget *authority = GTK_WIDGET (visitor_file_row_new (
      _ ("Authority of the proxy's certificate"), "proxy", "ca", _ ("Those of this computer")));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), authority);
  g_ptr_array_add (files, authority);
}

static void
fill_entry_points (AdwPreferencesPage *page, VisitorSiteForm *form, GPtrArray *rows)
{
  GtkWidget *group = add_group (page, _ ("Without the name server"),
      _ ("For networks whose name server does not know the gateway. Otherwise leave it empty."));
  add_field (group, _ ("Fixed addresses"), "site", "addresses", rows);
  group = add_group (page, _ ("Out of this computer"),
      _ ("For a computer with several networks. Otherwise leave it empty."));
  add_field (group, _ ("Network interface"), "site", "interface", rows);
  add_field (group, _ ("Address of this computer"), "site", "source", rows);
}

static void
add_choices (AdwPreferencesPage *page, VisitorWay way, VisitorSiteForm *form,
    VisitorEditFunc edited, gpointer user_data)
{
  GtkWidget *group = NULL;
  switch (way) {
  case VISITOR_WAY_TRANSPORT:
    group =
        visitor_choice_group_new (NULL, form, "site", "transport", transports, edited, user_data);
    break;
  case VISITOR_WAY_PROXY:
    group = visitor_choice_group_new (NULL, form, "proxy", "mode", proxy_modes, edited, user_data);
    break;
  case VISITOR_WAY_ENTRY_POINTS:
    group = visitor_choice_group_new (
        _ ("Which one is used"), form, "site", "entry-order", entry_orders, edited, user_data);
    break;
  case VISITOR_N_WAYS: break;
  }
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
}

static GtkWidget *
header_of (VisitorWay way)
{
  GtkWidget *header = g_object_new (ADW_TYPE_HEADER_BAR, "show-start-title-buttons", FALSE,
      "show-end-title-buttons", FALSE, NULL);
  GtkWidget *back = gtk_button_new_from_icon_name ("go-previous-symbolic");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (back), "edit.back");
  gtk_widget_set_tooltip_text (back, _ ("Back to the site"));
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (back), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Back to the site"), -1);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), back);
  adw_header_bar_set_title_widget (
      ADW_HEADER_BAR (header), adw_window_title_new (visitor_way_title (way), NULL));
  return header;
}

/* A page with its own header, whose button is the action edit.back. Its VisitorFieldRows go to ret_rows,
 * its VisitorFileRows to ret_files, borrowed, and are still to be attached. form and user_data have to
 * outlive it. */
GtkWidget *
visitor_way_page_new (VisitorWay way, VisitorSiteForm *form, GPtrArray *ret_rows,
    GPtrArray *ret_files, VisitorEditFunc edited, gpointer user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  AdwPreferencesPage *page = g_object_new (ADW_TYPE_PREFERENCES_PAGE, "vexpand", TRUE, NULL);
  gtk_box_append (GTK_BOX (box), header_of (way));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (page));
  if (way == VISITOR_WAY_ENTRY_POINTS) {
    VisitorAddressList *list = visitor_address_list_new (form);
    g_signal_connect_swapped (list, "edited", G_CALLBACK (edited), user_data);
    g_object_set_data (G_OBJECT (box), "addresses", list);
    adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (list));
  }
  add_choices (page, way, form, edited, user_data);
  if (way == VISITOR_WAY_PROXY)
    fill_proxy (page, ret_rows, ret_files);
  if (way == VISITOR_WAY_ENTRY_POINTS)
    fill_entry_points (page, form, ret_rows);
  return box;
}

/* Translated. */
const char *
visitor_way_title (VisitorWay way)
{
  return _ (titles[way]);
}

static char *
title_of (const VisitorChoice *choices, VisitorSiteForm *form, const char *group, const char *key)
{
  g_autofree char *word = visitor_site_form_get (form, group, key);
  for (guint i = 0; choices[i].word != NULL; i++) {
    if (g_str_equal (choices[i].word, word))
      return g_strdup (_ (choices[i].title));
  }
  return g_strdup (*word == '\0' ? _ (choices[0].title) : word);
}

static char *
count_entry_points (VisitorSiteForm *form)
{
  g_autofree char *text = visitor_site_form_get (form, "site", "entry-points");
  g_auto (GStrv) items = g_strsplit_set (text, ";, \t\n", -1);
  guint n = 0;
  for (guint i = 0; items[i] != NULL; i++)
    n += *items[i] != '\0';
  if (n == 0)
    return g_strdup (_ ("The address above alone"));
  return g_strdup_printf (
      ngettext ("The address above and %u more", "The address above and %u more", n), n);
}

/* What a site says of it, in a few words. Transfer: full. */
char *
visitor_way_summary (VisitorWay way, VisitorSiteForm *form)
{
  g_autofree char *mode = visitor_site_form_get (form, "proxy", "mode");
  g_autofree char *uri = visitor_site_form_get (form, "proxy", "uri");
  switch (way) {
  case VISITOR_WAY_TRANSPORT: return title_of (transports, form, "site", "transport");
  case VISITOR_WAY_PROXY:
    if (g_str_equal (mode, "manual") && *uri != '\0')
      return g_steal_pointer (&uri);
    return title_of (proxy_modes, form, "proxy", "mode");
  case VISITOR_WAY_ENTRY_POINTS: return count_entry_points (form);
  case VISITOR_N_WAYS: break;
  }
  return NULL;
}
