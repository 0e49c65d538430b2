/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Key Exchange payload (RFC 7296 section 3.4). */
#include "ike/ke.h"

#include "base/cursor.h"

/* Writes KE: method, two reserved octets, a value. */
void
ike_ke_write_value (IkeChain *chain, DhGroup method, Slice value)
{
  Reserved length = ike_chain_begin (chain, IKE_PAYLOAD_KE);
  builder_u16 (&chain->b, (uint16_t) method);
  builder_u16 (&chain->b, 0);
  builder_slice (&chain->b, value);
  ike_chain_end (chain, length);
}

/* KE with our public value. */
void
ike_ke_write (IkeChain *chain, const CryptoDh *dh)
{
  ike_ke_write_value (chain, crypto_dh_group (dh), crypto_dh_public (dh));
}

static bool
find_ke (const IkePayloads *payloads, uint16_t *ret_group, Slice *ret_public)
{
  Slice body;
  if (!ike_payloads_find (payloads, IKE_PAYLOAD_KE, &body))
    return false;
  Cursor c = cursor_of (body);
  *ret_group = cursor_u16 (&c);
  cursor_skip (&c, 2);
  *ret_public = cursor_rest (&c);
  return !c.failed;
}

/* The group of the KE payload; 0 without one. */
uint16_t
ike_ke_group (const IkePayloads *payloads)
{
  uint16_t group;
  Slice public;
  return find_ke (payloads, &group, &public) ? group : 0;
}

/* The value of the KE payload, borrowed; false unless there is one of that method. */
bool
ike_ke_value (const IkePayloads *payloads, DhGroup method, Slice *ret_value)
{
  uint16_t group;
  return find_ke (payloads, &group, ret_value) && group == (uint16_t) method;
}

/* g^ir, or NULL if there is no KE payload in our group with a value that can be used. Transfer: full. */
Secret *
ike_ke_shared (const IkePayloads *payloads, const CryptoDh *dh)
{
  Slice public;
  if (!ike_ke_value (payloads, crypto_dh_group (dh), &public))
    return NULL;
  return crypto_dh_shared (dh, public, NULL);
}

/* The group that INVALID_KE_PAYLOAD asks for; DH_NONE unless it is one of our policy. */
DhGroup
ike_ke_wanted_group (const AlgorithmPolicy *policy, const IkeNotify *invalid_ke)
{
  Cursor c = cursor_of (invalid_ke->data);
  uint16_t group = cursor_u16 (&c);
  return cursor_done (&c) && algorithm_policy_has_group (policy, group) ? (DhGroup) group : DH_NONE;
}
