/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SiteStore: the sites of one user, one file ID.conf each in a directory that only the user can read.
 *
 * Saving keeps the text before in ID.conf~. A file that is no site.conf any more is renamed to
 * ID.conf.corrupt-N and told, never deleted; the one before takes its place where there is one. A file
 * that is one but holds something this version cannot take (a slip, or a newer version's word) stays
 * where it is. Every other site loads. Not thread-safe; several processes may use one directory.
 * What comes from elsewhere, or goes there, is in import.c. */
#include "site/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "site/file.h"
#include "site/scan.h"

#define ID_MAX_LEN 64
#define SLUG_MAX_LEN 40
#define BACKUP_MAX (1024 * 1024)
#define SUFFIX ".conf"
#define KEY_SUFFIX ".key"

struct _SiteStore {
  int dir;
  char *path;
};

/* NULL is allowed. */
void
site_entry_free (SiteEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->id);
  site_free (entry->site);
  g_clear_error (&entry->problem);
  g_free (entry);
}

/* True for a name that can be an ID: letters, digits, '.', '_', '-', no '.' or '-' at its start. */
gboolean
site_id_is_valid (const char *id)
{
  if (id[0] == '\0' || id[0] == '.' || id[0] == '-' || strlen (id) > ID_MAX_LEN)
    return FALSE;
  for (const char *p = id; *p != '\0'; p++) {
    if (!g_ascii_isalnum (*p) && strchr ("._-", *p) == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_id (const char *id, GError **error)
{
  if (site_id_is_valid (id))
    return TRUE;
  g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_NOT_FOUND,
      "A site's short name has letters, digits, dots, hyphens and underscores only");
  return FALSE;
}

/* Where a user's sites are: $XDG_CONFIG_HOME/visitor/sites. Transfer: full. */
char *
site_store_default_directory (void)
{
  return g_build_filename (g_get_user_config_dir (), "visitor", "sites", NULL);
}

static gboolean
fail (GError **error, const char *what, const char *path)
{
  int saved = errno;
  g_set_error (
      error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, "%s %s: %s", what, path, g_strerror (saved));
  return FALSE;
}

/* Opens the sites in directory (NULL: the default one), which is made, mode 0700, where it does not
 * exist. STORAGE if that cannot be done. Transfer: full. */
SiteStore *
site_store_open (const char *directory, GError **error)
{
  g_autoptr (SiteStore) store = g_new0 (SiteStore, 1);
  store->dir = -1;
  store->path = directory != NULL ? g_strdup (directory) : site_store_default_directory ();
  if (g_mkdir_with_parents (store->path, 0700) != 0) {
    fail (error, "Cannot make the directory", store->path);
    return NULL;
  }
  store->dir = open (store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct stat st;
  if (store->dir < 0 || fstat (store->dir, &st) != 0) {
    fail (error, "Cannot open the directory", store->path);
    return NULL;
  }
  if ((st.st_mode & 077) != 0)
    (void) fchmod (store->dir, 0700);
  return g_steal_pointer (&store);
}

/* NULL is allowed. */
void
site_store_free (SiteStore *store)
{
  if (store == NULL)
    return;
  if (store->dir >= 0)
    close (store->dir);
  g_free (store->path);
  g_free (store);
}

/* The directory, borrowed. */
const char *
site_store_get_path (const SiteStore *store)
{
  return store->path;
}

static char *
read_text (SiteStore *store, const char *name, gsize *ret_len, GError **error)
{
  return site_file_read (store->dir, name, O_NOFOLLOW, SITE_TEXT_MAX, ret_len, error);
}

static Site *
read_site (SiteStore *store, const char *name, gboolean *ret_damaged, GError **error)
{
  gsize len;
  *ret_damaged = FALSE;
  g_autofree char *text = read_text (store, name, &len, error);
  if (text == NULL)
    return NULL;
  Site *site = site_parse (text, (gssize) len, NULL, NULL, error);
  if (site == NULL)
    *ret_damaged = !site_scan_is_conf (text, len);
  return site;
}

/* The text before takes the place of one that was damaged, if it is any better. */
static Site *
recover (SiteStore *store, const char *name)
{
  gsize len;
  g_autofree char *backup = g_strconcat (name, "~", NULL);
  g_autofree char *text = read_text (store, backup, &len, NULL);
  if (text == NULL)
    return NULL;
  g_autoptr (Site) site = site_parse (text, (gssize) len, NULL, NULL, NULL);
  if (site == NULL || !site_file_replace (store->dir, name, text, len, NULL))
    return NULL;
  return g_steal_pointer (&site);
}

static void
set_damaged_aside (SiteStore *store, const char *name, SiteEntry *entry)
{
  g_autoptr (GError) why = NULL;
  g_autofree char *aside = site_file_set_aside (store->dir, name, &why);
  if (aside == NULL) {
    g_prefix_error (&entry->problem, "%s is damaged (%s): ", name, why->message);
    return;
  }
  entry->site = recover (store, name);
  g_prefix_error (&entry->problem, "%s was damaged and is kept as %s/%s%s: ", name, store->path,
      aside, entry->site != NULL ? ", the text before it is used again" : "");
}

/* One site. The entry has no site where the file is missing (SITE_NOT_FOUND), cannot be read (STORAGE)
 * or makes no sense (SITE_INVALID). Transfer: full. */
SiteEntry *
site_store_load (SiteStore *store, const char *id)
{
  SiteEntry *entry = g_new0 (SiteEntry, 1);
  entry->id = g_strdup (id);
  if (!check_id (id, &entry->problem))
    return entry;
  g_autofree char *name = g_strconcat (id, SUFFIX, NULL);
  gboolean damaged;
  entry->site = read_site (store, name, &damaged, &entry->problem);
  if (damaged)
    set_damaged_aside (store, name, entry);
  else if (entry->problem != NULL && entry->problem->code == VISITOR_ERROR_SITE_INVALID)
    g_prefix_error (&entry->problem, "%s/%s: ", store->path, name);
  return entry;
}

static char *
id_of_file (const char *name)
{
  if (!g_str_has_suffix (name, SUFFIX))
    return NULL;
  g_autofree char *id = g_strndup (name, strlen (name) - strlen (SUFFIX));
  return site_id_is_valid (id) ? g_steal_pointer (&id) : NULL;
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static GPtrArray *
list_ids (SiteStore *store, GError **error)
{
  int fd = openat (store->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  if (dir == NULL) {
    fail (error, "Cannot read the directory", store->path);
    if (fd >= 0)
      close (fd);
    return NULL;
  }
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  for (struct dirent *d = readdir (dir); d != NULL; d = readdir (dir)) {
    char *id = id_of_file (d->d_name);
    if (id != NULL)
      g_ptr_array_add (ids, id);
  }
  closedir (dir);
  g_ptr_array_sort (ids, compare_strings);
  return ids;
}

/* All sites, by id, as an array of SiteEntry. STORAGE if the directory cannot be read.
 * Transfer: full. */
GPtrArray *
site_store_list (SiteStore *store, GError **error)
{
  g_autoptr (GPtrArray) ids = list_ids (store, error);
  if (ids == NULL)
    return NULL;
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) site_entry_free);
  for (unsigned int i = 0; i < ids->len; i++)
    g_ptr_array_add (entries, site_store_load (store, g_ptr_array_index (ids, i)));
  return entries;
}

static gboolean
keep_backup (
    SiteStore *store, const char *name, const char *text, gboolean *ret_same, GError **error)
{
  gsize len;
  g_autoptr (GError) why = NULL;
  *ret_same = FALSE;
  g_autofree char *old = site_file_read (store->dir, name, O_NOFOLLOW, BACKUP_MAX, &len, &why);
  if (old == NULL && why->code == VISITOR_ERROR_SITE_NOT_FOUND)
    return TRUE;
  if (old == NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  *ret_same = len == strlen (text) && memcmp (old, text, len) == 0;
  g_autofree char *backup = g_strconcat (name, "~", NULL);
  return *ret_same || site_file_replace (store->dir, backup, old, len, error);
}

/* Saves a site under its id; the text before is kept in ID.conf~. Nothing is written unless the new
 * text can be read again. SITE_INVALID or STORAGE, and then the file is what it was. */
gboolean
site_store_save (SiteStore *store, const char *id, const Site *site, GError **error)
{
  if (!check_id (id, error))
    return FALSE;
  g_autofree char *text = site_to_text (site);
  g_autoptr (Site) again = site_parse (text, -1, NULL, NULL, error);
  if (again == NULL)
    return FALSE;
  g_autofree char *name = g_strconcat (id, SUFFIX, NULL);
  gboolean same;
  if (!keep_backup (store, name, text, &same, error))
    return FALSE;
  return same || site_file_replace (store->dir, name, text, strlen (text), error);
}

/* Saves a site that was imported; key is what stood in the key file that it named, or NULL. The key is
 * kept in ID.key, which only the user can read. Errors: as site_store_save (). */
gboolean
site_store_add (SiteStore *store, const char *id, Site *site, const Secret *key, GError **error)
{
  if (key == NULL)
    return site_store_save (store, id, site, error);
  if (!check_id (id, error))
    return FALSE;
  g_autofree char *name = g_strconcat (id, KEY_SUFFIX, NULL);
  Slice octets = secret_slice (key);
  g_free (site->key);
  site->key = g_strdup (name);
  return site_file_replace (store->dir, name, (const char *) octets.data, octets.len, error) &&
      site_store_save (store, id, site, error);
}

/* What stands in the key file of a site, whose key is no URI. SITE_NOT_FOUND, SITE_INVALID or STORAGE.
 * Transfer: full. */
Secret *
site_store_read_key (SiteStore *store, const Site *site, GError **error)
{
  return site_file_read_key (store->dir, site->key, O_NOFOLLOW, error);
}

/* Removes a site, its backup and its key; what was set aside stays. SITE_NOT_FOUND or STORAGE. */
gboolean
site_store_remove (SiteStore *store, const char *id, GError **error)
{
  if (!check_id (id, error))
    return FALSE;
  g_autofree char *name = g_strconcat (id, SUFFIX, NULL);
  g_autofree char *backup = g_strconcat (name, "~", NULL);
  g_autofree char *key = g_strconcat (id, KEY_SUFFIX, NULL);
  if (unlinkat (store->dir, name, 0) != 0) {
    if (errno != ENOENT)
      return fail (error, "Cannot remove", name);
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_NOT_FOUND, "There is no site %s", id);
    return FALSE;
  }
  if (unlinkat (store->dir, backup, 0) != 0 && errno != ENOENT)
    return fail (error, "Cannot remove", backup);
  if (unlinkat (store->dir, key, 0) != 0 && errno != ENOENT)
    return fail (error, "Cannot remove", key);
  return fsync (store->dir) == 0 || fail (error, "Cannot remove", name);
}

static char *
slug (const char *name)
{
  GString *id = g_string_new (NULL);
  for (const char *p = name; *p != '\0' && id->len < SLUG_MAX_LEN; p++) {
    if (g_ascii_isalnum (*p))
      g_string_append_c (id, g_ascii_tolower (*p));
    else if (id->len > 0 && id->str[id->len - 1] != '-')
      g_string_append_c (id, '-');
  }
  if (id->len > 0 && id->str[id->len - 1] == '-')
    g_string_truncate (id, id->len - 1);
  return g_string_free (id, FALSE);
}

static gboolean
is_taken (SiteStore *store, const char *id)
{
  g_autofree char *name = g_strconcat (id, SUFFIX, NULL);
  return faccessat (store->dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* An id for a new site, made of its name's ASCII letters and digits, that no other site has.
 * Transfer: full. */
char *
site_store_new_id (SiteStore *store, const char *name)
{
  g_autofree char *stem = slug (name);
  if (stem[0] == '\0') {
    g_free (stem);
    stem = g_strdup ("site");
  }
  char *id = g_strdup (stem);
  for (unsigned int n = 2; is_taken (store, id); n++) {
    g_free (id);
    id = g_strdup_printf ("%s-%u", stem, n);
  }
  return id;
}
