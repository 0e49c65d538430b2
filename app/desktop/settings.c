/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user's preferences, in GSettings. What belongs to one site alone is in the site. */
#include "config.h"

#include "desktop/settings.h"

/* The schema has to be installed; from a build folder GSETTINGS_SCHEMA_DIR says where its twin is. */
GSettings *
visitor_settings_new (void)
{
  return g_settings_new ("org.visitorvpn.Visitor");
}

/* Whether the site of that id is connected at login. */
gboolean
visitor_settings_connects_at_login (GSettings *settings, const char *site)
{
  g_auto (GStrv) sites = g_settings_get_strv (settings, VISITOR_SETTING_CONNECT_AT_LOGIN);
  return g_strv_contains ((const char *const *) sites, site);
}

void
visitor_settings_set_connects_at_login (GSettings *settings, const char *site, gboolean yes)
{
  g_auto (GStrv) before = g_settings_get_strv (settings, VISITOR_SETTING_CONNECT_AT_LOGIN);
  g_autoptr (GStrvBuilder) after = g_strv_builder_new ();
  for (gsize i = 0; before[i] != NULL; i++) {
    if (!g_str_equal (before[i], site))
      g_strv_builder_add (after, before[i]);
  }
  if (yes)
    g_strv_builder_add (after, site);
  g_auto (GStrv) sites = g_strv_builder_end (after);
  g_settings_set_strv (settings, VISITOR_SETTING_CONNECT_AT_LOGIN, (const char *const *) sites);
}
