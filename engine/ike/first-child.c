/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first CHILD_SA, with the addresses that go with it: asked for and answered in IKE_AUTH (RFC 7296
 * section 1.2), or in an exchange of its own behind that (RFC 6023, task-child-first.c). */
#include "ike/first-child.h"

#include <string.h>

#include "base/cursor.h"
#include "ike/ke.h"
#include "ike/moves.h"
#include "ike/proposal.h"
#include "ike/tasks.h"
#include "wire/describe.h"
#include "wire/ts.h"

/* TSi and TSr: all; the gateway narrows them. */
void
ike_first_child_selectors (IkeChain *chain)
{
  const TrafficSelector any[] = { traffic_selector_any (INET_V4), traffic_selector_any (INET_V6) };
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSI, any, G_N_ELEMENTS (any));
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSR, any, G_N_ELEMENTS (any));
}

/* Writes CP, SA, TSi and TSr. Returns the SPI that we receive with. */
uint32_t
ike_first_child_request (IkeSession *session, IkeChain *chain)
{
  uint8_t spi[4];
  Builder b = builder_init (spi, sizeof spi);
  IkeOffer offer;
  uint32_t spi_in = ike_child_new_spi (session);
  builder_u32 (&b, spi_in);
  ike_offer_for_child (&session->esp_policy, builder_result (&b), false, &offer);
  ike_configuration_request (chain, session->wanted_addresses);
  ike_sa_payload_write (chain, offer.proposals, offer.n);
  ike_first_child_selectors (chain);
  return spi_in;
}

static int
child_error_code (uint16_t notify)
{
  switch (notify) {
  case IKE_NOTIFY_TS_UNACCEPTABLE: return VISITOR_ERROR_TRAFFIC_REFUSED;
  case IKE_NOTIFY_INTERNAL_ADDRESS_FAILURE:
  case IKE_NOTIFY_FAILED_CP_REQUIRED: return VISITOR_ERROR_NO_ADDRESS;
  default: return VISITOR_ERROR_CHILD_REFUSED;
  }
}

/* The IKE SA is up and of no use: it is deleted in order. */
static void
end_with (IkeSession *session, int code, const char *what)
{
  ike_session_end (session, g_error_new (VISITOR_ERROR, code, "%s", what));
}

/* The answer for the first CHILD_SA is of no use. */
void
ike_first_child_not_ours (IkeSession *session)
{
  end_with (session, VISITOR_ERROR_CHILD_REFUSED,
      "The gateway's answer for the CHILD_SA is not one to our offer.");
}

static bool
take_configuration (IkeSession *session, const IkePayloads *response)
{
  Slice body;
  g_autofree IkeCpPayload *cp = g_new (IkeCpPayload, 1);
  if (ike_payloads_find (response, IKE_PAYLOAD_CP, &body) && ike_cp_payload_parse (body, cp) &&
      cp->cfg_type == IKE_CFG_REPLY)
    ike_configuration_take (&session->configuration, cp);
  return session->configuration.addresses->len > 0;
}

static bool
read_selectors (const IkePayloads *response, IkePayloadType type,
    TrafficSelector ret_ts[static IKE_MAX_SELECTORS], size_t *ret_n)
{
  Slice body;
  return ike_payloads_find (response, type, &body) && ike_ts_payload_parse (body, ret_ts, ret_n) &&
      *ret_n > 0;
}

static bool
is_among (const TrafficSelector *ts, const TrafficSelector *list, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (traffic_selector_is_subset (ts, list + i))
      return true;
  }
  return false;
}

/* Cuts our end of the CHILD_SA to the addresses that we were given (RFC 7296 section 2.19), whatever
 * the gateway's TSi takes beside them: what it sends to others through us is not ours to pass on. */
static size_t
keep_own (const IkeSession *session, TrafficSelector ts[static IKE_MAX_SELECTORS], size_t n)
{
  const GArray *addresses = session->configuration.addresses;
  TrafficSelector own[IKE_MAX_SELECTORS];
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    for (guint k = 0; k < addresses->len && kept < IKE_MAX_SELECTORS; k++) {
      TrafficSelector one = ts[i];
      one.start = one.end = g_array_index (addresses, InetPrefix, k).addr;
      if (traffic_selector_is_subset (&one, &ts[i]) && !is_among (&one, own, kept))
        own[kept++] = one;
    }
  }
  memcpy (ts, own, kept * sizeof *own);
  return kept;
}

/* False unless the answer, to an offer with groups if there is a dh, can be used as it stands. */
static bool
read_answer (const IkeSession *session, const IkePayloads *response, const CryptoDh *dh,
    IkeChildParams *child)
{
  Slice body, spi;
  IkeOffer offer;
  g_autofree IkeSaPayload *answer = g_new (IkeSaPayload, 1);
  ike_offer_for_child (&session->esp_policy, SLICE (NULL, 0), dh != NULL, &offer);
  if (!ike_payloads_find (response, IKE_PAYLOAD_SA, &body) ||
      !ike_sa_payload_parse (body, answer) ||
      !ike_offer_accept (&offer, answer, 4, &child->suite, &spi) ||
      !read_selectors (response, IKE_PAYLOAD_TSI, child->local_ts, &child->n_local_ts) ||
      !read_selectors (response, IKE_PAYLOAD_TSR, child->remote_ts, &child->n_remote_ts))
    return false;
  Cursor c = cursor_of (spi);
  child->spi_out = cursor_u32 (&c);
  if (child->suite.dh == DH_NONE)
    return true;
  if (child->suite.dh == crypto_dh_group (dh))
    child->shared.first = ike_ke_shared (response, dh);
  return child->shared.first != NULL;
}

/* Reads SAr2, TSi, TSr, and with a dh KEr into child, which has the SPI and the nonces. False, and the
 * IKE SA ends, where there is nothing to be had. */
bool
ike_first_child_read (IkeSession *session, const CryptoDh *dh_or_null, const IkePayloads *response,
    IkeChildParams *child)
{
  if (!read_answer (session, response, dh_or_null, child)) {
    ike_first_child_not_ours (session);
    return false;
  }
  child->n_local_ts = keep_own (session, child->local_ts, child->n_local_ts);
  if (child->n_local_ts == 0)
    end_with (session, VISITOR_ERROR_TRAFFIC_REFUSED,
        "The gateway opens a tunnel for other addresses than it gives us.");
  return child->n_local_ts > 0;
}

/* All keys are exchanged: the first CHILD_SA. */
void
ike_first_child_take (IkeSession *session, const IkeChildParams *child)
{
  EspSa *esp;
  if (ike_child_add (session, child, &esp) == NULL)
    return;
  IkeEvent *event = ike_session_push_event (session, IKE_EVENT_CONFIGURED);
  event->configuration = &session->configuration;
  ike_child_announce (session, esp, false);
}

/* The gateway gives none; the IKE SA is of no use then. */
void
ike_first_child_refused (IkeSession *session, const IkeNotify *notify)
{
  g_autofree char *what =
      g_strdup_printf ("The gateway gives no tunnel (%s).", ike_notify_to_string (notify->type));
  end_with (session, child_error_code (notify->type), what);
}

/* In IKE_AUTH the nonces are those of IKE_SA_INIT (RFC 7296 section 2.17). */
static void
take_in_auth (IkeSession *session, uint32_t spi_in, const IkePayloads *response)
{
  IkeChildParams child = {
    .spi_in = spi_in,
    .is_initiator = true,
    .ni = session->nonce_i,
    .nr = session->nonce_r,
  };
  if (ike_first_child_read (session, NULL, response, &child))
    ike_first_child_take (session, &child);
}

/* Both sides are authenticated: takes the rest of the last response. spi_in is what
 * ike_first_child_request () returned, or 0 where the CHILD_SA has yet to be asked for. */
void
ike_first_child_establish (IkeSession *session, uint32_t spi_in, const IkePayloads *response)
{
  IkeNotify notify;
  session->is_authenticated = true;
  ike_crash_take_token (session->sa, response);
  g_clear_pointer (&session->psk, secret_unref);
  g_clear_pointer (&session->ppk, secret_unref);
  ike_answers_forget (&session->answers);
  if (ike_redirect_in_auth (session, response))
    return;
  if (ike_payloads_error (response, &notify)) {
    ike_first_child_refused (session, &notify);
    return;
  }
  if (!take_configuration (session, response)) {
    end_with (session, VISITOR_ERROR_NO_ADDRESS, "The gateway gives no address.");
    return;
  }
  ike_session_set_state (session, IKE_STATE_ESTABLISHED, "both sides are authenticated");
  ike_reauthentication_take_lifetime (session, response);
  ike_mobike_begin (session, response);
  ike_ticket_take (session, response);
  if (session->request_repeated) /* which moves no path (RFC 9329 section 6.1) */
    ike_task_update_path (session);
  if (spi_in == 0)
    ike_session_queue (session, ike_task_child_first_new (session));
  else
    take_in_auth (session, spi_in, response);
}
