/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "service/connection.h"

typedef struct _Diagnosis Diagnosis;

/* The call is answered; the diagnosis is to be freed, also from inside. */
typedef void (*DiagnosisDoneFunc) (Diagnosis *diagnosis, gpointer user_data);

Diagnosis *diagnosis_start (const ServiceParts *parts, const ConnectionRequest *request,
    GDBusMethodInvocation *invocation, DiagnosisDoneFunc done, gpointer user_data, GError **error);
void diagnosis_stop (Diagnosis *diagnosis);
void diagnosis_free (Diagnosis *diagnosis);
uid_t diagnosis_owner (const Diagnosis *diagnosis);
