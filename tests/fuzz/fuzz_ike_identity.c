/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who somebody says they are: a received identity (its type, two octets of length, its data), then a
 * certificate (two octets of length) whose subject becomes an identity, then an identity as a site has it,
 * as text. What is the same is the same both ways round, and what is shown is a line. */
#include <string.h>

#include "base/cursor.h"
#include "crypto/dn.h"
#include "fuzz.h"
#include "ike/identity.h"

static void
check_shown (uint8_t type, Slice data)
{
  g_autofree char *text = ike_identity_describe (type, data);
  g_assert (g_utf8_validate (text, -1, NULL) && strlen (text) < 256);
  for (const char *p = text; *p != '\0'; p++)
    g_assert (!g_ascii_iscntrl (*p));
}

/* A name that can be read is itself; whatever its text is read as stays within its bound. */
static void
check_name (Slice der)
{
  g_autofree char *text = crypto_dn_to_text (der);
  g_assert (der.len == 0 || crypto_dn_equal (der, der));
  g_autoptr (GBytes) again = text != NULL ? crypto_dn_from_text (text) : NULL;
  if (again != NULL)
    g_assert (g_bytes_get_size (again) <= DN_MAX_LEN);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Cursor c = cursor_init (data, size);
  uint8_t type = cursor_u8 (&c);
  Slice received = cursor_slice (&c, cursor_u16 (&c));
  Slice cert = cursor_slice (&c, cursor_u16 (&c));
  Slice rest = cursor_rest (&c);
  if (c.failed)
    return 0;
  check_shown (type, received);
  check_name (received);

  IkeIdentity own, named;
  if (ike_identity_of_certificate (cert, &own)) {
    Slice subject = ike_identity_slice (&own);
    g_assert (ike_identity_matches (&own, IKE_ID_DER_ASN1_DN, subject));
    g_assert (crypto_dn_equal (subject, received) == crypto_dn_equal (received, subject));
    check_shown (own.type, subject);
    check_name (subject);
  }
  g_autofree char *text = g_strndup ((const char *) rest.data, rest.len);
  if (ike_identity_parse (text, &named, NULL)) {
    uint8_t body[IKE_ID_BODY_MAX_LEN];
    Slice whole = ike_identity_write_body (&named, body);
    g_assert (whole.len == named.len + 4 && body[0] == named.type);
    g_assert (ike_identity_matches (&named, named.type, ike_identity_slice (&named)));
    (void) ike_identity_matches (&named, type, received);
    check_shown (named.type, ike_identity_slice (&named));
  }
  return 0;
}
