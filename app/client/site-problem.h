/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is wrong with the text of a site, taken apart. */
typedef struct {
  guint line; /* 0: nowhere in particular */
  char *group, *key; /* NULL: no key in particular */
  gboolean is_missing; /* the key is not there */
  char *what; /* a whole sentence, translated where it is known */
} VisitorSiteProblem;

VisitorSiteProblem *visitor_site_problem_new (const GError *error);
void visitor_site_problem_free (VisitorSiteProblem *problem);

char *visitor_site_problem_text (const GError *error);
char *visitor_site_problem_explain (const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorSiteProblem, visitor_site_problem_free)

G_END_DECLS
