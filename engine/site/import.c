/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A site.conf that comes from somewhere else, with the files that it names, and one that goes somewhere else. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "site/file.h"
#include "site/store.h"

#define IMPORT_MAX (1024 * 1024)
#define NEW_KEY "new.key" /* until the site has an id */

typedef struct {
  char *directory;
  GStrvBuilder *copied;
  char *key_file; /* owned; set where the key is to stay where it is */
  gboolean in_place;
  Secret *key; /* owned */
} Import;

/* SiteReadFileFunc: a file beside the site.conf; certificates in PEM or DER, a key in any form. */
static char *
take_named_file (SiteFileKind kind, const char *name, void *user_data, GError **error)
{
  Import *import = user_data;
  g_autofree char *path = g_canonicalize_filename (name, import->directory);
  if (kind == SITE_FILE_KEY && import->in_place) {
    g_free (import->key_file);
    import->key_file = g_steal_pointer (&path);
    return g_strdup (NEW_KEY);
  }
  if (kind == SITE_FILE_KEY) {
    g_clear_pointer (&import->key, secret_unref);
    import->key = site_file_read_key (AT_FDCWD, path, 0, error);
    return import->key != NULL ? g_strdup (NEW_KEY) : NULL;
  }
  char *pem = site_file_read_certificates (AT_FDCWD, path, error);
  if (pem != NULL)
    g_strv_builder_add (import->copied, path);
  return pem;
}

static Site *
import_file (const char *path, Import *import, GError **error)
{
  gsize len;
  g_autofree char *text = site_file_read (AT_FDCWD, path, 0, IMPORT_MAX, &len, error);
  if (text == NULL)
    return NULL;
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *directory = g_path_get_dirname (absolute);
  import->directory = directory;
  return site_parse (text, (gssize) len, take_named_file, import, error);
}

/* Reads a site.conf that came from somewhere else. Certificate files that it names, relative to
 * itself, are copied into the site; their paths go to *ret_copied. What stands in the key file that it
 * names, if any, goes to *ret_key, for site_store_add (). Transfer: full. */
Site *
site_import_file (const char *path, char ***ret_copied, Secret **ret_key, GError **error)
{
  g_autoptr (GStrvBuilder) copied = g_strv_builder_new ();
  Import import = { .copied = copied };
  Site *site = import_file (path, &import, error);
  if (site == NULL) {
    g_clear_pointer (&import.key, secret_unref);
    return NULL;
  }
  *ret_copied = g_strv_builder_end (copied);
  *ret_key = import.key;
  return site;
}

/* As above, for who keeps the site and not the key: that stays in its file, which is not opened. Its
 * whole path goes to *ret_key_file, which is else NULL. Transfer: full. */
Site *
site_import_in_place (const char *path, char **ret_key_file, GError **error)
{
  g_autoptr (GStrvBuilder) copied = g_strv_builder_new ();
  Import import = { .copied = copied, .in_place = TRUE };
  Site *site = import_file (path, &import, error);
  if (site == NULL)
    g_clear_pointer (&import.key_file, g_free);
  *ret_key_file = import.key_file;
  return site;
}

static gboolean
refuse_existing (int dir, const char *name, const char *path, GError **error)
{
  if (faccessat (dir, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
    return TRUE;
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_EXISTS, "%s exists already", path);
  return FALSE;
}

/* Writes the site.conf of a site to a file of the user's choice; one that exists only with replace.
 * SITE_EXISTS or STORAGE. */
gboolean
site_export_file (const Site *site, const char *path, gboolean replace, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *text = site_to_text (site);
  int dir = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir < 0) {
    int saved = errno;
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, "Cannot open the directory %s: %s",
        directory, g_strerror (saved));
    return FALSE;
  }
  gboolean ok = (replace || refuse_existing (dir, name, path, error)) &&
      site_file_replace (dir, name, text, strlen (text), error);
  close (dir);
  return ok;
}
