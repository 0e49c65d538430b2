/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/secret.h"
#include "site/site.h"

G_BEGIN_DECLS

typedef enum {
  VISITOR_IMPORT_SITE_CONF,
  VISITOR_IMPORT_STRONGSWAN, /* a profile of strongSwan's app for Android, .sswan */
  VISITOR_IMPORT_SNX_RS, /* a profile of snx-rs */
} VisitorImportKind;

/* One thing that a site would say. */
typedef struct {
  char *label; /* translated */
  char *value;
} VisitorImportRow;

/* What a file would add, before anything is saved. */
typedef struct _VisitorImport VisitorImport;

VisitorImport *visitor_import_load_file (const char *path, GError **error);
VisitorImport *visitor_import_load_file_plainly (const char *path, GError **error);
VisitorImport *visitor_import_load_bytes (const char *name, GBytes *bytes, GError **error);
void visitor_import_free (VisitorImport *import);

VisitorImportKind visitor_import_get_kind (const VisitorImport *import);
Site *visitor_import_get_site (VisitorImport *import);
const Secret *visitor_import_get_key (const VisitorImport *import);
const GPtrArray *visitor_import_get_rows (const VisitorImport *import);
const char *const *visitor_import_get_notes (const VisitorImport *import);
gboolean visitor_import_is_complete (const VisitorImport *import);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorImport, visitor_import_free)

G_END_DECLS
