/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IkeChild: the CHILD_SAs of a session. One carries the traffic; during a rekey its successor stands
 * beside it until the DELETE is answered. */
#include "ike/child.h"

#include "ike/session-private.h"

#define MAX_CHILDREN 8
/* 0 to 255 are reserved (RFC 4303 section 2.1), and 0 would read as a non-ESP marker. */
#define FIRST_SPI 256

/* A fresh SPI for our side. */
uint32_t
ike_child_new_spi (const IkeSession *session)
{
  uint32_t spi = 0;
  while (spi < FIRST_SPI || ike_child_by_spi_in (session, spi) != NULL)
    session->env.random (&spi, sizeof spi);
  return spi;
}

/* A time of at least `least` from now and at most `spread` more, so that the two sides do not run
 * into each other again and again. */
int64_t
ike_child_soon (const IkeSession *session, int64_t least_us, int64_t spread_us)
{
  uint32_t r;
  session->env.random (&r, sizeof r);
  return session->now + least_us + (int64_t) ((uint64_t) r * (uint64_t) spread_us >> 32);
}

static EspSa *
make_esp (const IkeSession *session, const IkeChildParams *p, GError **error)
{
  g_auto (IkeChildKeys) keys = { .encr_initiator = NULL };
  ike_child_keys_derive (
      session->sa->keys.prf, session->sa->keys.sk_d, p->dh_shared, p->ni, p->nr, &p->suite, &keys);
  const EspSaParams params = {
    .encr = p->suite.encr,
    .key_bits = p->suite.key_bits,
    .integ = p->suite.integ,
    .esn = p->suite.esn,
    .spi_in = p->spi_in,
    .spi_out = p->spi_out,
    .encr_in = p->is_initiator ? keys.encr_responder : keys.encr_initiator,
    .integ_in = p->is_initiator ? keys.integ_responder : keys.integ_initiator,
    .encr_out = p->is_initiator ? keys.encr_initiator : keys.encr_responder,
    .integ_out = p->is_initiator ? keys.integ_initiator : keys.integ_responder,
    .local_ts = p->local_ts,
    .remote_ts = p->remote_ts,
    .n_local_ts = p->n_local_ts,
    .n_remote_ts = p->n_remote_ts,
  };
  return esp_sa_new (&params, error);
}

static GArray *
copy_selectors (const TrafficSelector *ts, size_t n)
{
  GArray *copy = g_array_new (FALSE, FALSE, sizeof *ts);
  return g_array_append_vals (copy, ts, (guint) n);
}

/* Derives the keys and keeps the rest. *ret_esp goes to ike_child_announce () (transfer: full); the
 * child belongs to the session. NULL, and the session has failed, if the keys cannot be used. */
IkeChild *
ike_child_add (IkeSession *session, const IkeChildParams *params, EspSa **ret_esp)
{
  g_autoptr (GError) error = NULL;
  const char *problem = NULL;
  EspSa *esp = NULL;
  if (session->children->len >= MAX_CHILDREN)
    problem = "the gateway makes too many.";
  else if (params->spi_out < FIRST_SPI)
    problem = "the gateway's SPI is a reserved one.";
  else if ((esp = make_esp (session, params, &error)) == NULL)
    problem = error->message;
  if (problem != NULL) {
    ike_session_fail_with (
        session, VISITOR_ERROR_PROTOCOL, "The CHILD_SA cannot be made: %s", problem);
    return NULL;
  }
  IkeChild *child = g_new0 (IkeChild, 1);
  child->spi_in = params->spi_in;
  child->spi_out = params->spi_out;
  child->suite = params->suite;
  child->local_ts = copy_selectors (params->local_ts, params->n_local_ts);
  child->remote_ts = copy_selectors (params->remote_ts, params->n_remote_ts);
  /* Between 80 and 90 percent of the lifetime: RFC 7296 section 2.8 asks for jitter. */
  child->rekey_at = ike_child_soon (
      session, session->child_lifetime_us / 10 * 8, session->child_lifetime_us / 10);
  g_ptr_array_add (session->children, child);
  g_autofree char *suite = ike_suite_describe (&child->suite);
  g_debug ("IKE: CHILD_SA %08x in, %08x out: %s", child->spi_in, child->spi_out, suite);
  for (guint i = 0; i < child->remote_ts->len; i++) {
    char text[TRAFFIC_SELECTOR_STRLEN];
    g_debug ("IKE: CHILD_SA %08x reaches %s", child->spi_in,
        traffic_selector_format (&g_array_index (child->remote_ts, TrafficSelector, i), text));
  }
  *ret_esp = esp;
  return child;
}

void
ike_child_free (IkeChild *child)
{
  g_array_unref (child->local_ts);
  g_array_unref (child->remote_ts);
  g_free (child);
}

/* Tells the owner of the session to use it. Takes esp. */
void
ike_child_announce (IkeSession *session, EspSa *esp)
{
  IkeEvent *event = ike_session_push_event (session, IKE_EVENT_CHILD_ADDED);
  event->spi_in = esp_sa_spi_in (esp);
  IkeChild *child = ike_child_by_spi_in (session, event->spi_in);
  if (child != NULL)
    child->is_announced = true;
  event->child = esp;
}

IkeChild *
ike_child_by_spi_in (const IkeSession *session, uint32_t spi_in)
{
  for (guint i = 0; i < session->children->len; i++) {
    IkeChild *child = session->children->pdata[i];
    if (child->spi_in == spi_in)
      return child;
  }
  return NULL;
}

IkeChild *
ike_child_by_spi_out (const IkeSession *session, uint32_t spi_out)
{
  for (guint i = 0; i < session->children->len; i++) {
    IkeChild *child = session->children->pdata[i];
    if (child->spi_out == spi_out)
      return child;
  }
  return NULL;
}

/* The newest that carries traffic, or NULL. */
IkeChild *
ike_child_current (const IkeSession *session)
{
  for (guint i = session->children->len; i > 0; i--) {
    IkeChild *child = session->children->pdata[i - 1];
    if (child->state == IKE_CHILD_CURRENT)
      return child;
  }
  return NULL;
}

/* Forgets it and says so. */
void
ike_child_remove (IkeSession *session, IkeChild *child)
{
  g_debug ("IKE: CHILD_SA %08x is gone", child->spi_in);
  if (child->is_announced)
    ike_session_push_event (session, IKE_EVENT_CHILD_REMOVED)->spi_in = child->spi_in;
  g_ptr_array_remove (session->children, child);
}

/* True if no CHILD_SA carries traffic any more, and none is being made. */
bool
ike_child_is_lost (const IkeSession *session)
{
  bool makes_one =
      session->task != NULL && session->task->class->exchange == IKE_EXCHANGE_CREATE_CHILD_SA;
  return session->children->len == 0 || (ike_child_current (session) == NULL && !makes_one);
}

/* An IKE SA without a CHILD_SA would be alive for ever, and of no use. To be called when an exchange
 * that could leave it so is over. */
void
ike_child_end_if_lost (IkeSession *session)
{
  if (ike_child_current (session) == NULL)
    ike_session_end (session,
        g_error_new (
            VISITOR_ERROR, VISITOR_ERROR_DELETED_BY_GATEWAY, "The gateway ended the tunnel."));
}
