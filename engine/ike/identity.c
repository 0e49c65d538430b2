/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Identities: text as a person writes it <-> the body of IDi and IDr (RFC 7296 section 3.5).
 *
 * An address literal is ID_IPV4_ADDR or ID_IPV6_ADDR, a distinguished name (CN=gateway,O=Example) is
 * ID_DER_ASN1_DN, something else with an @ is ID_RFC822_ADDR, the rest is ID_FQDN. Received identities are
 * only compared with one we know and shown in the log: nothing is copied into a place of fixed size. */
#include "ike/identity.h"

#include <string.h>

#include "base/builder.h"
#include "base/error.h"
#include "base/inet.h"
#include "crypto/dn.h"

#define MAX_SHOWN 64

/* The octets of the identity's data, borrowed. */
Slice
ike_identity_slice (const IkeIdentity *identity)
{
  return SLICE (identity->data, identity->len);
}

static void
set (IkeIdentity *identity, IkeIdType type, Slice data)
{
  identity->type = (uint8_t) type;
  identity->len = data.len;
  memcpy (identity->data, data.data, data.len);
}

/* Reads text; VISITOR_ERROR_SITE_INVALID if it is empty, too long or has a control character. */
bool
ike_identity_parse (const char *text, IkeIdentity *ret_identity, GError **error)
{
  size_t len = text != NULL ? strlen (text) : 0;
  bool clean = len > 0 && len <= IKE_ID_TEXT_MAX_LEN && g_utf8_validate (text, -1, NULL);
  for (size_t i = 0; i < len && clean; i++)
    clean = !g_ascii_iscntrl (text[i]);
  if (!clean) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "An IKE identity must have 1 to %d characters and none of them a control character.",
        IKE_ID_TEXT_MAX_LEN);
    return false;
  }

  IkeIdentity identity = { .len = len };
  memcpy (identity.data, text, len);
  InetAddr addr;
  g_autoptr (GBytes) dn = crypto_dn_from_text (text);
  if (dn != NULL) {
    set (&identity, IKE_ID_DER_ASN1_DN, slice_of_bytes (dn));
  } else if (inet_addr_parse (text, &addr)) {
    identity.type = addr.family == INET_V4 ? IKE_ID_IPV4_ADDR : IKE_ID_IPV6_ADDR;
    identity.len = inet_family_len (addr.family);
    memcpy (identity.data, addr.bytes, identity.len);
  } else {
    identity.type = strchr (text, '@') != NULL ? IKE_ID_RFC822_ADDR : IKE_ID_FQDN;
  }
  *ret_identity = identity;
  return true;
}

/* The subject of a certificate as it stands there; false if it has none, or one that is too long. */
bool
ike_identity_of_certificate (Slice cert_der, IkeIdentity *ret_identity)
{
  g_autoptr (GBytes) subject = crypto_cert_subject (cert_der);
  if (subject == NULL || g_bytes_get_size (subject) > IKE_ID_MAX_LEN)
    return false;
  set (ret_identity, IKE_ID_DER_ASN1_DN, slice_of_bytes (subject));
  return true;
}

/* True if a received identity is that one. Host names and mail addresses compare without regard to
 * case, as DNS names do; distinguished names as crypto_dn_equal () does. */
bool
ike_identity_matches (const IkeIdentity *identity, uint8_t type, Slice data)
{
  if (type == IKE_ID_DER_ASN1_DN && identity->type == type && data.len <= IKE_ID_MAX_LEN)
    return crypto_dn_equal (ike_identity_slice (identity), data);
  if (type != identity->type || data.len != identity->len)
    return false;
  if (type == IKE_ID_FQDN || type == IKE_ID_RFC822_ADDR)
    return g_ascii_strncasecmp (
               (const char *) data.data, (const char *) identity->data, data.len) == 0;
  return memcmp (data.data, identity->data, data.len) == 0;
}

/* The body of an ID payload (RFC 7296 section 3.5): type, three reserved octets, data. Written to buf,
 * which the result borrows. */
Slice
ike_identity_write_body (const IkeIdentity *identity, uint8_t buf[static IKE_ID_BODY_MAX_LEN])
{
  Builder b = builder_init (buf, IKE_ID_BODY_MAX_LEN);
  builder_u8 (&b, identity->type);
  builder_zeros (&b, 3);
  builder_slice (&b, ike_identity_slice (identity));
  return builder_result (&b);
}

/* A received identity for the log: printable, never longer than a line. Transfer: full. */
char *
ike_identity_describe (uint8_t type, Slice data)
{
  InetAddr addr;
  char buf[INET_ADDR_STRLEN];
  if (type == IKE_ID_IPV4_ADDR && inet_addr_from_bytes (INET_V4, data, &addr))
    return g_strdup (inet_addr_format (&addr, buf));
  if (type == IKE_ID_IPV6_ADDR && inet_addr_from_bytes (INET_V6, data, &addr))
    return g_strdup (inet_addr_format (&addr, buf));
  if (data.len == 0)
    return g_strdup_printf ("(an empty identity of type %u)", type);
  g_autofree char *dn = type == IKE_ID_DER_ASN1_DN ? crypto_dn_to_text (data) : NULL;
  if (dn != NULL) {
    type = IKE_ID_FQDN;
    data = SLICE ((const uint8_t *) dn, strlen (dn));
  }
  GString *text = g_string_new (NULL);
  if (type != IKE_ID_FQDN && type != IKE_ID_RFC822_ADDR)
    g_string_append_printf (text, "(identity of type %u, %zu octets) ", type, data.len);
  for (size_t i = 0; i < MIN (data.len, MAX_SHOWN); i++)
    g_string_append_c (text,
        g_ascii_isgraph ((char) data.data[i]) || (dn != NULL && data.data[i] == ' ')
            ? (char) data.data[i]
            : '?');
  if (data.len > MAX_SHOWN)
    g_string_append (text, "...");
  return g_string_free (text, FALSE);
}
