/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/diagnosis.h"
#include "site/site.h"

G_BEGIN_DECLS

char *visitor_diagnosis_write (const VisitorDiagnosis *diagnosis, const Site *site, gint64 now);

G_END_DECLS
