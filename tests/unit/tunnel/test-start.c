/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "base/error.h"
#include "tunnel/start.h"

#define SITE "[site]\nname=Lab\naddress=gw.example\n[sign-in]\nmethod=psk\nuser=anna@example\n"

static void
test_full (void)
{
  g_autoptr (GVariant) body = g_variant_ref_sink (
      g_variant_new_parsed ("{'site': <%s>, 'nameservers': <['192.0.2.53', 'rubbish', '::1']>,"
                            " 'hosts': <{'gw.example': ['192.0.2.1'], 'b.example': ['x', '::2']}>,"
                            " 'last-transport': <'TLS'>, 'log-level': <uint32 128>,"
                            " 'diagnose': <true>}",
          SITE));
  g_autoptr (GError) error = NULL;
  g_autoptr (Start) start = start_parse (body, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (start->site->address.host, ==, "gw.example");
  g_assert_cmpuint (start->nameservers->len, ==, 2);
  g_assert_cmpuint (((GArray *) g_hash_table_lookup (start->hosts, "gw.example"))->len, ==, 1);
  g_assert_cmpuint (((GArray *) g_hash_table_lookup (start->hosts, "b.example"))->len, ==, 1);
  g_assert_cmpuint (g_hash_table_size (start->last_good), ==, 0);
  g_assert_cmpint (start->last_way, ==, LADDER_STREAM);
  g_assert_true (start->diagnose);
  g_assert_cmpuint (start->log_level, ==, G_LOG_LEVEL_DEBUG);
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    VisitorError code;
  } cases[] = {
    { "@a{sv} {}", VISITOR_ERROR_INVALID_REQUEST },
    { "{'site': <1>}", VISITOR_ERROR_INVALID_REQUEST },
    { "{'site': <'rubbish'>}", VISITOR_ERROR_SITE_INVALID },
    /* the worker reads no file, whatever a site names */
    { "{'site': <'[site]\nname=a\naddress=gw\n[gateway]\nca=/etc/passwd\n[sign-in]\nmethod=psk\n"
      "user=a\n'>}",
        VISITOR_ERROR_SITE_INVALID },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) body = g_variant_ref_sink (
        g_variant_parse (G_VARIANT_TYPE_VARDICT, cases[i].text, NULL, NULL, &error));
    g_assert_no_error (error);
    g_assert_null (start_parse (body, &error));
    g_assert_error (error, VISITOR_ERROR, (int) cases[i].code);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tunnel/start/full", test_full);
  g_test_add_func ("/tunnel/start/refused", test_refused);
  return g_test_run ();
}
