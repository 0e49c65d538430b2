/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Redirection (RFC 5685) as client: a gateway names another in IKE_SA_INIT, behind its proof in
 * IKE_AUTH, or at any time in a request.
 *
 * It says where the next stream goes, and nothing else: the new gateway is held to the names, the CAs
 * and the keys that the site gives. How often that may happen is the business of whoever connects. */
#include "ike/moves.h"

#include <string.h>

#include "base/cursor.h"

#define MAX_NAME_LEN 253

/* GW Ident Type (section 8.1). */
typedef enum {
  GATEWAY_IPV4 = 1,
  GATEWAY_IPV6 = 2,
  GATEWAY_FQDN = 3,
} GatewayType;

static char *
read_address (InetFamily family, Slice identity)
{
  InetAddr addr;
  char text[INET_ADDR_STRLEN];
  if (!inet_addr_from_bytes (family, identity, &addr) || !inet_addr_is_unicast (&addr))
    return NULL;
  return g_strdup (inet_addr_format (&addr, text));
}

/* Letters, digits, hyphens and dots; whoever looks it up looks closer. */
static char *
read_name (Slice identity)
{
  if (identity.len == 0 || identity.len > MAX_NAME_LEN)
    return NULL;
  for (size_t i = 0; i < identity.len; i++) {
    char c = (char) identity.data[i];
    if (!g_ascii_isalnum (c) && c != '-' && c != '.')
      return NULL;
  }
  return g_strndup ((const char *) identity.data, identity.len);
}

/* The data of REDIRECT: type, length, identity, and in IKE_SA_INIT our nonce behind it. *ret_host: an
 * address literal or a name, the caller's to free; *ret_nonce is borrowed. */
bool
ike_redirect_parse (Slice data, char **ret_host, Slice *ret_nonce)
{
  Cursor c = cursor_of (data);
  uint8_t type = cursor_u8 (&c);
  Slice identity = cursor_slice (&c, cursor_u8 (&c)), nonce = cursor_rest (&c);
  char *host = NULL;
  if (c.failed)
    return false;
  if (type == GATEWAY_IPV4)
    host = read_address (INET_V4, identity);
  else if (type == GATEWAY_IPV6)
    host = read_address (INET_V6, identity);
  else if (type == GATEWAY_FQDN)
    host = read_name (identity);
  if (host == NULL)
    return false;
  *ret_host = host;
  *ret_nonce = nonce;
  return true;
}

/* What IKE_SA_INIT says of it: that we can be sent on, or who has sent us here (sections 3 and 5); unless
 * we are back with the same. */
void
ike_redirect_write (const IkeSession *session, IkeChain *chain)
{
  const InetAddr *from = &session->redirected_from;
  const Slice none = SLICE (NULL, 0);
  uint8_t buf[2 + sizeof from->bytes];
  if (from->family == INET_NONE || inet_addr_compare (from, &session->path.remote) == 0) {
    ike_chain_notify (chain, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_REDIRECT_SUPPORTED, none);
    return;
  }
  Builder b = builder_init (buf, sizeof buf);
  builder_u8 (&b, from->family == INET_V4 ? GATEWAY_IPV4 : GATEWAY_IPV6);
  builder_u8 (&b, (uint8_t) inet_family_len (from->family));
  builder_bytes (&b, from->bytes, inet_family_len (from->family));
  ike_chain_notify (
      chain, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_REDIRECTED_FROM, builder_result (&b));
}

/* A well-formed REDIRECT becomes an event. */
static bool
take (IkeSession *session, const IkePayloads *payloads, Slice nonce)
{
  IkeNotify notify;
  Slice given;
  g_autofree char *host = NULL;
  if (!ike_payloads_notify (payloads, IKE_NOTIFY_REDIRECT, &notify))
    return false;
  if (!ike_redirect_parse (notify.data, &host, &given) || given.len != nonce.len ||
      (nonce.len > 0 && memcmp (given.data, nonce.data, nonce.len) != 0)) {
    g_debug ("IKE: passing over a redirection that makes no sense");
    return false;
  }
  g_debug ("IKE: the gateway sends us to another");
  ike_session_push_event (session, IKE_EVENT_REDIRECTED)->host = g_steal_pointer (&host);
  return true;
}

/* Instead of an answer to IKE_SA_INIT: nothing is authentic yet but that whoever answers has seen the
 * request, since our nonce comes back. True ends the session. */
bool
ike_redirect_in_init (IkeSession *session, const IkePayloads *response)
{
  if (!take (session, response, ike_nonce_slice (&session->nonce_i)))
    return false;
  ike_session_fail (session, NULL);
  return true;
}

/* In an answer of IKE_AUTH, whose sender has proved itself (section 6). True ends the session: in order
 * where the SA is up. */
bool
ike_redirect_in_auth (IkeSession *session, const IkePayloads *response)
{
  if (!take (session, response, SLICE (NULL, 0)))
    return false;
  ike_session_end (session, NULL);
  return true;
}

/* In a request (section 4): the SA goes on until whoever was told closes it. */
void
ike_redirect_in_request (IkeSession *session, const IkePayloads *request)
{
  if (session->state == IKE_STATE_ESTABLISHED)
    take (session, request, SLICE (NULL, 0));
}
