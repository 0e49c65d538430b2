/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TtlsInput: what one message of the server inside EAP-TTLS says. */
#include "ike/ttls-input.h"

#include "ike/ttls-avp.h"

/* Behind the identifier that MS-CHAP-V2's attributes begin with. */
static Slice
behind_ident (Slice value)
{
  return value.len > 0 ? SLICE (value.data + 1, value.len - 1) : value;
}

static bool
take_microsoft (TtlsInput *input, const TtlsAvp *avp)
{
  switch (avp->code) {
  case AVP_MS_CHAP2_SUCCESS: input->mschap_success = behind_ident (avp->data); return true;
  case AVP_MS_CHAP_ERROR: input->mschap_error = behind_ident (avp->data); return true;
  default: return false;
  }
}

/* All attributes of a message, borrowed from it; false if one is malformed, or is not known and must
 * be. An EAP packet may come in several (RFC 2869 section 5.13), and is put together in `packet`. */
bool
ttls_input_parse (Slice plain, Builder *packet, TtlsInput *ret_input)
{
  TtlsInput input = { .eap = SLICE (NULL, 0) };
  Cursor c = cursor_of (plain);
  TtlsAvp avp;
  while (cursor_left (&c) > 0 && ttls_avp_read (&c, &avp)) {
    bool known = true;
    if (avp.vendor == AVP_VENDOR_MICROSOFT)
      known = take_microsoft (&input, &avp);
    else if (avp.vendor == 0 && avp.code == AVP_EAP_MESSAGE)
      builder_slice (packet, avp.data);
    else
      known = avp.vendor == 0 && avp.code == AVP_REPLY_MESSAGE;
    if (!known && avp.mandatory)
      return false;
  }
  input.eap = builder_result (packet);
  *ret_input = input;
  return cursor_done (&c) && builder_ok (packet);
}
