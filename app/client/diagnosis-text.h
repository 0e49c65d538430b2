/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/diagnosis.h"
#include "site/site.h"

G_BEGIN_DECLS

char *
visitor_diagnosis_write_begin (const VisitorDiagnosis *diagnosis, const Site *site, gint64 now);
char *
visitor_diagnosis_write_finding (const VisitorDiagnosis *diagnosis, const Site *site, guint place);
char *visitor_diagnosis_write_verdict (const VisitorDiagnosis *diagnosis);

G_END_DECLS
