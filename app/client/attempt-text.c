/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AttemptText: the ways to the gateway that were tried, out of the engine's status, in words. */
#include "config.h"

#include "client/attempt-text.h"

#include <glib/gi18n-lib.h>

#include "client/error-text.h"

/* The attempts in a status of the engine, in the order in which they ended; none where it tells of none,
 * and without what an engine of another version says that is not understood. Transfer: full. */
GArray *
visitor_attempts_read (GVariant *status)
{
  GArray *attempts = g_array_new (FALSE, FALSE, sizeof (Attempt));
  g_autoptr (GVariant) list =
      g_variant_lookup_value (status, "attempts", G_VARIANT_TYPE ("aa{sv}"));
  gsize n = list != NULL ? g_variant_n_children (list) : 0;
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) each = g_variant_get_child_value (list, i);
    Attempt attempt;
    if (attempt_from_variant (each, &attempt))
      g_array_append_val (attempts, attempt);
  }
  return attempts;
}

static gboolean
is_overtaken (const Attempt *attempt)
{
  return !attempt->worked && attempt->code == VISITOR_ERROR_CANCELLED;
}

/* What an attempt overtook may have ended after it: for being overtaken, or for what it was refused with while it
 * was still waited for. */
static bool
is_of_same_connect (const Attempt *attempt, const Attempt *worked_before)
{
  return is_overtaken (attempt) || attempt->number < worked_before->number;
}

/* Where those of the current connect begin, or of the last one: behind the one that worked before. */
guint
visitor_attempts_last_connect (const GArray *attempts)
{
  const Attempt *all = (const Attempt *) (const void *) attempts->data;
  guint behind = attempts->len;
  while (behind > 0 && !all[behind - 1].worked)
    behind--;
  for (guint i = behind; i < attempts->len; i++) {
    if (behind == 0 || !is_of_same_connect (&all[i], &all[behind - 1]))
      return behind;
  }
  guint first = behind > 0 ? behind - 1 : 0;
  while (first > 0 && !all[first - 1].worked)
    first--;
  return first;
}

/* The entry point, as it was asked for. Transfer: full. */
char *
visitor_attempt_entry (const Attempt *attempt)
{
  return host_port_format (attempt->host, attempt->port);
}

/* The proxy, or a word for none. Transfer: full. */
char *
visitor_attempt_proxy (const Attempt *attempt)
{
  /* Translators: stands in a column of proxies, where there is none */
  return attempt->proxy.kind != PROXY_DIRECT ? proxy_format (&attempt->proxy)
                                             : g_strdup (_ ("none"));
}

/* Transfer: full. */
char *
visitor_attempt_seconds (guint32 ms)
{
  /* Translators: s are seconds */
  return g_strdup_printf (_ ("%.2f s"), ms / 1000.0);
}

static const char *
stage_name (AttemptStage stage)
{
  switch (stage) {
  /* Translators: the step in which the address behind a name is looked up */
  case ATTEMPT_LOOKUP: return _ ("name");
  case ATTEMPT_TCP: return "TCP";
  /* Translators: the step in which a proxy makes a way to the gateway */
  case ATTEMPT_PROXY: return _ ("proxy");
  case ATTEMPT_TLS: return "TLS";
  case ATTEMPT_IKE: return "IKE";
  case ATTEMPT_N_STAGES: break;
  }
  return "";
}

/* The steps that it went and how long each took, "TCP 12 ms, TLS 35 ms". Transfer: full. */
char *
visitor_attempt_stages (const Attempt *attempt)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < ATTEMPT_N_STAGES; i++) {
    if (attempt->stage_ms[i] < 0)
      continue;
    if (text->len > 0)
      g_string_append (text, ", ");
    /* Translators: a step on the way to the gateway, and its milliseconds */
    g_string_append_printf (
        text, _ ("%s %u ms"), stage_name ((AttemptStage) i), (unsigned int) attempt->stage_ms[i]);
  }
  return g_string_free (text, FALSE);
}

/* What became of it, one sentence. */
const char *
visitor_attempt_outcome (const Attempt *attempt)
{
  if (attempt->worked)
    return _ ("The gateway answered.");
  if (is_overtaken (attempt))
    return _ ("Another way was faster.");
  return visitor_error_sentence (attempt->code);
}

/* All of it on one line. Transfer: full. */
char *
visitor_attempt_line (const Attempt *attempt)
{
  g_autofree char *entry = visitor_attempt_entry (attempt);
  g_autofree char *proxy = visitor_attempt_proxy (attempt);
  g_autofree char *time = visitor_attempt_seconds (attempt->ms);
  const char *transport = attempt_transport_to_string (attempt->transport);
  if (attempt->proxy.kind != PROXY_DIRECT)
    /* Translators: gateway, TLS or the like, proxy, seconds, what became of it (a sentence) */
    return g_strdup_printf (_ ("%s over %s through %s, %s: %s"), entry, transport, proxy, time,
        visitor_attempt_outcome (attempt));
  /* Translators: gateway, TLS or the like, seconds, what became of it (a sentence) */
  return g_strdup_printf (
      _ ("%s over %s, %s: %s"), entry, transport, time, visitor_attempt_outcome (attempt));
}
