/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "site/store.h"

typedef struct _VisitorSiteList VisitorSiteList;

VisitorSiteList *visitor_site_list_load (GError **error);
void visitor_site_list_free (VisitorSiteList *list);

SiteStore *visitor_site_list_get_store (VisitorSiteList *list);
guint visitor_site_list_get_length (const VisitorSiteList *list);
const SiteEntry *visitor_site_list_get (const VisitorSiteList *list, guint index);
const SiteEntry *
visitor_site_list_find (const VisitorSiteList *list, const char *what, GError **error);
const SiteEntry *
visitor_site_list_find_any (const VisitorSiteList *list, const char *what, GError **error);
const SiteEntry *visitor_site_list_find_name (const VisitorSiteList *list, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorSiteList, visitor_site_list_free)
