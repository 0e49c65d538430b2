/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "client/site-problem.h"
#include "nm/editor/fields.h"

typedef struct _EditorForm EditorForm;

EditorForm *editor_form_new (NMConnection *connection);
void editor_form_free (EditorForm *form);

char *editor_form_get (const EditorForm *form, const VisitorField *field);
void editor_form_set (EditorForm *form, const VisitorField *field, const char *text_or_null);
gboolean editor_form_read_certificates (
    EditorForm *form, const VisitorField *field, const char *path, GError **error);
char *editor_form_certificates (const EditorForm *form, const VisitorField *field);
gboolean editor_form_shows (const EditorForm *form, const VisitorField *field);
char *editor_form_check (const VisitorField *field, const char *text);

NMSettingSecretFlags
editor_form_get_secret (NMConnection *connection, const VisitorField *field, char **ret_secret);
void editor_form_put_secret (NMConnection *connection, const VisitorField *field,
    NMSettingSecretFlags flags, const char *secret);

gboolean editor_form_finish (
    const EditorForm *form, NMConnection *connection, VisitorSiteProblem **ret_problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EditorForm, editor_form_free)
