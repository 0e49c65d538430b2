/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IkeInitFacts: what a gateway says of itself and of the way in its first answer, for who looks for a
 * fault: NAT detection (RFC 7296 section 2.23) and Vendor ID payloads (section 3.12). */
#include "ike/init-facts.h"

#include <string.h>

#include "ike/sa.h"
#include "wire/message.h"

#define MAX_VENDORS 16
#define SHOWN_LEN 16 /* octets of one that is no text */
#define MAX_NAME_LEN 64

/* MD5 ("strongSwan"), as charon sends it where it is told to. */
static const uint8_t strongswan[] = { 0x88, 0x2f, 0xe5, 0x6d, 0x6f, 0xd2, 0x0d, 0xbc, 0x22, 0x51,
  0x61, 0x3b, 0x2e, 0xbe, 0x5b, 0xeb };

static bool
is_text (Slice vendor)
{
  for (size_t i = 0; i < vendor.len; i++) {
    if (!g_ascii_isprint ((char) vendor.data[i]))
      return false;
  }
  return vendor.len > 0;
}

/* Transfer: full. */
static char *
name_of (Slice vendor)
{
  if (vendor.len == sizeof strongswan && memcmp (vendor.data, strongswan, vendor.len) == 0)
    return g_strdup ("strongSwan");
  if (is_text (vendor))
    return g_strndup ((const char *) vendor.data, MIN (vendor.len, MAX_NAME_LEN));
  GString *hex = g_string_new (NULL);
  for (size_t i = 0; i < MIN (vendor.len, SHOWN_LEN); i++)
    g_string_append_printf (hex, "%02x", vendor.data[i]);
  return g_string_free (hex, FALSE);
}

/* True if a notification of this type, of which a host with several addresses sends several, has the hash
 * of the address; *ret_any: there is one at all. */
static bool
has_hash (
    const IkePayloads *payloads, IkeNotifyType type, const uint8_t hash[static 20], bool *ret_any)
{
  bool found = false;
  *ret_any = false;
  for (size_t i = 0; i < payloads->n; i++) {
    IkeNotify notify;
    if (payloads->at[i].type != IKE_PAYLOAD_NOTIFY ||
        !ike_notify_parse (payloads->at[i].body, &notify) || notify.type != type)
      continue;
    *ret_any = true;
    found |= notify.data.len == 20 && memcmp (notify.data.data, hash, 20) == 0;
  }
  return found;
}

static void
read_nat (
    const IkeHeader *header, const IkePayloads *payloads, const IkePath *path, IkeInitFacts *facts)
{
  const IkeSa spis = { .spi_i = header->spi_i, .spi_r = header->spi_r };
  uint8_t local[20], remote[20];
  bool has_source, has_destination;
  ike_sa_nat_hash (&spis, &path->local, path->local_port, local);
  ike_sa_nat_hash (&spis, &path->remote, path->remote_port, remote);
  facts->nat_before_gateway =
      !has_hash (payloads, IKE_NOTIFY_NAT_DETECTION_SOURCE_IP, remote, &has_source);
  facts->nat_before_us =
      !has_hash (payloads, IKE_NOTIFY_NAT_DETECTION_DESTINATION_IP, local, &has_destination);
  facts->detects_nat = has_source && has_destination;
}

void
ike_init_facts_clear (IkeInitFacts *facts)
{
  g_clear_pointer (&facts->vendors, g_ptr_array_unref);
}

/* message: what came over `path` after our request. False, and *ret_facts untouched, where it is no response
 * to IKE_SA_INIT. */
bool
ike_init_facts_read (Slice message, const IkePath *path, IkeInitFacts *ret_facts)
{
  IkeHeader header;
  uint8_t critical;
  g_autofree IkePayloads *payloads = g_new (IkePayloads, 1);
  if (!ike_header_parse (message, &header) || !header.is_response ||
      header.exchange != IKE_EXCHANGE_SA_INIT)
    return false;
  Slice chain = SLICE (message.data + IKE_HEADER_LEN, message.len - IKE_HEADER_LEN);
  if (ike_payloads_parse (header.first_payload, chain, payloads, &critical) != IKE_PARSE_OK)
    return false;
  IkeInitFacts facts = { .vendors = g_ptr_array_new_with_free_func (g_free) };
  read_nat (&header, payloads, path, &facts);
  for (size_t i = 0; i < payloads->n && facts.vendors->len < MAX_VENDORS; i++) {
    if (payloads->at[i].type == IKE_PAYLOAD_VENDOR && payloads->at[i].body.len > 0)
      g_ptr_array_add (facts.vendors, name_of (payloads->at[i].body));
  }
  *ret_facts = facts;
  return true;
}
