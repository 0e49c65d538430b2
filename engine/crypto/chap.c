/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CHAP with MD5 (RFC 1994 section 4.1): what EAP-MD5 answers. Whoever hears challenge and response can
 * guess the secret, so it is only spoken inside a TLS tunnel. */
#include "crypto/chap.h"

#include <nettle/md5.h>

/* The response is MD5 (id | secret | challenge). */
void
chap_md5 (
    uint8_t id, const Secret *secret, Slice challenge, uint8_t ret_response[static CHAP_MD5_LEN])
{
  struct md5_ctx ctx;
  Slice octets = secret_slice (secret);
  md5_init (&ctx);
  md5_update (&ctx, 1, &id);
  md5_update (&ctx, octets.len, octets.data);
  md5_update (&ctx, challenge.len, challenge.data);
  md5_digest (&ctx, CHAP_MD5_LEN, ret_response);
  bytes_wipe (&ctx, sizeof ctx);
}
