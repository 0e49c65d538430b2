/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attempt: one way to the gateway that was tried, and its form between processes.
 *
 * Keys of the a{sv}, which is the same from the worker to the user's program:
 *   number     u   from 1
 *   proxy      s   URI; absent: none
 *   host       s   of the entry point
 *   port       q
 *   address    s   literal; absent: no connection stood
 *   transport  s   "TLS", "TCP" or "UDP"
 *   stage      s   the last one that was begun: "lookup", "tcp", "proxy", "tls" or "ike"
 *   stages     a{su} milliseconds of each that was begun
 *   ms         u   all in all
 *   error      s   stable error name; absent: it worked
 *   detail     s   why not, for a log; absent: it worked */
#include "base/attempt.h"

#include <string.h>

#include "base/text.h"

static const char *const transports[ATTEMPT_N_TRANSPORTS] = {
  [ATTEMPT_OVER_TLS] = "TLS",
  [ATTEMPT_OVER_TCP] = "TCP",
  [ATTEMPT_OVER_UDP] = "UDP",
};

static const char *const stages[ATTEMPT_N_STAGES] = {
  [ATTEMPT_LOOKUP] = "lookup",
  [ATTEMPT_TCP] = "tcp",
  [ATTEMPT_PROXY] = "proxy",
  [ATTEMPT_TLS] = "tls",
  [ATTEMPT_IKE] = "ike",
};

const char *
attempt_transport_to_string (AttemptTransport transport)
{
  return (guint) transport < ATTEMPT_N_TRANSPORTS ? transports[transport] : "unknown";
}

const char *
attempt_stage_to_string (AttemptStage stage)
{
  return (guint) stage < ATTEMPT_N_STAGES ? stages[stage] : "unknown";
}

/* Where text stands in names, or -1. */
static int
index_in (const char *const *names, guint n, const char *text)
{
  for (guint i = 0; i < n; i++) {
    if (strcmp (names[i], text) == 0)
      return (int) i;
  }
  return -1;
}

/* A new one, which has done nothing yet. host is copied, with a question mark for what no name has. */
void
attempt_init (Attempt *attempt, const Proxy *proxy, const char *host, uint16_t port)
{
  *attempt = (Attempt){ .proxy = *proxy, .port = port };
  for (guint i = 0; i < ATTEMPT_HOST_MAX && host[i] != '\0'; i++)
    attempt->host[i] = g_ascii_isgraph (host[i]) ? host[i] : '?';
  for (guint i = 0; i < ATTEMPT_N_STAGES; i++)
    attempt->stage_ms[i] = -1;
}

/* text as one harmless line, cut where it is too long. */
void
attempt_set_detail (Attempt *attempt, const char *text)
{
  g_autofree char *line =
      text_one_line (SLICE ((const uint8_t *) text, strlen (text)), ATTEMPT_DETAIL_MAX);
  g_strlcpy (attempt->detail, line != NULL ? line : "", sizeof attempt->detail);
}

static GVariant *
stages_to_variant (const Attempt *attempt)
{
  GVariantBuilder b;
  g_variant_builder_init (&b, G_VARIANT_TYPE ("a{su}"));
  for (guint i = 0; i < ATTEMPT_N_STAGES; i++) {
    if (attempt->stage_ms[i] >= 0)
      g_variant_builder_add (&b, "{su}", stages[i], (guint32) attempt->stage_ms[i]);
  }
  return g_variant_builder_end (&b);
}

/* Floating. */
GVariant *
attempt_to_variant (const Attempt *attempt)
{
  char addr[INET_ADDR_STRLEN];
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "number", "u", attempt->number);
  if (attempt->proxy.kind != PROXY_DIRECT) {
    g_autofree char *proxy = proxy_format (&attempt->proxy);
    g_variant_dict_insert (&dict, "proxy", "s", proxy);
  }
  g_variant_dict_insert (&dict, "host", "s", attempt->host);
  g_variant_dict_insert (&dict, "port", "q", attempt->port);
  if (attempt->address.family != INET_NONE)
    g_variant_dict_insert (&dict, "address", "s", inet_addr_format (&attempt->address, addr));
  g_variant_dict_insert (&dict, "transport", "s", transports[attempt->transport]);
  g_variant_dict_insert (&dict, "stage", "s", stages[attempt->stage]);
  g_variant_dict_insert_value (&dict, "stages", stages_to_variant (attempt));
  g_variant_dict_insert (&dict, "ms", "u", attempt->ms);
  if (!attempt->worked) {
    g_variant_dict_insert (&dict, "error", "s", visitor_error_name (attempt->code));
    g_variant_dict_insert (&dict, "detail", "s", attempt->detail);
  }
  return g_variant_dict_end (&dict);
}

/* A string that need not be there, then NULL; false where something else stands in its place. Borrowed. */
static bool
lookup_text (GVariant *dictionary, const char *key, const char **ret_text)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dictionary, key, NULL);
  *ret_text = NULL;
  return value == NULL || g_variant_lookup (dictionary, key, "&s", ret_text);
}

static bool
read_way (GVariant *dictionary, Attempt *attempt)
{
  const char *host, *text, *transport;
  Proxy proxy = { .kind = PROXY_DIRECT };
  uint16_t port;
  if (!lookup_text (dictionary, "proxy", &text) ||
      (text != NULL && (proxy_parse (text, &proxy) != PROXY_URI_OK || proxy.kind == PROXY_DIRECT)))
    return false;
  if (!g_variant_lookup (dictionary, "host", "&s", &host) || host[0] == '\0' ||
      strlen (host) > ATTEMPT_HOST_MAX || !g_variant_lookup (dictionary, "port", "q", &port) ||
      port == 0)
    return false;
  attempt_init (attempt, &proxy, host, port);
  if (strcmp (attempt->host, host) != 0)
    return false;
  if (!lookup_text (dictionary, "address", &text) ||
      (text != NULL && !inet_addr_parse (text, &attempt->address)))
    return false;
  if (!g_variant_lookup (dictionary, "transport", "&s", &transport))
    return false;
  int index = index_in (transports, ATTEMPT_N_TRANSPORTS, transport);
  if (index >= 0)
    attempt->transport = (AttemptTransport) index;
  return index >= 0;
}

static bool
read_stages (GVariant *dictionary, Attempt *attempt)
{
  const char *name;
  guint32 ms;
  g_autoptr (GVariant) times =
      g_variant_lookup_value (dictionary, "stages", G_VARIANT_TYPE ("a{su}"));
  if (times == NULL || g_variant_n_children (times) > ATTEMPT_N_STAGES ||
      !g_variant_lookup (dictionary, "stage", "&s", &name))
    return false;
  int stage = index_in (stages, ATTEMPT_N_STAGES, name);
  if (stage < 0)
    return false;
  attempt->stage = (AttemptStage) stage;
  GVariantIter iter;
  g_variant_iter_init (&iter, times);
  while (g_variant_iter_next (&iter, "{&su}", &name, &ms)) {
    int index = index_in (stages, ATTEMPT_N_STAGES, name);
    if (index < 0 || index > stage)
      return false;
    attempt->stage_ms[index] = ms;
  }
  return true;
}

static bool
read_end (GVariant *dictionary, Attempt *attempt)
{
  const char *error, *detail;
  if (!g_variant_lookup (dictionary, "ms", "u", &attempt->ms) ||
      !lookup_text (dictionary, "error", &error))
    return false;
  attempt->worked = error == NULL;
  if (attempt->worked)
    return true;
  if (!visitor_error_from_name (error, &attempt->code) ||
      !g_variant_lookup (dictionary, "detail", "&s", &detail))
    return false;
  attempt_set_detail (attempt, detail);
  return true;
}

/* False for what no honest worker says; *ret_attempt is then untouched. Text is made one harmless line;
 * keys that are none of an attempt's are passed over. */
bool
attempt_from_variant (GVariant *dictionary, Attempt *ret_attempt)
{
  Attempt attempt;
  guint32 number;
  if (!g_variant_lookup (dictionary, "number", "u", &number) || number == 0 ||
      !read_way (dictionary, &attempt) || !read_stages (dictionary, &attempt) ||
      !read_end (dictionary, &attempt))
    return false;
  attempt.number = number;
  *ret_attempt = attempt;
  return true;
}
