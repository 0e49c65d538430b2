/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IKE message in the clear, as IKE_SA_INIT is and as any other is when it has been decrypted: the
 * header, the chain, every payload in it. What could be read is written and read again. */
#include "fuzz.h"

#include <glib.h>
#include <string.h>

#include "wire/cp.h"
#include "wire/delete.h"
#include "wire/describe.h"
#include "wire/legality.h"
#include "wire/sa.h"
#include "wire/ts.h"

static uint8_t buf[1 << 17];

static Slice
written (const IkeChain *chain)
{
  Slice all = builder_result (&chain->b);
  g_assert (all.len >= 4);
  return SLICE (all.data + 4, all.len - 4);
}

static void
read_sa (Slice body)
{
  static IkeSaPayload sa, again;
  if (!ike_sa_payload_parse (body, &sa))
    return;
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  ike_sa_payload_write (&chain, sa.proposals, sa.n);
  g_assert (ike_sa_payload_parse (written (&chain), &again) && again.n == sa.n);
}

static void
read_ts (Slice body)
{
  TrafficSelector ts[IKE_MAX_SELECTORS], again[IKE_MAX_SELECTORS];
  size_t n, n_again;
  if (!ike_ts_payload_parse (body, ts, &n) || n == 0)
    return;
  char text[TRAFFIC_SELECTOR_STRLEN];
  for (size_t i = 0; i < n; i++)
    g_assert (traffic_selector_is_valid (&ts[i]) && *traffic_selector_format (&ts[i], text));
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  ike_ts_payload_write (&chain, IKE_PAYLOAD_TSI, ts, n);
  g_assert (ike_ts_payload_parse (written (&chain), again, &n_again) && n_again == n);
}

static void
read_cp (Slice body)
{
  static IkeCpPayload cp, again;
  if (!ike_cp_payload_parse (body, &cp))
    return;
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  ike_cp_payload_write (&chain, &cp);
  g_assert (ike_cp_payload_parse (written (&chain), &again) && again.n == cp.n);
}

static void
read_delete (Slice body)
{
  IkeDelete delete;
  if (!ike_delete_parse (body, &delete))
    return;
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  ike_delete_write (&chain, &delete);
  Slice again = written (&chain);
  g_assert (again.len == body.len && memcmp (again.data, body.data, body.len) == 0);
}

static void
read_payload (const IkePayload *payload)
{
  IkeNotify notify;
  switch ((IkePayloadType) payload->type) {
  case IKE_PAYLOAD_SA: read_sa (payload->body); break;
  case IKE_PAYLOAD_TSI:
  case IKE_PAYLOAD_TSR: read_ts (payload->body); break;
  case IKE_PAYLOAD_CP: read_cp (payload->body); break;
  case IKE_PAYLOAD_DELETE: read_delete (payload->body); break;
  case IKE_PAYLOAD_NOTIFY:
    if (ike_notify_parse (payload->body, &notify))
      g_assert (ike_notify_to_string (notify.type) != NULL);
    break;
  case IKE_PAYLOAD_KE:
  case IKE_PAYLOAD_IDI:
  case IKE_PAYLOAD_IDR:
  case IKE_PAYLOAD_CERT:
  case IKE_PAYLOAD_CERTREQ:
  case IKE_PAYLOAD_AUTH:
  case IKE_PAYLOAD_NONCE:
  case IKE_PAYLOAD_VENDOR:
  case IKE_PAYLOAD_EAP: break; /* read in engine/ike */
  case IKE_PAYLOAD_NONE:
  case IKE_PAYLOAD_SK:
  case IKE_PAYLOAD_SKF: g_assert_not_reached ();
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IkeHeader header;
  IkePayloads payloads;
  uint8_t critical;
  if (!ike_header_parse (SLICE (data, size), &header))
    return 0;
  Slice chain = SLICE (data + IKE_HEADER_LEN, size - IKE_HEADER_LEN);
  if (ike_message_parse (&header, header.first_payload, chain, &payloads, &critical) ==
      IKE_PARSE_OK)
    g_assert (payloads.n <= IKE_MAX_PAYLOADS);
  if (ike_payloads_parse (header.first_payload, chain, &payloads, &critical) == IKE_PARSE_OK) {
    for (size_t i = 0; i < payloads.n; i++)
      read_payload (&payloads.at[i]);
  }
  return 0;
}
