/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which payload may stand in which message, and how often: RFC 7296 sections 1.2 to 1.4, 2.16 and the
 * figures of appendix C, RFC 9242 and RFC 9370, as one table.
 *
 * What must be there depends on what was asked, and is decided in engine/ike; what may not be there is
 * decided here, so that no code behind ever sees a second AUTH, or an AUTH in an exchange that has
 * none. */
#include "wire/legality.h"

#include <glib.h>

#define ANY IKE_MAX_PAYLOADS

typedef enum {
  REQUEST = 1,
  RESPONSE = 2,
  BOTH = REQUEST | RESPONSE,
} Direction;

typedef struct {
  IkeExchange exchange;
  IkePayloadType type;
  Direction direction;
  size_t max;
} Rule;

static const Rule rules[] = {
  { IKE_EXCHANGE_SA_INIT, IKE_PAYLOAD_SA, BOTH, 1 },
  { IKE_EXCHANGE_SA_INIT, IKE_PAYLOAD_KE, BOTH, 1 },
  { IKE_EXCHANGE_SA_INIT, IKE_PAYLOAD_NONCE, BOTH, 1 },
  { IKE_EXCHANGE_SA_INIT, IKE_PAYLOAD_CERTREQ, RESPONSE, ANY },
  { IKE_EXCHANGE_SA_INIT, IKE_PAYLOAD_NOTIFY, BOTH, ANY },
  { IKE_EXCHANGE_SA_INIT, IKE_PAYLOAD_VENDOR, BOTH, ANY },

  { IKE_EXCHANGE_INTERMEDIATE, IKE_PAYLOAD_KE, BOTH, 1 },
  { IKE_EXCHANGE_INTERMEDIATE, IKE_PAYLOAD_NOTIFY, BOTH, ANY },
  { IKE_EXCHANGE_INTERMEDIATE, IKE_PAYLOAD_VENDOR, BOTH, ANY },

  { IKE_EXCHANGE_SESSION_RESUME, IKE_PAYLOAD_NONCE, BOTH, 1 },
  { IKE_EXCHANGE_SESSION_RESUME, IKE_PAYLOAD_NOTIFY, BOTH, ANY },
  { IKE_EXCHANGE_SESSION_RESUME, IKE_PAYLOAD_VENDOR, BOTH, ANY },

  { IKE_EXCHANGE_AUTH, IKE_PAYLOAD_IDI, REQUEST, 1 },
  { IKE_EXCHANGE_AUTH, IKE_PAYLOAD_IDR, BOTH, 1 },
  { IKE_EXCHANGE_AUTH, IKE_PAYLOAD_CERT, BOTH, ANY },
  { IKE_EXCHANGE_AUTH, IKE_PAYLOAD_CERTREQ, REQUEST, ANY },
  { IKE_EXCHANGE_AUTH, IKE_PAYLOAD_AUTH, BOTH, 1 },
  { IKE_EXCHANGE_AUTH, IKE_PAYLOAD_EAP, BOTH, 1 },
  { IKE_EXCHANGE_AUTH, IKE_PAYLOAD_CP, BOTH, 1 },
  { IKE_EXCHANGE_AUTH, IKE_PAYLOAD_SA, BOTH, 1 },
  { IKE_EXCHANGE_AUTH, IKE_PAYLOAD_TSI, BOTH, 1 },
  { IKE_EXCHANGE_AUTH, IKE_PAYLOAD_TSR, BOTH, 1 },
  { IKE_EXCHANGE_AUTH, IKE_PAYLOAD_NOTIFY, BOTH, ANY },
  { IKE_EXCHANGE_AUTH, IKE_PAYLOAD_VENDOR, BOTH, ANY },

  { IKE_EXCHANGE_CREATE_CHILD_SA, IKE_PAYLOAD_SA, BOTH, 1 },
  { IKE_EXCHANGE_CREATE_CHILD_SA, IKE_PAYLOAD_KE, BOTH, 1 },
  { IKE_EXCHANGE_CREATE_CHILD_SA, IKE_PAYLOAD_NONCE, BOTH, 1 },
  { IKE_EXCHANGE_CREATE_CHILD_SA, IKE_PAYLOAD_TSI, BOTH, 1 },
  { IKE_EXCHANGE_CREATE_CHILD_SA, IKE_PAYLOAD_TSR, BOTH, 1 },
  { IKE_EXCHANGE_CREATE_CHILD_SA, IKE_PAYLOAD_NOTIFY, BOTH, ANY },
  { IKE_EXCHANGE_CREATE_CHILD_SA, IKE_PAYLOAD_VENDOR, BOTH, ANY },

  { IKE_EXCHANGE_FOLLOWUP_KE, IKE_PAYLOAD_KE, BOTH, 1 },
  { IKE_EXCHANGE_FOLLOWUP_KE, IKE_PAYLOAD_NOTIFY, BOTH, ANY },
  { IKE_EXCHANGE_FOLLOWUP_KE, IKE_PAYLOAD_VENDOR, BOTH, ANY },

  { IKE_EXCHANGE_INFORMATIONAL, IKE_PAYLOAD_NOTIFY, BOTH, ANY },
  { IKE_EXCHANGE_INFORMATIONAL, IKE_PAYLOAD_DELETE, BOTH, ANY },
  { IKE_EXCHANGE_INFORMATIONAL, IKE_PAYLOAD_CP, BOTH, 1 },
  { IKE_EXCHANGE_INFORMATIONAL, IKE_PAYLOAD_VENDOR, BOTH, ANY },
};

/* How many payloads of that type the message may have: 0 for none. */
static size_t
allowed (const IkeHeader *header, uint8_t type)
{
  Direction direction = header->is_response ? RESPONSE : REQUEST;
  for (size_t i = 0; i < G_N_ELEMENTS (rules); i++) {
    if (rules[i].exchange == header->exchange && rules[i].type == type &&
        (rules[i].direction & direction) != 0)
      return rules[i].max;
  }
  return 0;
}

/* Cuts the chain of a message into payloads, as ike_payloads_parse () does, and holds them to the
 * table: a payload that has no business in this message is left out as if we did not know it, one too
 * many of a kind is a syntax error. `first` is the type of the chain's first payload, which stands in
 * the header or in the Encrypted payload's. *ret_payloads is written only with IKE_PARSE_OK. */
IkeParse
ike_message_parse (const IkeHeader *header, uint8_t first, Slice chain, IkePayloads *ret_payloads,
    uint8_t *ret_critical)
{
  IkePayloads all, legal = { .n = 0 };
  IkeParse parse = ike_payloads_parse (first, chain, &all, ret_critical);
  if (parse != IKE_PARSE_OK)
    return parse;
  for (size_t i = 0; i < all.n; i++) {
    size_t max = allowed (header, all.at[i].type);
    if (max == 0)
      continue;
    legal.at[legal.n++] = all.at[i];
    if (ike_payloads_count (&legal, (IkePayloadType) all.at[i].type) > max)
      return IKE_PARSE_SYNTAX;
  }
  *ret_payloads = legal;
  return IKE_PARSE_OK;
}
