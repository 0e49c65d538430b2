/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor-gui: the window. Makes the application and runs it. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

#include "gtk/application.h"

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name ("Visitor");
  g_autoptr (VisitorApplication) application = visitor_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
