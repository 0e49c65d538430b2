/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SiteOrder: in which order the user wants to see the sites; a file beside them, an id in each line.
 *
 * It is nothing but a wish: what it does not name is shown at the end, what it names and is not there
 * is passed over, and without the file nothing is lost. */
#include "client/site-order.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "site/file.h"

#define MAX_OCTETS (256 * 1024)

/* The ids, empty where there is no order or none that can be read. Transfer: full. */
char **
visitor_site_order_load (const char *directory)
{
  gsize len;
  g_autofree char *path = g_build_filename (directory, VISITOR_SITE_ORDER_FILE, NULL);
  g_autofree char *text = site_file_read (AT_FDCWD, path, O_NOFOLLOW, MAX_OCTETS, &len, NULL);
  return g_strsplit (text != NULL ? text : "", "\n", -1);
}

/* STORAGE if it cannot be written; then the order is the one before. */
gboolean
visitor_site_order_save (const char *directory, const char *const *ids, GError **error)
{
  g_autofree char *lines = g_strjoinv ("\n", (char **) ids);
  g_autofree char *text = g_strconcat (lines, "\n", NULL);
  int dir = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir < 0) {
    g_set_error (
        error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, "Cannot open the directory %s", directory);
    return FALSE;
  }
  gboolean ok = site_file_replace (dir, VISITOR_SITE_ORDER_FILE, text, strlen (text), error);
  close (dir);
  return ok;
}
