/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration in NM's words: written out, octet for octet. */
#include "nm/ip-config.h"

#include "base/error.h"

static HostConfiguration *
configuration (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new_parsed (text));
  HostConfiguration *c = host_configuration_parse (body, &error);
  g_assert_no_error (error);
  return c;
}

#define BOTH \
  "{'addresses': <['10.3.0.2/24', '10.3.0.3/24', 'fd03::2/64']>," \
  " 'routes': <['10.1.0.0/24', 'fd01::/64', '192.0.2.0/31']>," \
  " 'dns': <['10.1.0.53', 'fd01::53']>, 'domains': <['corp.example', '~lab.example']>," \
  " 'mtu': <uint32 1400>, 'banner': <'Work only'>}"
#define ALL_V4 \
  "{'addresses': <['10.3.0.2']>, 'routes': <['0.0.0.0/0', '::/0']>, 'dns': <@as []>," \
  " 'domains': <@as []>, 'mtu': <uint32 1300>}"

/* found is sunk. Dictionaries are compared as such, in whatever order. */
static void
expect (GVariant *found, const char *wanted)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (found);
  g_autoptr (GVariant) parsed = g_variant_parse (G_VARIANT_TYPE_VARDICT, wanted, NULL, NULL, NULL);
  g_autofree char *text = g_variant_print (owned, TRUE);
  g_test_message ("%s", text);
  g_assert_nonnull (parsed);
  g_assert_cmpuint (g_variant_n_children (owned), ==, g_variant_n_children (parsed));
  GVariantIter iter;
  const char *key;
  GVariant *value;
  g_variant_iter_init (&iter, parsed);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
    g_autoptr (GVariant) own = value;
    g_autoptr (GVariant) other = g_variant_lookup_value (owned, key, NULL);
    g_test_message ("%s", key);
    g_assert_nonnull (other);
    g_assert_cmpvariant (own, other);
  }
}

/* Network order in memory, whatever this machine's is. */
static guint32
number (guint8 a, guint8 b, guint8 c, guint8 d)
{
  return GUINT32_TO_BE ((guint32) a << 24 | (guint32) b << 16 | (guint32) c << 8 | d);
}

static void
general (void)
{
  g_autoptr (HostConfiguration) c = configuration (BOTH), all = configuration (ALL_V4);
  InetAddr v4, v6;
  g_assert_true (inet_addr_parse ("203.0.113.10", &v4) && inet_addr_parse ("2001:db8::1", &v6));
  g_autofree char *text = g_strdup_printf (
      "{'tundev': <'nm-visitor0'>, 'gateway': <uint32 %u>, 'mtu': <uint32 1400>, 'has-ip4': <true>,"
      " 'has-ip6': <true>, 'banner': <'Work only'>, 'can-persist': <true>}",
      number (203, 0, 113, 10));
  expect (ip_config_general (c, &v4, "nm-visitor0"), text);
  expect (ip_config_general (all, &v6, "nm-visitor1"),
      "{'tundev': <'nm-visitor1'>, 'gateway': <[byte 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, "
      "0, 0, 0, 1]>,"
      " 'mtu': <uint32 1300>, 'has-ip4': <true>, 'has-ip6': <false>, 'can-persist': <true>}");
}

static void
split_v4 (void)
{
  g_autoptr (HostConfiguration) c = configuration (BOTH);
  g_autofree char *text = g_strdup_printf (
      "{'address': <uint32 %u>, 'prefix': <uint32 32>, 'dns': <[uint32 %u]>,"
      " 'domains': <['corp.example', '~lab.example']>,"
      " 'routes': <[[uint32 %u, 24, 0, 0], [%u, 31, 0, 0]]>, 'never-default': <true>}",
      number (10, 3, 0, 2), number (10, 1, 0, 53), number (10, 1, 0, 0), number (192, 0, 2, 0));
  expect (ip_config_v4 (c), text);
}

static void
split_v6 (void)
{
  g_autoptr (HostConfiguration) c = configuration (BOTH);
  expect (ip_config_v6 (c),
      "{'address': <[byte 0xfd, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]>, 'prefix': <uint32 "
      "128>,"
      " 'dns': <[[byte 0xfd, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53]]>,"
      " 'domains': <['corp.example', '~lab.example']>, 'never-default': <true>,"
      " 'routes': <[([byte 0xfd, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], uint32 64,"
      " [byte 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], uint32 0)]>}");
}

static void
everything (void)
{
  g_autoptr (HostConfiguration) c = configuration (ALL_V4);
  g_autofree char *text = g_strdup_printf (
      "{'address': <uint32 %u>, 'prefix': <uint32 32>, 'dns': <@au []>, 'domains': <@as []>,"
      " 'routes': <@aau []>, 'never-default': <false>}",
      number (10, 3, 0, 2));
  expect (ip_config_v4 (c), text);
  g_assert_null (ip_config_v6 (c));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ip-config/general", general);
  g_test_add_func ("/ip-config/split-v4", split_v4);
  g_test_add_func ("/ip-config/split-v6", split_v6);
  g_test_add_func ("/ip-config/everything", everything);
  return g_test_run ();
}
