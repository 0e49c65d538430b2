/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/inet.h"

/* Counts streams, all and by client address. */
typedef struct _Admission Admission;

typedef enum {
  ADMISSION_OK,
  ADMISSION_FULL,
  ADMISSION_ADDRESS_FULL,
} AdmissionVerdict;

const char *admission_verdict_to_string (AdmissionVerdict verdict);

Admission *admission_new (void);
void admission_free (Admission *admission);
void admission_set_limits (Admission *admission, guint max, guint max_per_address);
AdmissionVerdict admission_enter (Admission *admission, const InetAddr *addr);
void admission_leave (Admission *admission, const InetAddr *addr);
guint admission_count (const Admission *admission);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Admission, admission_free)
