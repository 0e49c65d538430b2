/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration that the gateway hands out: CFG_REQUEST and CFG_REPLY (RFC 7296 section 3.15,
 * RFC 8598 for domains). Each list has a cap; an attribute of the wrong size is passed over. */
#include "ike/configuration.h"

#include <string.h>

#include "base/cursor.h"
#include "base/text.h"

#define MAX_ADDRESSES 16
#define MAX_DNS 16
#define MAX_DOMAINS 64
#define MAX_SUBNETS 128
#define MAX_DOMAIN_LEN 255
#define MAX_BANNER_LEN 1000

/* To be cleared; so is one of zeros. */
void
ike_configuration_init (IkeConfiguration *configuration)
{
  configuration->addresses = g_array_new (FALSE, FALSE, sizeof (InetPrefix));
  configuration->dns = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  configuration->domains = g_ptr_array_new_with_free_func (g_free);
  configuration->subnets = g_array_new (FALSE, FALSE, sizeof (InetPrefix));
  configuration->banner = NULL;
}

void
ike_configuration_clear (IkeConfiguration *configuration)
{
  g_clear_pointer (&configuration->addresses, g_array_unref);
  g_clear_pointer (&configuration->dns, g_array_unref);
  g_clear_pointer (&configuration->domains, g_ptr_array_unref);
  g_clear_pointer (&configuration->subnets, g_array_unref);
  g_clear_pointer (&configuration->banner, g_free);
}

/* Another that shares the lists, which nobody changes any more; to be cleared. */
IkeConfiguration
ike_configuration_ref (const IkeConfiguration *configuration)
{
  return (IkeConfiguration){
    .addresses = g_array_ref (configuration->addresses),
    .dns = g_array_ref (configuration->dns),
    .domains = g_ptr_array_ref (configuration->domains),
    .subnets = g_array_ref (configuration->subnets),
    .banner = g_strdup (configuration->banner),
  };
}

/* An address that we had and would like to keep (RFC 7296 section 3.15.1), written to buf; empty without. */
static Slice
wanted_value (const GArray *addresses, InetFamily family, uint8_t buf[static 17])
{
  for (guint i = 0; i < addresses->len; i++) {
    const InetPrefix *prefix = &g_array_index (addresses, InetPrefix, i);
    if (prefix->addr.family != family)
      continue;
    Builder b = builder_init (buf, 17);
    builder_bytes (&b, prefix->addr.bytes, inet_family_len (family));
    if (family == INET_V6)
      builder_u8 (&b, prefix->length);
    return builder_result (&b);
  }
  return SLICE (NULL, 0);
}

/* Writes a CFG_REQUEST for everything we can use; addresses: InetPrefix, of each family the first is
 * wished for. */
void
ike_configuration_request (IkeChain *chain, const GArray *addresses)
{
  static const uint16_t wanted[] = {
    IKE_ATTR_IP4_ADDRESS,
    IKE_ATTR_IP4_DNS,
    IKE_ATTR_IP4_SUBNET,
    IKE_ATTR_IP6_ADDRESS,
    IKE_ATTR_IP6_DNS,
    IKE_ATTR_IP6_SUBNET,
    IKE_ATTR_DNS_DOMAIN,
    IKE_ATTR_UNITY_BANNER,
  };
  IkeCpPayload cp = { .cfg_type = IKE_CFG_REQUEST };
  for (size_t i = 0; i < G_N_ELEMENTS (wanted); i++)
    cp.attributes[cp.n++] = (IkeAttribute){ .type = wanted[i] };
  uint8_t v4[17], v6[17];
  for (size_t i = 0; i < cp.n; i++) {
    if (cp.attributes[i].type == IKE_ATTR_IP4_ADDRESS)
      cp.attributes[i].value = wanted_value (addresses, INET_V4, v4);
    else if (cp.attributes[i].type == IKE_ATTR_IP6_ADDRESS)
      cp.attributes[i].value = wanted_value (addresses, INET_V6, v6);
  }
  ike_cp_payload_write (chain, &cp);
}

/* An address, and for IPv6 its prefix length in an octet behind it. */
static void
take_address (IkeConfiguration *configuration, InetFamily family, Slice value)
{
  Cursor c = cursor_of (value);
  InetPrefix prefix = { .length = family == INET_V4 ? 32 : 128 };
  Slice bytes = cursor_slice (&c, inet_family_len (family));
  if (family == INET_V6 && cursor_left (&c) > 0) {
    uint8_t length = cursor_u8 (&c);
    if (length >= 1 && length <= 128)
      prefix.length = length;
  }
  if (cursor_done (&c) && inet_addr_from_bytes (family, bytes, &prefix.addr) &&
      configuration->addresses->len < MAX_ADDRESSES)
    g_array_append_val (configuration->addresses, prefix);
}

static void
take_dns (IkeConfiguration *configuration, InetFamily family, Slice value)
{
  InetAddr addr;
  if (value.len == inet_family_len (family) && inet_addr_from_bytes (family, value, &addr) &&
      configuration->dns->len < MAX_DNS)
    g_array_append_val (configuration->dns, addr);
}

/* The length that a netmask stands for; false if its ones are not in front. */
static bool
mask_length (uint32_t mask, uint8_t *ret_length)
{
  uint8_t length = 0;
  while (length < 32 && (mask & 0x80000000u >> length) != 0)
    length++;
  *ret_length = length;
  return length == 32 || (uint32_t) (mask << length) == 0;
}

static void
take_subnet (IkeConfiguration *configuration, InetFamily family, Slice value)
{
  Cursor c = cursor_of (value);
  InetPrefix prefix = { .length = 0 };
  Slice bytes = cursor_slice (&c, inet_family_len (family));
  bool good = true;
  if (family == INET_V4)
    good = mask_length (cursor_u32 (&c), &prefix.length);
  else
    prefix.length = cursor_u8 (&c);
  if (good && cursor_done (&c) && prefix.length <= 8 * inet_family_len (family) &&
      inet_addr_from_bytes (family, bytes, &prefix.addr) &&
      configuration->subnets->len < MAX_SUBNETS)
    g_array_append_val (configuration->subnets, prefix);
}

static void
take_domain (IkeConfiguration *configuration, Slice value)
{
  if (value.len > 0 && value.len <= MAX_DOMAIN_LEN && memchr (value.data, 0, value.len) == NULL &&
      configuration->domains->len < MAX_DOMAINS)
    g_ptr_array_add (configuration->domains, g_strndup ((const char *) value.data, value.len));
}

/* The first is taken: nobody sends two. */
static void
take_banner (IkeConfiguration *configuration, Slice value)
{
  if (configuration->banner == NULL)
    configuration->banner = text_one_line (value, MAX_BANNER_LEN);
}

/* Adds what a CFG_REPLY says. */
void
ike_configuration_take (IkeConfiguration *configuration, const IkeCpPayload *reply)
{
  for (size_t i = 0; i < reply->n; i++) {
    Slice value = reply->attributes[i].value;
    switch (reply->attributes[i].type) {
    case IKE_ATTR_IP4_ADDRESS: take_address (configuration, INET_V4, value); break;
    case IKE_ATTR_IP6_ADDRESS: take_address (configuration, INET_V6, value); break;
    case IKE_ATTR_IP4_DNS: take_dns (configuration, INET_V4, value); break;
    case IKE_ATTR_IP6_DNS: take_dns (configuration, INET_V6, value); break;
    case IKE_ATTR_IP4_SUBNET: take_subnet (configuration, INET_V4, value); break;
    case IKE_ATTR_IP6_SUBNET: take_subnet (configuration, INET_V6, value); break;
    case IKE_ATTR_DNS_DOMAIN: take_domain (configuration, value); break;
    case IKE_ATTR_UNITY_BANNER: take_banner (configuration, value); break;
    default: break;
    }
  }
}
