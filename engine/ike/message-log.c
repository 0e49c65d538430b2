/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each message of an IKE session in a few lines at debug level, so that an administrator can lay them
 * beside the gateway's own log: which payloads, which proposals, who claims to be whom, which networks.
 *
 * What is secret has no way into it: of KE, AUTH, EAP and certificates only that they are there. */
#include "ike/message-log.h"

#include <glib.h>

#include "base/cursor.h"
#include "ike/identity.h"
#include "wire/describe.h"
#include "wire/ts.h"

static void
log_proposals (Slice body)
{
  g_autofree IkeSaPayload *sa = g_new (IkeSaPayload, 1);
  if (!ike_sa_payload_parse (body, sa))
    return;
  for (size_t i = 0; i < sa->n; i++) {
    const IkeProposal *proposal = &sa->proposals[i];
    g_autofree char *text = ike_proposal_describe (proposal);
    g_debug ("IKE:   proposal %u for %s: %s", proposal->number,
        proposal->protocol == IKE_PROTOCOL_ESP ? "ESP" : "IKE", text);
  }
}

static void
log_identity (const char *name, Slice body)
{
  Cursor c = cursor_of (body);
  uint8_t type = cursor_u8 (&c);
  cursor_skip (&c, 3);
  g_autofree char *text = ike_identity_describe (type, cursor_rest (&c));
  g_debug ("IKE:   %s: %s", name, text);
}

static void
log_selectors (const char *name, Slice body)
{
  TrafficSelector ts[IKE_MAX_SELECTORS];
  size_t n;
  if (!ike_ts_payload_parse (body, ts, &n))
    return;
  g_autoptr (GString) list = g_string_new (NULL);
  for (size_t i = 0; i < n; i++) {
    char text[TRAFFIC_SELECTOR_STRLEN];
    g_string_append_printf (list, " %s", traffic_selector_format (&ts[i], text));
  }
  g_debug ("IKE:   %s:%s", name, list->str);
}

static void
log_payloads (
    const char *verb, uint8_t exchange, uint32_t message_id, bool is_response, const IkePayloads *p)
{
  g_autofree char *list = ike_payloads_describe (p);
  g_debug ("IKE: %s %s %s %u: %s", verb, ike_exchange_to_string (exchange),
      is_response ? "response" : "request", message_id, p->n > 0 ? list : "(empty)");
  for (size_t i = 0; i < p->n; i++) {
    switch (p->at[i].type) {
    case IKE_PAYLOAD_SA: log_proposals (p->at[i].body); break;
    case IKE_PAYLOAD_IDI: log_identity ("IDi", p->at[i].body); break;
    case IKE_PAYLOAD_IDR: log_identity ("IDr", p->at[i].body); break;
    case IKE_PAYLOAD_TSI: log_selectors ("TSi", p->at[i].body); break;
    case IKE_PAYLOAD_TSR: log_selectors ("TSr", p->at[i].body); break;
    default: break;
    }
  }
}

/* A message of the peer that is whole and, but for IKE_SA_INIT, authentic. */
void
ike_log_received (const IkeHeader *header, const IkePayloads *payloads)
{
  log_payloads ("received", header->exchange, header->message_id, header->is_response, payloads);
}

/* A message of ours, before it is sealed. */
void
ike_log_sending (uint8_t exchange, uint32_t message_id, bool is_response, IkeChain *chain)
{
  IkePayloads payloads;
  uint8_t critical;
  if (ike_payloads_parse (chain->first, builder_result (&chain->b), &payloads, &critical) ==
      IKE_PARSE_OK)
    log_payloads ("sending", exchange, message_id, is_response, &payloads);
}
