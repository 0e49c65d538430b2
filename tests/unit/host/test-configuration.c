/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a gateway may assign to this machine, row by row. */
#include "host/configuration.h"

#include <string.h>

#include "host/domain.h"

static HostConfiguration *
parse (const char *text, GError **error)
{
  g_autoptr (GError) bad = NULL;
  g_autoptr (GVariant) body = g_variant_parse (NULL, text, NULL, NULL, &bad);
  g_assert_no_error (bad);
  return host_configuration_parse (body, error);
}

static const struct {
  const char *why;
  const char *body;
  const char *expected; /* NULL = the same */
} accepted[] = {
  { "v4 and v6",
      "{'addresses': <['10.3.0.2/32', 'fd03::1/128']>, 'routes': <['0.0.0.0/0', '2001:db8::/32']>, "
      "'dns': <['10.0.0.53', '2001:db8::53']>, 'domains': <['corp.example', '~.']>, "
      "'mtu': <uint32 1400>, 'banner': <'Work only; Großraum 3.'>}",
      NULL },
  { "the least", "{'addresses': <['10.3.0.2']>, 'mtu': <uint32 576>}",
      "{'addresses': <['10.3.0.2/32']>, 'routes': <@as []>, 'dns': <@as []>, 'domains': <@as []>, "
      "'mtu': <uint32 576>}" },
  { "doubles and spellings",
      "{'addresses': <['10.3.0.2/24']>, 'routes': <['10.0.0.0/8', '10.0.0.0/8', "
      "'2001:DB8:0::/32']>, "
      "'dns': <['10.0.0.1', '10.0.0.1']>, 'domains': <['Corp.Example.', 'corp.example', "
      "'~X-1.example']>, 'mtu': <uint32 9000>}",
      "{'addresses': <['10.3.0.2/24']>, 'routes': <['10.0.0.0/8', '2001:db8::/32']>, "
      "'dns': <['10.0.0.1']>, 'domains': <['corp.example', '~x-1.example']>, "
      "'mtu': <uint32 9000>}" },
};

static void
accepts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (accepted); i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", accepted[i].why);
    g_autoptr (HostConfiguration) c = parse (accepted[i].body, &error);
    g_assert_no_error (error);
    const char *text = accepted[i].expected != NULL ? accepted[i].expected : accepted[i].body;
    g_autoptr (HostConfiguration) expected = parse (text, &error);
    g_assert_no_error (error);
    g_assert_true (host_configuration_equal (c, expected));

    g_autoptr (GVariant) printed = g_variant_ref_sink (host_configuration_to_variant (c));
    g_autoptr (HostConfiguration) again = host_configuration_parse (printed, &error);
    g_assert_no_error (error);
    g_assert_true (host_configuration_equal (c, again));
    g_autoptr (HostConfiguration) copy = host_configuration_copy (c);
    g_assert_true (host_configuration_equal (c, copy));
  }
}

#define A "'addresses': <['10.3.0.2/32']>"
#define M "'mtu': <uint32 1400>"

static const struct {
  const char *body;
  const char *names; /* what the error's text must have in it */
} refused[] = {
  { "('no', 'dictionary')", "dictionary" },
  { "@a{sv} {}", "addresses" },
  { "{" M "}", "addresses" },
  { "{" A "}", "mtu" },
  { "{'addresses': <@as []>, " M "}", "addresses" },
  { "{'addresses': <'10.3.0.2/32'>, " M "}", "addresses" },
  { "{'addresses': <[1, 2]>, " M "}", "addresses" },
  { "{" A ", 'mtu': <'1400'>}", "mtu" },
  { "{" A ", 'mtu': <uint32 575>}", "575" },
  { "{" A ", 'mtu': <uint32 9001>}", "9001" },
  { "{" A ", 'mtu': <uint32 0>}", "mtu" },
  { "{'addresses': <['10.3.0.2/32', 'fd00::1/64']>, 'mtu': <uint32 1279>}", "IPv6" },
  { "{" A ", " M ", 'script': <'/bin/sh'>}", "script" },

  { "{'addresses': <['']>, " M "}", "address" },
  { "{'addresses': <['10.3.0.2/33']>, " M "}", "10.3.0.2/33" },
  { "{'addresses': <['10.3.0.2/32\\n']>, " M "}", "10.3.0.2/32\\n" },
  { "{'addresses': <['10.3.0.2 /32']>, " M "}", "10.3.0.2 " },
  { "{'addresses': <['10.3.0.2/']>, " M "}", "10.3.0.2/" },
  { "{'addresses': <['10.3.0.2/+8']>, " M "}", "10.3.0.2/+8" },
  { "{'addresses': <['10.3.2']>, " M "}", "10.3.2" },
  { "{'addresses': <['10.3.0.2/0']>, " M "}", "10.3.0.2/0" },
  { "{'addresses': <['127.0.0.1/32']>, " M "}", "127.0.0.1" },
  { "{'addresses': <['0.0.0.0/32']>, " M "}", "0.0.0.0" },
  { "{'addresses': <['224.0.0.1/32']>, " M "}", "224.0.0.1" },
  { "{'addresses': <['255.255.255.255/32']>, " M "}", "255.255.255.255" },
  { "{'addresses': <['::1/128']>, " M "}", "::1" },
  { "{'addresses': <['fe80::1/64']>, " M "}", "fe80::1" },
  { "{'addresses': <['fe80::1%eth0/64']>, " M "}", "fe80::1%eth0" },
  { "{'addresses': <['ff02::1/128']>, " M "}", "ff02::1" },
  { "{'addresses': <['::ffff:10.0.0.1/128']>, " M "}", "ffff" },
  { "{'addresses': <['10.3.0.2/32', '10.3.0.2/24']>, " M "}", "twice" },

  { "{" A ", " M ", 'routes': <['10.0.0.1/8']>}", "10.0.0.1/8" },
  { "{" A ", " M ", 'routes': <['2001:db8::1/32']>}", "2001:db8::1/32" },
  { "{" A ", " M ", 'routes': <['default']>}", "default" },
  { "{" A ", " M ", 'routes': <['127.0.0.0/8']>}", "127.0.0.0/8" },
  { "{" A ", " M ", 'routes': <['127.1.2.3/32']>}", "127.1.2.3" },
  { "{" A ", " M ", 'routes': <['224.0.0.0/4']>}", "224.0.0.0/4" },
  { "{" A ", " M ", 'routes': <['fe80::/10']>}", "fe80::/10" },
  { "{" A ", " M ", 'routes': <['::1/128']>}", "::1/128" },
  { "{" A ", " M ", 'routes': <['10.0.0.0/8 dev eth0']>}", "dev eth0" },
  { "{" A ", " M ", 'routes': <['0.0.0.0/0\\n0.0.0.0/1']>}", "\\n" },

  { "{" A ", " M ", 'dns': <['dns.example']>}", "dns.example" },
  { "{" A ", " M ", 'dns': <['127.0.0.1']>}", "127.0.0.1" },
  { "{" A ", " M ", 'dns': <['fe80::53']>}", "fe80::53" },
  { "{" A ", " M ", 'dns': <['10.0.0.1\\noptions debug']>}", "\\n" },
  { "{" A ", " M ", 'dns': <['10.0.0.1:53']>}", "10.0.0.1:53" },
  { "{" A ", " M ", 'dns': <['10.0.0.1/32']>}", "10.0.0.1/32" },

  { "{" A ", " M ", 'banner': <''>}", "banner" },
  { "{" A ", " M ", 'banner': <['a']>}", "banner" },
  { "{" A ", " M ", 'banner': <'a\\nb'>}", "a\\nb" },
  { "{" A ", " M ", 'banner': <'\\u001b[2J'>}", "[2J" },
  { "{" A ", " M ", 'banner': <'\\u202egnp.exe'>}", "gnp" },
  { "{" A ", " M ", 'banner': <'a'>, 'banner': <'b'>}", "twice" },

  { "{" A ", " M ", 'domains': <['x;id']>}", "x;id" },
  { "{" A ", " M ", 'domains': <['corp.example\\nnameserver 192.0.2.1']>}", "\\n" },
};

static void
refuses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", refused[i].body);
    g_assert_null (parse (refused[i].body, &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
    g_assert_nonnull (strstr (error->message, refused[i].names));
    for (const char *c = error->message; *c != '\0'; c++)
      g_assert_false (g_ascii_iscntrl (*c));
  }
}

/* A key that comes twice is no way round a check. */
static void
refuses_a_second_mtu (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (parse ("{" A ", 'mtu': <uint32 1400>, 'mtu': <uint32 1500>}", &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
}

static void
counts (void)
{
  static const struct {
    const char *key;
    guint max;
    const char *format;
  } rows[] = {
    { "addresses", HOST_MAX_ADDRESSES, "10.3.%u.%u" },
    { "routes", HOST_MAX_ROUTES, "10.%u.%u.0/24" },
    { "dns", HOST_MAX_DNS, "10.0.%u.%u" },
    { "domains", HOST_MAX_DOMAINS, "a%u-%u.example" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    for (guint excess = 0; excess < 2; excess++) {
      g_auto (GVariantDict) dict = { 0 };
      g_variant_dict_init (&dict, NULL);
      if (i != 0)
        g_variant_dict_insert_value (&dict, "addresses", g_variant_new_parsed ("['10.3.0.2']"));
      g_variant_dict_insert (&dict, "mtu", "u", 1400);
      g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
      for (guint n = 1; n <= rows[i].max + excess; n++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        g_autofree char *text = g_strdup_printf (rows[i].format, n / 250, n % 250 + 1);
#pragma GCC diagnostic pop
        g_strv_builder_add (list, text);
      }
      g_auto (GStrv) strings = g_strv_builder_end (list);
      g_variant_dict_insert (&dict, rows[i].key, "^as", strings);
      g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_dict_end (&dict));
      g_autoptr (GError) error = NULL;
      g_autoptr (HostConfiguration) c = host_configuration_parse (body, &error);
      g_assert_cmpint (c != NULL, ==, excess == 0);
      if (excess > 0)
        g_assert_nonnull (strstr (error->message, "too many"));
    }
  }
}

static void
takes_all (void)
{
  static const struct {
    const char *body;
    gboolean all, v6;
  } rows[] = {
    { "{" A ", " M ", 'routes': <['0.0.0.0/0']>}", TRUE, FALSE },
    { "{" A ", " M ", 'routes': <['10.0.0.0/8']>}", FALSE, FALSE },
    { "{" A ", " M ", 'routes': <['::/0']>}", FALSE, FALSE },
    { "{'addresses': <['fd00::1']>, " M ", 'routes': <['::/0']>}", TRUE, TRUE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (HostConfiguration) c = parse (rows[i].body, NULL);
    g_assert_cmpint (host_configuration_takes_all (c), ==, rows[i].all);
    g_assert_cmpint (host_configuration_has_family (c, INET_V6), ==, rows[i].v6);
  }
}

static void
domains (void)
{
  static const struct {
    const char *text, *expected;
  } rows[] = {
    { "example", "example" },
    { "CORP.Example", "corp.example" },
    { "corp.example.", "corp.example" },
    { "~corp.example", "~corp.example" },
    { "~.", "~." },
    { "xn--bcher-kva.example", "xn--bcher-kva.example" },
    { "1.example", "1.example" },
    { "", NULL },
    { ".", NULL },
    { "~", NULL },
    { "~~a", NULL },
    { "..", NULL },
    { "a..b", NULL },
    { ".a", NULL },
    { "a..", NULL },
    { "-a.example", NULL },
    { "a-.example", NULL },
    { "a_b.example", NULL },
    { "b\303\274cher.example", NULL },
    { "a b", NULL },
    { "a\nb", NULL },
    { "a\rb", NULL },
    { "a\tb", NULL },
    { "a=b", NULL },
    { "[a]", NULL },
    { "\"a\"", NULL },
    { "a;id", NULL },
    { "$(id)", NULL },
    { "`id`", NULL },
    { "../../etc", NULL },
    { "*.example", NULL },
    { "10.0.0.1", NULL },
    { "example.123", NULL },
    { "\033[2J", NULL },
    { "a123456789012345678901234567890123456789012345678901234567890123", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *domain = host_domain_parse (rows[i].text);
    g_assert_cmpstr (domain, ==, rows[i].expected);
  }
}

static void
domain_length (void)
{
  g_autoptr (GString) name = g_string_new (NULL);
  while (name->len < 252)
    g_string_append (name, "a.");
  g_string_append_c (name, 'a');
  g_assert_cmpuint (name->len, ==, 253);
  g_autofree char *longest = host_domain_parse (name->str);
  g_assert_cmpstr (longest, ==, name->str);
  g_string_prepend (name, "b");
  g_assert_null (host_domain_parse (name->str));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/configuration/accepts", accepts);
  g_test_add_func ("/host/configuration/refuses", refuses);
  g_test_add_func ("/host/configuration/refuses-a-second-mtu", refuses_a_second_mtu);
  g_test_add_func ("/host/configuration/counts", counts);
  g_test_add_func ("/host/configuration/takes-all", takes_all);
  g_test_add_func ("/host/configuration/domains", domains);
  g_test_add_func ("/host/configuration/domain-length", domain_length);
  return g_test_run ();
}
