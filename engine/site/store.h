/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/secret.h"
#include "site/site.h"

typedef struct _SiteStore SiteStore;

typedef struct {
  char *id; /* stable, a file name's stem; what the programs and the keyring call the site */
  Site *site; /* NULL where problem says why */
  GError *problem; /* what was wrong with the file, even where the site could be had; or NULL */
} SiteEntry;

void site_entry_free (SiteEntry *entry);

char *site_store_default_directory (void);
SiteStore *site_store_open (const char *directory, GError **error);
void site_store_free (SiteStore *store);
const char *site_store_get_path (const SiteStore *store);

GPtrArray *site_store_list (SiteStore *store, GError **error);
SiteEntry *site_store_load (SiteStore *store, const char *id);
gboolean site_store_save (SiteStore *store, const char *id, const Site *site, GError **error);
gboolean site_store_remove (SiteStore *store, const char *id, GError **error);
char *site_store_new_id (SiteStore *store, const char *name);

gboolean site_id_is_valid (const char *id);
gboolean
site_store_add (SiteStore *store, const char *id, Site *site, const Secret *key, GError **error);
Secret *site_store_read_key (SiteStore *store, const Site *site, GError **error);
Site *site_import_file (const char *path, char ***ret_copied, Secret **ret_key, GError **error);
Site *site_import_in_place (const char *path, char **ret_key_file, GError **error);
gboolean site_export_file (const Site *site, const char *path, gboolean replace, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SiteEntry, site_entry_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SiteStore, site_store_free)
