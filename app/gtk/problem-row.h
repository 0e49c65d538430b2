/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void visitor_problem_row_add (AdwEntryRow *field);
void visitor_problem_row_remove (AdwEntryRow *field);
void visitor_problem_row_show (AdwEntryRow *field, const char *what_or_null);

G_END_DECLS
