/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GatewayFacts: what is remembered of gateways, over restarts. The addresses at which one answered during the
 * last day, so that a tunnel comes up while the name server of the place is out of order; and which transport was
 * the way out of a network, so that the next connection there does not begin with what does not get through. It is
 * advice for who begins first: what is false in it costs a moment.
 *
 * Kept for each user by himself: what one user's site led to is no advice for another. As text it is one line for
 * each fact, "KIND WHOSE NETWORK VALUE WHEN": digests of user and host, and of the network ("-" for none), so that
 * the file tells nobody where somebody was; and seconds since 1970. A line that is not exactly such a one is passed
 * over. Pure: the time is a parameter. A wall clock jumps: what was noted in the future counts for now, within
 * GATEWAY_FACTS_CLOCK_ERROR, and for nothing beyond. */
#include "host/gateway-facts.h"

#include <string.h>

#include "base/inet.h"

#define DIGEST_LEN 64 /* SHA-256, in hex */
#define NOWHERE "-"

typedef struct {
  const char *name;
  guint max, max_of_one;
  gint64 age;
  gboolean (*is_value) (const char *text);
} Kind;

typedef struct {
  const Kind *kind;
  char *whose, *network, *value;
  gint64 when;
  gint64 saved; /* what `when` was in the last text */
} Fact;

struct _GatewayFacts {
  GPtrArray *all; /* Fact, the newest last */
};

/* Of what is worth remembering, and nothing else, whatever a worker says. */
static gboolean
is_transport (const char *text)
{
  static const char *const transports[] = { "UDP", "TLS", NULL };
  return g_strv_contains (transports, text);
}

/* In the one form in which we write them. */
static gboolean
is_address (const char *text)
{
  InetAddr addr;
  char buf[INET_ADDR_STRLEN];
  return inet_addr_parse (text, &addr) && strcmp (inet_addr_format (&addr, buf), text) == 0;
}

static const Kind ways = {
  .name = "way",
  .max = GATEWAY_FACTS_WAYS,
  .max_of_one = 1,
  .age = GATEWAY_FACTS_WAY_AGE,
  .is_value = is_transport,
};
static const Kind addresses = {
  .name = "address",
  .max = GATEWAY_FACTS_ADDRESSES,
  .max_of_one = GATEWAY_FACTS_ADDRESSES_OF_ONE,
  .age = GATEWAY_FACTS_ADDRESS_AGE,
  .is_value = is_address,
};

static void
fact_free (gpointer data)
{
  Fact *fact = data;
  g_free (fact->whose);
  g_free (fact->network);
  g_free (fact->value);
  g_free (fact);
}

static gboolean
is_recent (const Kind *kind, gint64 when, gint64 now)
{
  return now - when <= kind->age && when - now <= GATEWAY_FACTS_CLOCK_ERROR;
}

static gboolean
is_about (const Fact *fact, const Kind *kind, const char *whose, const char *network)
{
  return fact->kind == kind && g_str_equal (fact->whose, whose) &&
      g_str_equal (fact->network, network);
}

/* The place of the oldest that has to go, or G_MAXUINT. */
static guint
surplus (const GatewayFacts *facts, const Fact *newest)
{
  const Kind *kind = newest->kind;
  guint n = 0, n_of_one = 0, first = G_MAXUINT, first_of_one = G_MAXUINT;
  for (guint i = facts->all->len; i-- > 0;) {
    const Fact *fact = facts->all->pdata[i];
    if (fact->kind != kind)
      continue;
    n++;
    first = i;
    if (is_about (fact, kind, newest->whose, newest->network)) {
      n_of_one++;
      first_of_one = i;
    }
  }
  if (n_of_one > kind->max_of_one)
    return first_of_one;
  return n > kind->max ? first : G_MAXUINT;
}

/* Takes fact. */
static void
add (GatewayFacts *facts, Fact *fact)
{
  g_ptr_array_add (facts->all, fact);
  guint at = surplus (facts, fact);
  if (at != G_MAXUINT)
    g_ptr_array_remove_index (facts->all, at);
}

/* The place of that fact, or G_MAXUINT. */
static guint
find (const GatewayFacts *facts, const Kind *kind, const char *whose, const char *network,
    const char *value)
{
  for (guint i = 0; i < facts->all->len; i++) {
    const Fact *fact = facts->all->pdata[i];
    if (is_about (fact, kind, whose, network) && g_str_equal (fact->value, value))
      return i;
  }
  return G_MAXUINT;
}

/* The newest of a key, or NULL. */
static const Fact *
newest (
    const GatewayFacts *facts, const Kind *kind, const char *whose, const char *network, gint64 now)
{
  for (guint i = facts->all->len; i-- > 0;) {
    const Fact *fact = facts->all->pdata[i];
    if (is_about (fact, kind, whose, network) && is_recent (kind, fact->when, now))
      return fact;
  }
  return NULL;
}

static gboolean
is_digest (const char *text)
{
  return strlen (text) == DIGEST_LEN && strspn (text, "0123456789abcdef") == DIGEST_LEN;
}

static gboolean
parse_time (const char *text, gint64 *ret_when)
{
  gboolean plain =
      strspn (text, "0123456789") == strlen (text) && (text[0] != '0' || text[1] == '\0');
  return plain && g_ascii_string_to_signed (text, 10, 0, G_MAXINT64 / 2, ret_when, NULL);
}

static void
read_line (GatewayFacts *facts, const char *line, gint64 now)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 6);
  gint64 when;
  if (g_strv_length (words) != 5)
    return;
  const Kind *kind = g_str_equal (words[0], ways.name) ? &ways : &addresses;
  gboolean has_network = kind == &ways;
  if (!g_str_equal (words[0], kind->name) || !is_digest (words[1]) ||
      !(has_network ? is_digest (words[2]) : g_str_equal (words[2], NOWHERE)) ||
      !kind->is_value (words[3]) || !parse_time (words[4], &when) || !is_recent (kind, when, now))
    return;
  guint at = find (facts, kind, words[1], words[2], words[3]);
  if (at != G_MAXUINT)
    g_ptr_array_remove_index (facts->all, at);
  Fact *fact = g_new0 (Fact, 1);
  *fact = (Fact){
    .kind = kind,
    .whose = g_strdup (words[1]),
    .network = g_strdup (words[2]),
    .value = g_strdup (words[3]),
    .when = when,
    .saved = when,
  };
  add (facts, fact);
}

/* text: of gateway_facts_to_text (), or NULL; what is too old in it is left. Transfer: full. */
GatewayFacts *
gateway_facts_new (const char *text_or_null, gint64 now)
{
  GatewayFacts *facts = g_new0 (GatewayFacts, 1);
  facts->all = g_ptr_array_new_with_free_func (fact_free);
  g_auto (GStrv) lines = g_strsplit (text_or_null != NULL ? text_or_null : "", "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    read_line (facts, lines[i], now);
  return facts;
}

void
gateway_facts_free (GatewayFacts *facts)
{
  g_ptr_array_unref (facts->all);
  g_free (facts);
}

/* To be kept until the next start. Transfer: full. */
char *
gateway_facts_to_text (const GatewayFacts *facts)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < facts->all->len; i++) {
    const Fact *fact = facts->all->pdata[i];
    g_string_append_printf (text, "%s %s %s %s %" G_GINT64_FORMAT "\n", fact->kind->name,
        fact->whose, fact->network, fact->value, fact->when);
  }
  return g_string_free (text, FALSE);
}

static char *
digest (const char *text)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static char *
whose_is (uid_t uid, const char *host)
{
  g_autofree char *text = g_strdup_printf ("%u %s", uid, host);
  return digest (text);
}

/* True if the text is to be kept anew: not with every status, but before what is kept is too old to be of use. */
static gboolean
note (GatewayFacts *facts, const Kind *kind, const char *whose, const char *network,
    const char *value, gint64 now)
{
  const Fact *before = newest (facts, kind, whose, network, now);
  guint at = find (facts, kind, whose, network, value);
  gboolean is_new = before == NULL || !g_str_equal (before->value, value) ||
      ABS (now - before->saved) > kind->age / 24;
  Fact *fact = g_new0 (Fact, 1);
  *fact = (Fact){
    .kind = kind,
    .whose = g_strdup (whose),
    .network = g_strdup (network),
    .value = g_strdup (value),
    .when = now,
    .saved = is_new ? now : before->saved,
  };
  if (at != G_MAXUINT)
    g_ptr_array_remove_index (facts->all, at);
  add (facts, fact);
  return is_new;
}

/* address, a literal, answered for host at now. Anything that is no address is ignored: it comes from the worker.
 * True if there is something to be kept. */
gboolean
gateway_facts_note_address (
    GatewayFacts *facts, uid_t uid, const char *host, const char *address, gint64 now)
{
  InetAddr addr;
  char buf[INET_ADDR_STRLEN];
  if (!inet_addr_parse (address, &addr))
    return FALSE;
  g_autofree char *whose = whose_is (uid, host);
  return note (facts, &addresses, whose, NOWHERE, inet_addr_format (&addr, buf), now);
}

/* What answered for host within GATEWAY_FACTS_ADDRESS_AGE, newest first; may be empty, never NULL. Transfer: full. */
char **
gateway_facts_addresses (const GatewayFacts *facts, uid_t uid, const char *host, gint64 now)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *whose = whose_is (uid, host);
  for (guint i = facts->all->len; i-- > 0;) {
    const Fact *fact = facts->all->pdata[i];
    if (is_about (fact, &addresses, whose, NOWHERE) && is_recent (&addresses, fact->when, now))
      g_strv_builder_add (builder, fact->value);
  }
  return g_strv_builder_end (builder);
}

/* The same for each of several hosts, as a{sas}; those of which nothing is known are left out. Transfer: full. */
GVariant *
gateway_facts_all_addresses (
    const GatewayFacts *facts, uid_t uid, const GPtrArray *hosts, gint64 now)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sas}"));
  for (guint i = 0; i < hosts->len; i++) {
    g_auto (GStrv) known = gateway_facts_addresses (facts, uid, hosts->pdata[i], now);
    if (known[0] != NULL)
      g_variant_builder_add (&builder, "{s^as}", hosts->pdata[i], known);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* transport, as MESSAGE_STATUS has it, led from that network to host. True if there is something to be kept. */
gboolean
gateway_facts_note_way (GatewayFacts *facts, uid_t uid, const char *host, const char *network,
    const char *transport, gint64 now)
{
  if (!is_transport (transport))
    return FALSE;
  g_autofree char *whose = whose_is (uid, host);
  g_autofree char *where = digest (network);
  return note (facts, &ways, whose, where, transport, now);
}

/* NULL where nothing is known, or only what is long ago. Borrowed until the next note. */
const char *
gateway_facts_way (
    const GatewayFacts *facts, uid_t uid, const char *host, const char *network, gint64 now)
{
  g_autofree char *whose = whose_is (uid, host);
  g_autofree char *where = digest (network);
  const Fact *fact = newest (facts, &ways, whose, where, now);
  return fact != NULL ? fact->value : NULL;
}

/* All that is known of that host, wherever. True if there was anything. */
gboolean
gateway_facts_forget (GatewayFacts *facts, uid_t uid, const char *host)
{
  g_autofree char *whose = whose_is (uid, host);
  guint before = facts->all->len;
  for (guint i = before; i-- > 0;) {
    if (g_str_equal (((const Fact *) facts->all->pdata[i])->whose, whose))
      g_ptr_array_remove_index (facts->all, i);
  }
  return facts->all->len < before;
}
