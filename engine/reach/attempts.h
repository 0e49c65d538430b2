/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/attempt.h"

typedef struct _Attempts Attempts;
typedef struct _AttemptRecord AttemptRecord;

/* attempt: has ended; borrowed. */
typedef void (*AttemptEndedFunc) (const Attempt *attempt, void *user_data);

Attempts *attempts_new (AttemptEndedFunc ended, void *user_data);
void attempts_free (Attempts *attempts);
AttemptRecord *attempts_begin (Attempts *attempts, const Proxy *proxy, const char *host,
    uint16_t port, AttemptTransport transport);

void attempt_record_stage (AttemptRecord *record, AttemptStage stage);
void attempt_record_pause (AttemptRecord *record);
void attempt_record_resume (AttemptRecord *record);
void attempt_record_address (AttemptRecord *record, const InetAddr *addr);
void attempt_record_worked (AttemptRecord *record);
void attempt_record_failed (AttemptRecord *record, VisitorError code, const char *detail);
void attempt_record_overtaken (AttemptRecord *record);
void attempt_record_free (AttemptRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempts, attempts_free)
