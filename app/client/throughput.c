/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorThroughput: how much went through one connection, for each of the last 60 seconds.
 *
 * It is fed with the engine's counters, which only grow, and the time; the signal "changed" tells of
 * every addition. Counters that shrank belong to another connection, and the history begins anew.
 * Seconds that nobody looked in get the mean of them all, so that the axis of time stays true. */
#include "client/throughput.h"

struct _VisitorThroughput {
  GObject parent_instance;

  /* owned */
  GArray *rates; /* VisitorRate, the oldest first */

  gboolean has_begun; /* the counters of `last` are there */
  gint64 last; /* microseconds */
  guint64 octets_in, octets_out;
};

enum {
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorThroughput, visitor_throughput, G_TYPE_OBJECT)

static void
visitor_throughput_finalize (GObject *object)
{
  VisitorThroughput *self = VISITOR_THROUGHPUT (object);
  g_array_unref (self->rates);
  G_OBJECT_CLASS (visitor_throughput_parent_class)->finalize (object);
}

static void
visitor_throughput_class_init (VisitorThroughputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = visitor_throughput_finalize;
  signals[CHANGED] = g_signal_new (
      "changed", VISITOR_TYPE_THROUGHPUT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
visitor_throughput_init (VisitorThroughput *self)
{
  self->rates = g_array_sized_new (FALSE, FALSE, sizeof (VisitorRate), VISITOR_THROUGHPUT_SECONDS);
}

/* Without any history. Transfer: full. */
VisitorThroughput *
visitor_throughput_new (void)
{
  return g_object_new (VISITOR_TYPE_THROUGHPUT, NULL);
}

static void
append (VisitorThroughput *self, VisitorRate rate)
{
  if (self->rates->len == VISITOR_THROUGHPUT_SECONDS)
    g_array_remove_index (self->rates, 0);
  g_array_append_val (self->rates, rate);
}

static void
begin (VisitorThroughput *self, gint64 now, guint64 octets_in, guint64 octets_out)
{
  self->has_begun = TRUE;
  self->last = now;
  self->octets_in = octets_in;
  self->octets_out = octets_out;
}

/* What the counters say at a time (g_get_monotonic_time ()). Two looks within half a second are one. */
void
visitor_throughput_add (VisitorThroughput *self, gint64 now, guint64 octets_in, guint64 octets_out)
{
  if (self->has_begun && (octets_in < self->octets_in || octets_out < self->octets_out))
    visitor_throughput_clear (self);
  if (!self->has_begun) {
    begin (self, now, octets_in, octets_out);
    g_signal_emit (self, signals[CHANGED], 0);
    return;
  }
  double seconds = (double) (now - self->last) / G_USEC_PER_SEC;
  if (seconds < 0.5)
    return;
  VisitorRate rate = {
    .in = (double) (octets_in - self->octets_in) / seconds,
    .out = (double) (octets_out - self->octets_out) / seconds,
  };
  guint n = (guint) MIN (seconds + 0.5, VISITOR_THROUGHPUT_SECONDS);
  for (guint i = 0; i < MAX (n, 1); i++)
    append (self, rate);
  begin (self, now, octets_in, octets_out);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Forgets everything, for another connection. */
void
visitor_throughput_clear (VisitorThroughput *self)
{
  g_array_set_size (self->rates, 0);
  begin (self, 0, 0, 0);
  self->has_begun = FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* At most 60, one for each second, the oldest first; borrowed until the next change. */
const VisitorRate *
visitor_throughput_get_rates (VisitorThroughput *self, guint *ret_n)
{
  *ret_n = self->rates->len;
  return (const VisitorRate *) (gpointer) self->rates->data;
}

/* That of the last second. */
VisitorRate
visitor_throughput_get_current (VisitorThroughput *self)
{
  if (self->rates->len == 0)
    return (VisitorRate){ 0, 0 };
  return g_array_index (self->rates, VisitorRate, self->rates->len - 1);
}

/* The highest rate of either direction that is still remembered. */
double
visitor_throughput_get_peak (VisitorThroughput *self)
{
  double peak = 0;
  for (guint i = 0; i < self->rates->len; i++) {
    const VisitorRate *rate = &g_array_index (self->rates, VisitorRate, i);
    peak = MAX (peak, MAX (rate->in, rate->out));
  }
  return peak;
}

/* Octets since the connection began. */
guint64
visitor_throughput_get_total_in (VisitorThroughput *self)
{
  return self->octets_in;
}

guint64
visitor_throughput_get_total_out (VisitorThroughput *self)
{
  return self->octets_out;
}
