/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IkeChild: the CHILD_SAs of a session. One carries the traffic; during a rekey its successor stands
 * beside it until the DELETE is answered, and a moment longer.
 *
 * No packet is lost on the way (RFC 7296 section 2.8): what the gateway made by its rekey is received
 * with at once but sent with only when the gateway shows that it has our answer, by deleting the old
 * one; what is deleted is received with for some seconds more. */
#include "ike/child.h"

#include "ike/tasks.h"

#define MAX_CHILDREN 8
/* 0 to 255 are reserved (RFC 4303 section 2.1), and 0 would read as a non-ESP marker. */
#define FIRST_SPI 256
/* How long the gateway may take to delete what it has replaced. */
#define PEER_DELETES_US (30 * G_USEC_PER_SEC)
/* How long packets may be on their way. */
#define LATE_PACKETS_US (5 * G_USEC_PER_SEC)

static bool
is_taken (const IkeSession *session, uint32_t spi_in)
{
  for (guint i = 0; i < session->children->len; i++) {
    if (((const IkeChild *) session->children->pdata[i])->spi_in == spi_in)
      return true;
  }
  return false;
}

/* A fresh SPI for our side. */
uint32_t
ike_child_new_spi (const IkeSession *session)
{
  uint32_t spi = 0;
  while (spi < FIRST_SPI || is_taken (session, spi))
    session->env.random (&spi, sizeof spi);
  return spi;
}

static EspSa *
make_esp (const IkeSession *session, const IkeChildParams *p, GError **error)
{
  g_auto (IkeChildKeys) keys = { .encr_initiator = NULL };
  ike_child_keys_derive (session->sa->keys.prf, session->sa->keys.sk_d, &p->shared,
      ike_nonce_slice (&p->ni), ike_nonce_slice (&p->nr), &p->suite, &keys);
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

/* Forgets it and says so. */
static void
forget (IkeSession *session, IkeChild *child)
{
  g_debug ("IKE: CHILD_SA %08x is gone", child->spi_in);
  if (child->is_announced)
    ike_session_push_event (session, IKE_EVENT_CHILD_REMOVED)->spi_in = child->spi_in;
  g_ptr_array_remove (session->children, child);
}

/* True if there is room for one more, after the oldest of the deleted has made it. */
static bool
has_room (IkeSession *session)
{
  for (guint i = 0; i < session->children->len && session->children->len >= MAX_CHILDREN; i++) {
    IkeChild *child = session->children->pdata[i];
    if (child->state == IKE_CHILD_DELETED)
      forget (session, child);
  }
  return session->children->len < MAX_CHILDREN;
}

/* Derives the keys and keeps the rest. *ret_esp goes to ike_child_announce () (transfer: full); the
 * child belongs to the session. NULL, and the session has failed, if the keys cannot be used. */
IkeChild *
ike_child_add (IkeSession *session, const IkeChildParams *params, EspSa **ret_esp)
{
  g_autoptr (GError) error = NULL;
  const char *problem = NULL;
  EspSa *esp = NULL;
  if (!has_room (session))
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
  child->rekey_at = ike_session_soft_end (session, session->child_lifetime_us);
  child->ends_at = session->now + session->child_lifetime_us;
  child->leave_at = G_MAXINT64;
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
ike_child_announce (IkeSession *session, EspSa *esp, bool inbound_only)
{
  IkeEvent *event = ike_session_push_event (session, IKE_EVENT_CHILD_ADDED);
  event->inbound_only = inbound_only;
  event->spi_in = esp_sa_spi_in (esp);
  IkeChild *child = ike_child_by_spi_in (session, event->spi_in);
  if (child != NULL)
    child->is_announced = true;
  event->child = esp;
}

/* Not among the deleted. */
IkeChild *
ike_child_by_spi_in (const IkeSession *session, uint32_t spi_in)
{
  for (guint i = 0; i < session->children->len; i++) {
    IkeChild *child = session->children->pdata[i];
    if (child->spi_in == spi_in && child->state != IKE_CHILD_DELETED)
      return child;
  }
  return NULL;
}

/* Not among the deleted. */
IkeChild *
ike_child_by_spi_out (const IkeSession *session, uint32_t spi_out)
{
  for (guint i = 0; i < session->children->len; i++) {
    IkeChild *child = session->children->pdata[i];
    if (child->spi_out == spi_out && child->state != IKE_CHILD_DELETED)
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

/* We delete it; the DELETE is queued. */
void
ike_child_replaced (IkeSession *session, IkeChild *child)
{
  child->state = IKE_CHILD_REPLACED;
  child->leave_at = G_MAXINT64;
  ike_session_queue (session, ike_task_delete_child_new (child->spi_in));
}

/* The gateway deletes it. successor is sent with from then on; 0 if it is not sent with now. */
void
ike_child_replaced_by_peer (IkeSession *session, IkeChild *child, uint32_t successor)
{
  child->state = IKE_CHILD_REPLACED;
  child->leave_at = session->now + PEER_DELETES_US;
  child->successor = successor;
}

static void
use_successor (IkeSession *session, const IkeChild *child)
{
  const IkeChild *successor = ike_child_by_spi_in (session, child->successor);
  if (successor != NULL && successor->state == IKE_CHILD_CURRENT)
    ike_session_push_event (session, IKE_EVENT_CHILD_OUTBOUND)->spi_in = successor->spi_in;
}

/* It is deleted, by either side. What another one follows is received with for a moment more. */
void
ike_child_remove (IkeSession *session, IkeChild *child)
{
  if (child->state == IKE_CHILD_CURRENT || !child->is_announced) {
    forget (session, child);
    return;
  }
  g_debug ("IKE: CHILD_SA %08x is deleted", child->spi_in);
  use_successor (session, child);
  child->state = IKE_CHILD_DELETED;
  child->leave_at = session->now + LATE_PACKETS_US;
}

/* When ike_child_timeout () has something to do. */
int64_t
ike_child_next_timeout (const IkeSession *session)
{
  int64_t at = G_MAXINT64;
  for (guint i = 0; i < session->children->len; i++)
    at = MIN (at, ((const IkeChild *) session->children->pdata[i])->leave_at);
  return at;
}

/* Deletes what the gateway should have deleted, and forgets what was deleted a while ago. */
void
ike_child_timeout (IkeSession *session)
{
  for (guint i = session->children->len; i > 0; i--) {
    IkeChild *child = session->children->pdata[i - 1];
    if (session->now < child->leave_at)
      continue;
    if (child->state == IKE_CHILD_DELETED) {
      forget (session, child);
    } else {
      g_debug (
          "IKE: the gateway does not delete CHILD_SA %08x, which it has replaced", child->spi_in);
      use_successor (session, child);
      ike_child_replaced (session, child);
    }
  }
}

/* True if no CHILD_SA carries traffic any more, and none is being made. */
bool
ike_child_is_lost (const IkeSession *session)
{
  return ike_child_current (session) == NULL && !ike_child_rekey_is_out (session);
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
