/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An uplink to a gateway on the loopback, and what it has told. */
#include "uplink-world.h"

#include <string.h>

#include "../reach/sockets.h"

#define ADDRESS "127.0.0.1"
const char *const transport_names[] = { "TCP", "TLS", "UDP" };

static void
do_deed (World *w, Deed deed)
{
  if (deed == CLOSE)
    uplink_close (w->uplink);
  else if (deed == CONNECT)
    uplink_connect (w->uplink, g_get_monotonic_time (), false);
}

static void
up (void *user_data)
{
  World *w = user_data;
  g_string_append_c (w->told, 'u');
  do_deed (w, w->on_up);
}

static void
down (const GError *error, bool was_up, void *user_data)
{
  World *w = user_data;
  g_string_append_c (w->told, was_up ? 'd' : 'n');
  w->code = (VisitorError) error->code;
  g_assert_false (uplink_is_up (w->uplink));
  do_deed (w, w->on_down);
}

static void
ike (Slice message, void *user_data)
{
  World *w = user_data;
  g_string_append_c (w->told, 'i');
  do_deed (w, w->on_ike);
}

static void
esp (void *user_data)
{
  g_assert_not_reached ();
}

static void
tun_lost (void *user_data)
{
  g_string_append_c (((World *) user_data)->told, 't');
}

static const UplinkHandlers handlers = {
  .up = up,
  .down = down,
  .ike = ike,
  .esp = esp,
  .tun_lost = tun_lost,
};

static void
attempt_ended (const Attempt *attempt, void *user_data)
{
  World *w = user_data;
  g_string_append_printf (
      w->tried, "%s ", attempt->worked ? "worked" : visitor_error_name (attempt->code));
}

void
world_init (World *w, Transport transport, size_t n_entries)
{
  *w = (World){ .transport = transport };
  gateway_init (&w->gateway, ADDRESS, 0, 0, 0);
  gateway_init (&w->other, ADDRESS, 0, 0, 0);
  if (transport == OVER_TLS)
    gateway_use_tls (&w->gateway, RESPONDER_NAME, &w->trust);
  w->entries[0] = (EntryPoint){ .host = (char *) ADDRESS, .port = gateway_port (&w->gateway) };
  w->entries[1] = (EntryPoint){ .host = (char *) ADDRESS, .port = gateway_port (&w->other) };
  w->none = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  w->datapath = datapath_new (1400);
  w->tried = g_string_new (NULL);
  w->told = g_string_new (NULL);
  w->attempts = attempts_new (attempt_ended, w);
  const ConnectorConfig config = {
    .entries = w->entries,
    .n_entries = n_entries,
    .nameservers = w->none,
    .udp = transport == OVER_UDP,
    .tls = transport == OVER_TLS,
    .tls_name = RESPONDER_NAME,
    .trust = w->trust,
    .sockets = test_sockets,
    .attempts = w->attempts,
  };
  w->uplink = uplink_new (&config, w->datapath, &handlers, w);
}

void
world_clear (World *w)
{
  uplink_free (w->uplink);
  attempts_free (w->attempts);
  datapath_free (w->datapath);
  g_array_unref (w->none);
  g_string_free (w->tried, TRUE);
  g_string_free (w->told, TRUE);
  crypto_trust_free (w->trust);
  gateway_clear (&w->gateway);
  gateway_clear (&w->other);
}

/* Until so much was told. */
void
world_run_until (World *w, const char *told)
{
  g_test_message ("%s until %s", transport_names[w->transport], told);
  guint limit = loop_limit ();
  while (w->told->len < strlen (told))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
  g_assert_cmpstr (w->told->str, ==, told);
}

/* Nothing more is told. */
void
world_stays (World *w)
{
  gsize len = w->told->len;
  loop_wait_ms (20);
  g_assert_cmpuint (w->told->len, ==, len);
}

void
world_connect (World *w, bool knows_peer)
{
  uplink_connect (w->uplink, g_get_monotonic_time (), knows_peer);
  world_run_until (w, "u");
}

/* An IKE_SA_INIT by hand, and the message that makes the same of a gateway; none has payloads. */
GBytes *
world_message (bool is_response)
{
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  IkeHeader header = {
    .spi_i = 1,
    .exchange = IKE_EXCHANGE_SA_INIT,
    .is_initiator = !is_response,
    .is_response = is_response,
  };
  return ike_clear_write (&header, &chain);
}

/* The gateway hears something, and knows where to speak. */
void
world_speak (World *w)
{
  g_autoptr (GBytes) message = world_message (false);
  unsigned int before = w->gateway.n_inits;
  w->gateway.udp = w->gateway.tcp = MOOD_SILENT;
  uplink_send_ike (w->uplink, slice_of_bytes (message));
  guint limit = loop_limit ();
  while (w->gateway.n_inits == before)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

void
world_answer (World *w, unsigned int n)
{
  g_autoptr (GBytes) message = world_message (true);
  for (unsigned int i = 0; i < n; i++)
    gateway_say (&w->gateway, slice_of_bytes (message));
}
