/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gateways that lose everything while a client is connected; through a live stream alone, as it takes a
 * client that connects once more. */
#include "rogue.h"

#include <string.h>

#define TOKEN "this gateway had started"

static void
notify (IkeChain *chain, IkeNotifyType type, const char *data)
{
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), type,
      SLICE ((const uint8_t *) data, strlen (data)));
}

/* What it gives in IKE_AUTH: a token by which to know that it has crashed (RFC 6290), and a ticket. */
static void
give_token (Responder *r, IkeChain *answer)
{
  notify (answer, IKE_NOTIFY_QUICK_CRASH_DETECTION, TOKEN);
  r->ticket_lifetime = 3600;
  responder_write_ticket (r, answer);
  responder_write_child (r, 0, answer);
}

/* It has forgotten the SAs, says so, and does not do IKE_SA_INIT any more: whoever is here again has been
 * here by the ticket (RFC 5723). */
static void
crash (Responder *r, const Fault *fault)
{
  uint8_t buf[128];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  const IkeHeader header = {
    .spi_i = r->sa->spi_i,
    .spi_r = r->sa->spi_r,
    .exchange = IKE_EXCHANGE_INFORMATIONAL,
    .is_response = true,
  };
  notify (&chain, IKE_NOTIFY_INVALID_IKE_SPI, "");
  notify (&chain, IKE_NOTIFY_QUICK_CRASH_DETECTION, TOKEN);
  g_ptr_array_set_size (r->children, 0);
  r->init_error = IKE_NOTIFY_NO_PROPOSAL_CHOSEN;
  r->ignores_strangers = true;
  responder_send_clear (r, &header, &chain);
}

static const Fault faults[] = {
  { "up-crash-and-ticket", .phase = FAULT_UP, .code = FAULT_LIVES, .child = give_token,
      .play = crash },
};

const FaultTable faults_lost = { faults, G_N_ELEMENTS (faults) };
