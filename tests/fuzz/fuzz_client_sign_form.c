/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an engine asks the user's program to sign. Whatever passes for the proof of IKE_AUTH begins with an
 * IKE_SA_INIT request and has no more behind it than a nonce and what two prfs make. */
#include "base/cursor.h"
#include "client/sign-form.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (!visitor_sign_form_is_ike_auth (SLICE (data, size)))
    return 0;
  Cursor c = cursor_init (data, size);
  g_assert (cursor_u64 (&c) != 0);
  g_assert (cursor_u64 (&c) == 0);
  g_assert (data[17] == 0x20 && data[18] == 34 && data[19] == 8);
  cursor_skip (&c, 8);
  uint32_t len = cursor_u32 (&c);
  g_assert (!c.failed && len <= size - 48 && size - len <= 452);
  return 0;
}
