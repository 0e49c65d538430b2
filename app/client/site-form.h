/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/secret.h"
#include "client/site-problem.h"
#include "site/site.h"

G_BEGIN_DECLS

/* A site as a form: a text for each key of site.conf(5), which a person changes. */
typedef struct _VisitorSiteForm VisitorSiteForm;

VisitorSiteForm *visitor_site_form_new (const Site *site_or_null);
void visitor_site_form_free (VisitorSiteForm *form);

char *visitor_site_form_get (const VisitorSiteForm *form, const char *group, const char *key);
void
visitor_site_form_set (VisitorSiteForm *form, const char *group, const char *key, const char *text);
char *visitor_site_form_check (const char *group, const char *key, const char *text);

gboolean visitor_site_form_read_certificates (
    VisitorSiteForm *form, const char *group, const char *key, const char *path, GError **error);
gboolean visitor_site_form_read_key (VisitorSiteForm *form, const char *path, GError **error);
void visitor_site_form_take_key (VisitorSiteForm *form, const Secret *key);
const Secret *visitor_site_form_get_key (const VisitorSiteForm *form);

Site *visitor_site_form_finish (const VisitorSiteForm *form, VisitorSiteProblem **ret_problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorSiteForm, visitor_site_form_free)

G_END_DECLS
