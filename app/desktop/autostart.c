/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start at login: one file in the user's autostart folder, where every desktop looks and shows it. */
#include "config.h"

#include "desktop/autostart.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "desktop/settings.h"

static const char entry[] = "[Desktop Entry]\n"
                            "Type=Application\n"
                            "Name=Visitor\n"
                            "Icon=org.visitorvpn.Visitor\n"
                            "Exec=visitor-gui --login\n"
                            "X-GNOME-UsesNotifications=true\n";

static char *
file_name (const char *config_dir)
{
  return g_build_filename (config_dir, "autostart", "org.visitorvpn.Visitor.desktop", NULL);
}

/* Whether the file is there, whoever has made it. config_dir is the user's, as g_get_user_config_dir (). */
gboolean
visitor_autostart_is_set (const char *config_dir)
{
  g_autofree char *name = file_name (config_dir);
  return g_file_test (name, G_FILE_TEST_EXISTS);
}

/* Makes or removes the file. One that is there already stays as it is: the user or a tool of the desktop
 * may have changed it. */
gboolean
visitor_autostart_set (const char *config_dir, gboolean wanted, GError **error)
{
  g_autofree char *name = file_name (config_dir);
  g_autofree char *folder = g_path_get_dirname (name);
  if (!wanted) {
    if (g_unlink (name) == 0 || errno == ENOENT)
      return TRUE;
  } else if (visitor_autostart_is_set (config_dir)) {
    return TRUE;
  } else if (g_mkdir_with_parents (folder, 0700) == 0) {
    g_autoptr (GError) local = NULL;
    if (g_file_set_contents (name, entry, -1, &local))
      return TRUE;
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, local->message);
    return FALSE;
  }
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, "%s: %s", name, g_strerror (errno));
  return FALSE;
}

/* Makes the file what the settings ask for: a start by itself, or sites to connect at login. */
gboolean
visitor_autostart_follow (GSettings *settings, const char *config_dir, GError **error)
{
  g_auto (GStrv) sites = g_settings_get_strv (settings, VISITOR_SETTING_CONNECT_AT_LOGIN);
  gboolean wanted =
      g_settings_get_boolean (settings, VISITOR_SETTING_START_AT_LOGIN) || sites[0] != NULL;
  return visitor_autostart_set (config_dir, wanted, error);
}
