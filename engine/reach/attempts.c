/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attempts: who goes a way to the gateway says here where it stands, and whoever wants to know is told of
 * it when it has ended. There may be any number at the same time: each has a record of its own, which goes
 * with the way from one owner to the next (from the connector to whoever hears the gateway's first word).
 * Where nobody wants to know there are no records: every function takes NULL for one and does nothing. */
#include "reach/attempts.h"

struct _Attempts {
  AttemptEndedFunc ended;
  void *user_data;
  uint32_t last_number;
};

struct _AttemptRecord {
  Attempts *attempts; /* borrowed */
  Attempt attempt;
  gint64 began, stage_began; /* monotonic microseconds */
  gint64 paused; /* since when; 0 = it runs */
  bool in_stage; /* one was begun */
};

/* `ended` is called once for each record that says how it ended. */
Attempts *
attempts_new (AttemptEndedFunc ended, void *user_data)
{
  Attempts *attempts = g_new0 (Attempts, 1);
  attempts->ended = ended;
  attempts->user_data = user_data;
  return attempts;
}

/* No record may be left. */
void
attempts_free (Attempts *attempts)
{
  g_free (attempts);
}

/* A way is begun: to an entry point, through a proxy (PROXY_DIRECT for none). `attempts` must outlive the
 * record; NULL gives none. Transfer: full. */
AttemptRecord *
attempts_begin (Attempts *attempts, const Proxy *proxy, const char *host, uint16_t port,
    AttemptTransport transport)
{
  if (attempts == NULL)
    return NULL;
  AttemptRecord *record = g_new0 (AttemptRecord, 1);
  record->attempts = attempts;
  attempt_init (&record->attempt, proxy, host, port);
  record->attempt.number = ++attempts->last_number;
  record->attempt.transport = transport;
  record->began = g_get_monotonic_time ();
  return record;
}

static gint64
milliseconds_since (gint64 then)
{
  return CLAMP ((g_get_monotonic_time () - then) / 1000, 0, G_MAXINT32);
}

static void
close_stage (AttemptRecord *record)
{
  attempt_record_resume (record);
  if (record->in_stage)
    record->attempt.stage_ms[record->attempt.stage] = milliseconds_since (record->stage_began);
}

/* The stage begins, and the one before has ended. One that is begun already, or is behind, changes nothing:
 * who races addresses says it for each. */
void
attempt_record_stage (AttemptRecord *record, AttemptStage stage)
{
  if (record == NULL || (record->in_stage && stage <= record->attempt.stage))
    return;
  close_stage (record);
  record->attempt.stage = stage;
  record->in_stage = true;
  record->stage_began = g_get_monotonic_time ();
}

/* A person is asked for something: that time is none of the way's. */
void
attempt_record_pause (AttemptRecord *record)
{
  if (record != NULL && record->paused == 0)
    record->paused = g_get_monotonic_time ();
}

void
attempt_record_resume (AttemptRecord *record)
{
  if (record == NULL || record->paused == 0)
    return;
  gint64 waited = g_get_monotonic_time () - record->paused;
  record->began += waited;
  record->stage_began += waited;
  record->paused = 0;
}

/* A connection stands, to this address. */
void
attempt_record_address (AttemptRecord *record, const InetAddr *addr)
{
  if (record != NULL)
    record->attempt.address = *addr;
}

static void
end (AttemptRecord *record)
{
  close_stage (record);
  record->attempt.ms = (uint32_t) milliseconds_since (record->began);
  record->attempts->ended (&record->attempt, record->attempts->user_data);
  g_free (record);
}

/* The gateway has said its first word; takes the record. */
void
attempt_record_worked (AttemptRecord *record)
{
  if (record == NULL)
    return;
  record->attempt.worked = true;
  end (record);
}

/* detail: for a log, in English; takes the record. */
void
attempt_record_failed (AttemptRecord *record, VisitorError code, const char *detail)
{
  if (record == NULL)
    return;
  record->attempt.code = code;
  attempt_set_detail (&record->attempt, detail);
  end (record);
}

/* Another way, which ran at the same time, was first; takes the record. */
void
attempt_record_overtaken (AttemptRecord *record)
{
  attempt_record_failed (record, VISITOR_ERROR_CANCELLED, "another way was first");
}

/* Nobody is told: the way was given up before its end, for a reason that is none of its own. */
void
attempt_record_free (AttemptRecord *record)
{
  g_free (record);
}
