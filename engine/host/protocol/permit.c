/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Permit: what a worker may say, in which phase of its life, and how often.
 *
 * After OpenSSH's monitor: a table, and no second chance. The worker that sends what the table does
 * not permit has a bug or a new owner; its host ends it. The limits are several times what an honest
 * worker needs on a bad day, and small enough that a hostile one cannot keep the host busy or its
 * user clicking. Pure: the time is a parameter, microseconds of a monotonic clock. */
#include "host/protocol/permit.h"

#define MINUTE (60 * (gint64) G_USEC_PER_SEC)
#define IN(phase) (1u << PERMIT_##phase)
#define ANY_TIME (IN (STARTING) | IN (CONNECTING) | IN (APPLYING) | IN (UP) | IN (CLOSING))
/* A request that crossed our MESSAGE_DISCONNECT on its way is no offence: it gets no answer. */
#define AT_WORK (IN (CONNECTING) | IN (APPLYING) | IN (UP) | IN (CLOSING))
#define NOT_APPLYING (IN (CONNECTING) | IN (UP) | IN (CLOSING))

typedef struct {
  guint phases; /* in which it is permitted */
  guint max; /* how often in the worker's life; 0 = no limit */
  guint per_minute; /* the same in a minute, all at once at most; 0 = no limit */
} PermitRow;

static const PermitRow table[MESSAGE_N_TYPES] = {
  [MESSAGE_READY] = { .phases = IN (STARTING), .max = 1 },
  [MESSAGE_WANT_SOCKET] = { .phases = AT_WORK, .per_minute = 600 },
  [MESSAGE_WANT_SECRET] = { .phases = AT_WORK, .per_minute = 20 },
  [MESSAGE_WANT_TRUST] = { .phases = AT_WORK, .per_minute = 20 },
  [MESSAGE_WANT_CERTIFICATE] = { .phases = AT_WORK, .per_minute = 20 },
  [MESSAGE_WANT_SIGNATURE] = { .phases = AT_WORK, .per_minute = 20 },
  [MESSAGE_WANT_PROXIES] = { .phases = AT_WORK, .per_minute = 600 },
  [MESSAGE_WANT_PROXY_SECRET] = { .phases = AT_WORK, .per_minute = 60 },
  [MESSAGE_STATE] = { .phases = AT_WORK, .per_minute = 600 },
  [MESSAGE_PATH] = { .phases = AT_WORK, .per_minute = 600 },
  [MESSAGE_CONFIGURE] = { .phases = NOT_APPLYING, .per_minute = 20 },
  [MESSAGE_STATUS] = { .phases = AT_WORK },
  [MESSAGE_ATTEMPT] = { .phases = AT_WORK, .per_minute = 600 },
  [MESSAGE_FINDING] = { .phases = IN (CONNECTING) | IN (CLOSING), .max = 256 },
  [MESSAGE_LOG] = { .phases = ANY_TIME, .per_minute = 20000 },
  [MESSAGE_FAILED] = { .phases = ANY_TIME, .max = 1 },
  [MESSAGE_CLOSED] = { .phases = AT_WORK, .max = 1 },
  [MESSAGE_KEY_CHANGED] = { .phases = AT_WORK, .max = 1 },
  [MESSAGE_PORTAL] = { .phases = AT_WORK, .per_minute = 60 },
};

static const struct {
  const char *name;
  guint next; /* phases that may follow */
} phases[] = {
  [PERMIT_STARTING] = { "starting", IN (CONNECTING) | IN (CLOSING) | IN (GONE) },
  [PERMIT_CONNECTING] = { "connecting", IN (APPLYING) | IN (CLOSING) | IN (GONE) },
  [PERMIT_APPLYING] = { "applying", IN (UP) | IN (CLOSING) | IN (GONE) },
  [PERMIT_UP] = { "up", IN (APPLYING) | IN (CLOSING) | IN (GONE) },
  [PERMIT_CLOSING] = { "closing", IN (GONE) },
  [PERMIT_GONE] = { "gone", 0 },
};

const char *
permit_phase_to_string (PermitPhase phase)
{
  return (guint) phase < G_N_ELEMENTS (phases) ? phases[phase].name : "unknown";
}

/* A worker that was just started. */
void
permit_init (Permit *permit, gint64 now)
{
  *permit = (Permit){ .phase = PERMIT_STARTING };
  for (guint type = 0; type < MESSAGE_N_TYPES; type++) {
    permit->used[type].allowance = table[type].per_minute * MINUTE;
    permit->used[type].at = now;
  }
}

/* Moves on; FALSE, and nothing is changed, where the table has no such edge. */
gboolean
permit_set_phase (Permit *permit, PermitPhase phase, const char *reason)
{
  if ((phases[permit->phase].next & (1u << phase)) == 0)
    return FALSE;
  g_debug ("worker: %s -> %s (%s)", permit_phase_to_string (permit->phase),
      permit_phase_to_string (phase), reason);
  permit->phase = phase;
  return TRUE;
}

/* One MESSAGE_POLL_STATUS was sent: one answer is in order. */
void
permit_expect_status (Permit *permit)
{
  permit->expected_status++;
}

/* Draws one message from the bucket of its type, which a minute fills from empty to full. */
static gboolean
draw (Permit *permit, MessageType type, gint64 now)
{
  gint64 full = table[type].per_minute * MINUTE;
  if (full == 0)
    return TRUE;
  gint64 passed = CLAMP (now - permit->used[type].at, 0, MINUTE);
  permit->used[type].at = now;
  permit->used[type].allowance += passed * table[type].per_minute;
  permit->used[type].allowance = MIN (permit->used[type].allowance, full);
  if (permit->used[type].allowance < MINUTE)
    return FALSE;
  permit->used[type].allowance -= MINUTE;
  return TRUE;
}

static gboolean
refuse (const Permit *permit, MessageType type, const char *why, GError **error)
{
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
      "The worker may not send \"%s\" while %s: %s", message_type_to_string (type),
      permit_phase_to_string (permit->phase), why);
  return FALSE;
}

/* TRUE if the worker may send this message now, which is then counted. FALSE means that the worker
 * is to be ended; the error says what it did. Changes no phase: that is the caller's business. */
gboolean
permit_check (Permit *permit, const Message *message, gint64 now, GError **error)
{
  MessageType type = message->type;
  if (type <= MESSAGE_NONE || type >= MESSAGE_N_TYPES || table[type].phases == 0)
    return refuse (permit, type, "it is not for a worker to send", error);
  if ((table[type].phases & (1u << permit->phase)) == 0)
    return refuse (permit, type, "not in this phase", error);
  if (message->fd >= 0)
    return refuse (permit, type, "a worker has no descriptor to give", error);
  if (table[type].max != 0 && permit->used[type].count >= table[type].max)
    return refuse (permit, type, "once too often", error);
  if (!draw (permit, type, now))
    return refuse (permit, type, "too often", error);
  if (type == MESSAGE_STATUS && permit->expected_status == 0)
    return refuse (permit, type, "nobody asked", error);
  if (type == MESSAGE_STATUS)
    permit->expected_status--;
  permit->used[type].count++;
  return TRUE;
}
