/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ike/configuration.h"

#include <glib.h>
#include <string.h>

#include "support/hex.h"

typedef struct {
  uint16_t type;
  const char *hex;
  const char *taken; /* as text; NULL = passed over */
} Row;

static const Row rows[] = {
  { IKE_ATTR_IP4_ADDRESS, "0a030001", "10.3.0.1/32" },
  { IKE_ATTR_IP4_ADDRESS, "", NULL },
  { IKE_ATTR_IP4_ADDRESS, "0a0300", NULL },
  { IKE_ATTR_IP4_ADDRESS, "0a03000120", NULL },
  { IKE_ATTR_IP6_ADDRESS, "fd030000000000000000000000000001", "fd03::1/128" },
  { IKE_ATTR_IP6_ADDRESS, "fd03000000000000000000000000000140", "fd03::1/64" },
  { IKE_ATTR_IP6_ADDRESS, "fd03000000000000000000000000000100", "fd03::1/128" },
  { IKE_ATTR_IP6_ADDRESS, "fd030000000000000000000000000001ff", "fd03::1/128" },
  { IKE_ATTR_IP6_ADDRESS, "fd0300000000000000000000000000014000", NULL },
  { IKE_ATTR_IP6_ADDRESS, "0a030001", NULL },
  { IKE_ATTR_IP4_DNS, "0a01000a", "10.1.0.10" },
  { IKE_ATTR_IP4_DNS, "", NULL },
  { IKE_ATTR_IP6_DNS, "fd010000000000000000000000000010", "fd01::10" },
  { IKE_ATTR_IP6_DNS, "0a01000a", NULL },
  { IKE_ATTR_IP4_SUBNET, "0a010000ffffff00", "10.1.0.0/24" },
  { IKE_ATTR_IP4_SUBNET, "0000000000000000", "0.0.0.0/0" },
  { IKE_ATTR_IP4_SUBNET, "0a010000ff00ff00", NULL },
  { IKE_ATTR_IP4_SUBNET, "0a010000", NULL },
  { IKE_ATTR_IP6_SUBNET, "fd01000000000000000000000000000040", "fd01::/64" },
  { IKE_ATTR_IP6_SUBNET, "fd01000000000000000000000000000081", NULL },
  { IKE_ATTR_DNS_DOMAIN, "636f72702e74657374", "corp.test" },
  { IKE_ATTR_DNS_DOMAIN, "", NULL },
  { IKE_ATTR_DNS_DOMAIN, "610062", NULL },
  { IKE_ATTR_UNITY_BANNER, "57656c636f6d65", "Welcome" },
  { IKE_ATTR_UNITY_BANNER, "0a20576f726b0d0a6f6e6c792e0a00", "Work only." },
  { IKE_ATTR_UNITY_BANNER, "1b5b324a41ff", "[2JA\xef\xbf\xbd" },
  { IKE_ATTR_UNITY_BANNER, "", NULL },
  { IKE_ATTR_UNITY_BANNER, "0d0a", NULL },
  { 7, "0a030001", NULL },
  { 0x7fff, "0a030001", NULL },
};

static char *
first_taken (const IkeConfiguration *c)
{
  char text[INET_PREFIX_STRLEN];
  if (c->addresses->len > 0)
    return g_strdup (inet_prefix_format (&g_array_index (c->addresses, InetPrefix, 0), text));
  if (c->subnets->len > 0)
    return g_strdup (inet_prefix_format (&g_array_index (c->subnets, InetPrefix, 0), text));
  if (c->dns->len > 0)
    return g_strdup (inet_addr_format (&g_array_index (c->dns, InetAddr, 0), text));
  return g_strdup (c->domains->len > 0 ? c->domains->pdata[0] : c->banner);
}

static void
test_attributes (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    IkeConfiguration configuration;
    g_autofree IkeCpPayload *cp = g_new0 (IkeCpPayload, 1);
    ike_configuration_init (&configuration);
    cp->cfg_type = IKE_CFG_REPLY;
    cp->n = 1;
    cp->attributes[0] = (IkeAttribute){ rows[i].type, hex_slice (rows[i].hex) };
    g_test_message ("%u %s", rows[i].type, rows[i].hex);
    ike_configuration_take (&configuration, cp);
    g_autofree char *taken = first_taken (&configuration);
    g_assert_cmpstr (taken, ==, rows[i].taken);
    ike_configuration_clear (&configuration);
  }
}

/* A gateway cannot make us keep more than the caps, however often it sends. */
static void
test_caps (void)
{
  IkeConfiguration configuration;
  g_autofree IkeCpPayload *cp = g_new0 (IkeCpPayload, 1);
  ike_configuration_init (&configuration);
  for (size_t i = 0; i < IKE_MAX_ATTRIBUTES; i++)
    cp->attributes[cp->n++] = (IkeAttribute){ rows[i % G_N_ELEMENTS (rows)].type,
      hex_slice (rows[i % G_N_ELEMENTS (rows)].hex) };
  for (size_t i = 0; i < 1000; i++)
    ike_configuration_take (&configuration, cp);
  g_assert_cmpuint (configuration.addresses->len, ==, 16);
  g_assert_cmpuint (configuration.dns->len, ==, 16);
  g_assert_cmpuint (configuration.domains->len, ==, 64);
  g_assert_cmpuint (configuration.subnets->len, ==, 128);
  ike_configuration_clear (&configuration);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/configuration/attributes", test_attributes);
  g_test_add_func ("/ike/configuration/caps", test_caps);
  return g_test_run ();
}
