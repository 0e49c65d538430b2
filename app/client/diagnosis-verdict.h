/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/diagnosis.h"

G_BEGIN_DECLS

char *visitor_diagnosis_issuer_note (const VisitorDiagnosisWay *way);
const char *visitor_diagnosis_advice (VisitorError code);
char *visitor_diagnosis_verdict (const VisitorDiagnosis *diagnosis);

G_END_DECLS
