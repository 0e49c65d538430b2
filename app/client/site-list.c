/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorSiteList: the user's sites, found by short name (id) or by name. */
#include "config.h"

#include "client/site-list.h"

#include <glib/gi18n-lib.h>

struct _VisitorSiteList {
  SiteStore *store; /* owned */
  GPtrArray *entries; /* of SiteEntry, owned */
};

/* Reads the sites of the default directory. STORAGE if that cannot be done; a single site that cannot
 * be read is an entry with a problem. Transfer: full. */
VisitorSiteList *
visitor_site_list_load (GError **error)
{
  g_autoptr (VisitorSiteList) list = g_new0 (VisitorSiteList, 1);
  list->store = site_store_open (NULL, error);
  if (list->store == NULL)
    return NULL;
  list->entries = site_store_list (list->store, error);
  return list->entries != NULL ? g_steal_pointer (&list) : NULL;
}

/* NULL is allowed. */
void
visitor_site_list_free (VisitorSiteList *list)
{
  if (list == NULL)
    return;
  g_clear_pointer (&list->entries, g_ptr_array_unref);
  site_store_free (list->store);
  g_free (list);
}

/* Where the sites are kept; borrowed. */
SiteStore *
visitor_site_list_get_store (VisitorSiteList *list)
{
  return list->store;
}

guint
visitor_site_list_get_length (const VisitorSiteList *list)
{
  return list->entries->len;
}

const SiteEntry *
visitor_site_list_get (const VisitorSiteList *list, guint index)
{
  return g_ptr_array_index (list->entries, index);
}

/* The first site of this name, letter case aside; NULL if there is none. Borrowed. */
const SiteEntry *
visitor_site_list_find_name (const VisitorSiteList *list, const char *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);
  for (guint i = 0; i < list->entries->len; i++) {
    const SiteEntry *entry = g_ptr_array_index (list->entries, i);
    g_autofree char *other =
        entry->site != NULL ? g_utf8_casefold (entry->site->name, -1) : g_strdup ("");
    if (g_str_equal (folded, other))
      return entry;
  }
  return NULL;
}

static const SiteEntry *
find_id (const VisitorSiteList *list, const char *id)
{
  for (guint i = 0; i < list->entries->len; i++) {
    const SiteEntry *entry = g_ptr_array_index (list->entries, i);
    if (g_str_equal (entry->id, id))
      return entry;
  }
  return NULL;
}

/* The site that a person means by its short name or its name, usable or not. SITE_NOT_FOUND.
 * Borrowed. */
const SiteEntry *
visitor_site_list_find_any (const VisitorSiteList *list, const char *what, GError **error)
{
  const SiteEntry *entry = find_id (list, what);
  if (entry == NULL)
    entry = visitor_site_list_find_name (list, what);
  if (entry == NULL)
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_NOT_FOUND,
        _ ("None of your sites is called “%s”."), what);
  return entry;
}

/* As visitor_site_list_find_any (), but a site that cannot be used is the error that says why. */
const SiteEntry *
visitor_site_list_find (const VisitorSiteList *list, const char *what, GError **error)
{
  const SiteEntry *entry = visitor_site_list_find_any (list, what, error);
  if (entry == NULL || entry->site != NULL)
    return entry;
  g_propagate_error (error, g_error_copy (entry->problem));
  return NULL;
}
