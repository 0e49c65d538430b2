/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "tunnel/control.h"
#include "tunnel/session.h"

typedef struct _Diagnosis Diagnosis;

Diagnosis *diagnosis_new (Start *start, const CryptoTrust *system, Control *control,
    SessionOverFunc over, void *user_data, GError **error);
void diagnosis_free (Diagnosis *diagnosis);
void diagnosis_received (Diagnosis *diagnosis, Message *message);
void diagnosis_stop (Diagnosis *diagnosis);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Diagnosis, diagnosis_free)
