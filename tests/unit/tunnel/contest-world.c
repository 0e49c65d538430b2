/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A contest for a gateway on the loopback, and what it has told. */
#include "contest-world.h"

#include <string.h>
#include <time.h>

#include "../reach/sockets.h"

static time_t
wall_clock (void)
{
  return time (NULL);
}

static Uplink *
new_uplink (LadderWay way, void *user_data)
{
  static const UplinkHandlers none = { 0 };
  World *w = user_data;
  const ConnectorConfig config = {
    .entries = w->entries,
    .n_entries = w->n_entries,
    .nameservers = w->none,
    .udp = way == LADDER_UDP,
    .sockets = test_sockets,
    .attempts = w->attempts,
  };
  return uplink_new (&config, w->datapath, &none, w);
}

static IkeSession *
begin (LadderWay way, void *user_data, GError **error)
{
  const IkeConfig config = {
    .env = { .random = crypto_random, .wall_clock = wall_clock },
    .remote_identity = RESPONDER_NAME,
    .local_identity = "alice@example.test",
    .auth = IKE_AUTH_METHOD_PSK,
  };
  World *w = user_data;
  return w->begun[way] = ike_session_new (&config, error);
}

static bool
secret (const IkeEvent *event, Secret **ret_secret, void *user_data)
{
  World *w = user_data;
  g_assert_cmpint (event->secret_kind, ==, IKE_SECRET_PSK);
  *ret_secret = w->psk;
  return w->psk != NULL;
}

static void
ask (const IkeEvent *event, void *user_data)
{
  World *w = user_data;
  w->n_asked++;
  g_clear_pointer (&w->contest, contest_free);
}

static void
won (const char *redirected_to, void *user_data)
{
  World *w = user_data;
  w->n_won++;
  w->redirected_to = g_strdup (redirected_to);
  contest_take_parts (w->contest, &w->parts);
  g_clear_pointer (&w->contest, contest_free);
}

static void
failed (Uplink *uplink, const GError *error, void *user_data)
{
  World *w = user_data;
  w->n_failed++;
  w->code = (VisitorError) error->code;
  g_clear_pointer (&w->contest, contest_free);
  uplink_free (uplink);
}

static void
attempt_ended (const Attempt *attempt, void *user_data)
{
  World *w = user_data;
  g_string_append_printf (w->tried, "%s %s; ", attempt_transport_to_string (attempt->transport),
      attempt->worked ? "worked" : visitor_error_name (attempt->code));
}

void
world_init (World *w)
{
  *w = (World){ .n_entries = 1 };
  gateway_init (&w->gateway, ADDRESS, 0, 0, 0);
  w->entries[0] = (EntryPoint){ .host = (char *) ADDRESS, .port = gateway_port (&w->gateway) };
  w->datapath = datapath_new (1400);
  w->none = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  w->tried = g_string_new (NULL);
  w->attempts = attempts_new (attempt_ended, w);
  w->psk = secret_new (RESPONDER_PSK, strlen (RESPONDER_PSK));
}

void
world_add_other (World *w)
{
  gateway_init (&w->other, ADDRESS, 0, 0, 0);
  w->entries[1] = (EntryPoint){ .host = (char *) ADDRESS, .port = gateway_port (&w->other) };
  w->n_entries = 2;
}

void
world_start_in (World *w, LadderWay last, bool may_udp, int64_t in_us)
{
  static const ContestHandlers handlers = {
    .new_uplink = new_uplink,
    .begin = begin,
    .secret = secret,
    .ask = ask,
    .won = won,
    .failed = failed,
  };
  w->contest = contest_new (last, may_udp, g_get_monotonic_time () + in_us, &handlers, w);
}

void
world_start (World *w, LadderWay last, bool may_udp)
{
  world_start_in (w, last, may_udp, 0);
}

bool
world_is_over (const World *w)
{
  return w->n_won + w->n_failed + w->n_asked > 0;
}

void
world_run (const World *w)
{
  guint limit = loop_limit ();
  while (!world_is_over (w))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

void
world_clear (World *w)
{
  contest_free (w->contest);
  uplink_free (w->parts.uplink);
  ike_session_free (w->parts.ike);
  attempts_free (w->attempts);
  datapath_free (w->datapath);
  g_array_unref (w->none);
  g_clear_pointer (&w->psk, secret_unref);
  g_string_free (w->tried, TRUE);
  g_free (w->redirected_to);
  gateway_clear (&w->gateway);
  if (w->n_entries == 2)
    gateway_clear (&w->other);
}
