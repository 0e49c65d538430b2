/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EAP-Identity (RFC 3748 section 5.1): who the user is, in UTF-8 without terminator. */
#include <string.h>

#include "ike/eap-private.h"

/* The answer to an Identity request; NULL if the user's name is too long. Transfer: full. */
GBytes *
eap_identity_reply (uint8_t id, const char *user)
{
  uint8_t buf[EAP_MAX_REPLY];
  Builder b = builder_init (buf, sizeof buf);
  builder_u8 (&b, EAP_CODE_RESPONSE);
  builder_u8 (&b, id);
  Reserved length = builder_reserve_u16_from (&b, 0);
  builder_u8 (&b, EAP_TYPE_IDENTITY);
  builder_bytes (&b, user, strlen (user));
  builder_fill (&b, length);
  Slice reply = builder_result (&b);
  return builder_ok (&b) ? g_bytes_new (reply.data, reply.len) : NULL;
}
