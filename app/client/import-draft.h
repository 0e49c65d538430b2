/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/secret.h"
#include "site/site.h"

/* A site that is made of what stands in a file of another program, and what is said about that. */
typedef struct _VisitorImportDraft VisitorImportDraft;

/* Finds the line in which a key of the file stands; 0: not known. */
typedef guint (*VisitorImportLineFunc) (const char *key, gpointer user_data);

VisitorImportDraft *visitor_import_draft_new (VisitorImportLineFunc line_of, gpointer user_data);
void visitor_import_draft_free (VisitorImportDraft *draft);

gboolean visitor_import_draft_use (VisitorImportDraft *draft, const char *from, const char *group,
    const char *key, const char *value, GError **error);
gboolean visitor_import_draft_use_or_leave (VisitorImportDraft *draft, const char *from,
    const char *group, const char *key, const char *value);
void visitor_import_draft_leave (VisitorImportDraft *draft, const char *from, const char *why);
void visitor_import_draft_note (VisitorImportDraft *draft, char *note);
void visitor_import_draft_take_key (VisitorImportDraft *draft, Secret *key);
gboolean visitor_import_draft_fail (
    VisitorImportDraft *draft, const char *from, const char *what, GError **error);

Site *visitor_import_draft_finish (VisitorImportDraft *draft, gboolean *ret_complete,
    Secret **ret_key, char ***ret_notes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorImportDraft, visitor_import_draft_free)

/* import-sswan.c, import-snx.c: TRUE with *ret_draft, transfer full. */
gboolean
visitor_import_sswan (const char *text, gsize len, VisitorImportDraft **ret_draft, GError **error);
gboolean visitor_import_snx_is (const char *text);
gboolean visitor_import_snx (const char *text, const char *directory_or_null,
    VisitorImportDraft **ret_draft, GError **error);
