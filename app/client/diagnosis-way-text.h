/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/diagnosis.h"

G_BEGIN_DECLS

void visitor_diagnosis_write_way (GArray *lines, const VisitorDiagnosisWay *way);

G_END_DECLS
