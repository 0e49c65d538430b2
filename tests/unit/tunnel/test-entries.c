/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entry points of a site: their order, and what is known of each. */
#include "tunnel/entries.h"

#include <string.h>

#define SITE(more) \
  "[site]\naddress=a.example:443\nentry-points=b.example:1720;a.example:8443;192.0.2.3\n" more \
  "[sign-in]\nmethod=psk\nuser=anna\n"

static uint32_t next_random;

static void
fixed_random (void *buf, size_t len)
{
  g_assert_cmpuint (len, ==, sizeof next_random);
  memcpy (buf, &next_random, sizeof next_random);
}

static Start *
start_of (const char *site)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) body = g_variant_ref_sink (
      g_variant_new_parsed ("{'site': <%s>, 'hosts': <{'b.example': ['192.0.2.66']}>,"
                            " 'last-good': <{'a.example': ['192.0.2.77', '192.0.2.78']}>}",
          site));
  Start *start = start_parse (body, &error);
  g_assert_no_error (error);
  return start;
}

/* "host:port" of each, and behind it how many addresses of each kind: given, hosts, last-good. */
static char *
describe (const GArray *entries)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < entries->len; i++) {
    const EntryPoint *entry = &g_array_index (entries, EntryPoint, i);
    g_string_append_printf (text, "%s%s:%u/%u%u%u", i > 0 ? " " : "", entry->host, entry->port,
        entry->addresses != NULL ? entry->addresses->len : 0,
        entry->hosts != NULL ? entry->hosts->len : 0,
        entry->last_good != NULL ? entry->last_good->len : 0);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_list (void)
{
  static const struct {
    const char *site;
    uint32_t random;
    EntryOrder order;
    const char *want;
  } rows[] = {
    { SITE (""), 0, ENTRY_PRIMARY_BACKUP,
        "a.example:443/002 b.example:1720/010 a.example:8443/002 192.0.2.3:443/000" },
    { SITE ("entry-order=first-to-respond\n"), 0, ENTRY_FIRST_TO_RESPOND,
        "a.example:443/002 b.example:1720/010 a.example:8443/002 192.0.2.3:443/000" },
    { SITE ("addresses=192.0.2.1;192.0.2.2;2001:db8::1\n"), 0, ENTRY_PRIMARY_BACKUP,
        "a.example:443/302 b.example:1720/010 a.example:8443/302 192.0.2.3:443/000" },
    { SITE ("entry-order=random\n"), 0, ENTRY_STICKY,
        "b.example:1720/010 a.example:8443/002 192.0.2.3:443/000 a.example:443/002" },
    { SITE ("entry-order=random\n"), 1, ENTRY_STICKY,
        "a.example:443/002 a.example:8443/002 192.0.2.3:443/000 b.example:1720/010" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (Start) start = start_of (rows[i].site);
    next_random = rows[i].random;
    g_autoptr (GArray) entries = entries_new (start, fixed_random);
    g_autofree char *got = describe (entries);
    g_assert_cmpstr (got, ==, rows[i].want);
    g_assert_cmpint (entries_order (start->site), ==, rows[i].order);
  }
}

/* What is known of the site's own host without DNS: the site's word goes before the machine's. */
static void
test_known (void)
{
  g_autoptr (Start) given = start_of (
      "[site]\naddress=b.example\naddresses=192.0.2.1 192.0.2.2\n[sign-in]\nmethod=psk\nuser=a\n");
  g_autoptr (Start) hosts = start_of ("[site]\naddress=b.example\n[sign-in]\nmethod=psk\nuser=a\n");
  g_autoptr (Start) nothing =
      start_of ("[site]\naddress=c.example\n[sign-in]\nmethod=psk\nuser=a\n");
  g_assert_cmpuint (entries_known (given)->len, ==, 2);
  g_assert_cmpuint (entries_known (hosts)->len, ==, 1);
  g_assert_cmpuint (entries_known (nothing)->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tunnel/entries/list", test_list);
  g_test_add_func ("/tunnel/entries/known", test_known);
  return g_test_run ();
}
