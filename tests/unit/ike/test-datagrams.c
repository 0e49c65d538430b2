/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IKE over UDP: when a request goes out again, when a path counts as silent, and that what is lost on the
 * way changes nothing in the end. */
#include <glib.h>
#include <string.h>

#include "responder.h"

#define MS (G_USEC_PER_SEC / 1000)

static Responder *
new_responder (void)
{
  Responder *r = responder_new (IKE_AUTH_METHOD_PSK);
  r->over_datagrams = true;
  return r;
}

static unsigned int
sent_until (Responder *r, int64_t ms)
{
  guint before = r->sent->len;
  responder_run_until (r, r->now + ms * MS);
  return r->sent->len - before;
}

/* How many messages have gone out in all, after so many milliseconds in which nobody answers. */
typedef struct {
  int64_t ms;
  unsigned int n_sent, n_silent;
} Step;

static void
play (Responder *r, const Step *steps, size_t n)
{
  int64_t began = r->now;
  guint first = r->sent->len - 1; /* the request that is out */
  for (size_t i = 0; i < n; i++) {
    g_test_message ("after %" G_GINT64_FORMAT " ms", steps[i].ms);
    responder_run_until (r, began + steps[i].ms * MS);
    g_assert_cmpuint (r->sent->len - first, ==, steps[i].n_sent);
    g_assert_cmpuint (r->n_silent, ==, steps[i].n_silent);
  }
  for (guint i = first; i < r->sent->len; i++)
    g_assert_true (g_bytes_equal (r->sent->pdata[first], r->sent->pdata[i]));
}

static void
test_first (void)
{
  static const Step steps[] = { { 0, 1, 0 }, { 499, 1, 0 }, { 500, 2, 0 }, { 1499, 2, 0 },
    { 1500, 3, 0 }, { 3499, 3, 0 }, { 3500, 3, 1 }, { 20000, 3, 1 } };
  g_autoptr (Responder) r = new_responder ();
  r->is_deaf = true;
  responder_start (r);
  play (r, steps, G_N_ELEMENTS (steps));
}

/* Where others wait for their turn, after one. */
static void
test_first_in_hurry (void)
{
  static const Step steps[] = { { 0, 1, 0 }, { 499, 1, 0 }, { 500, 2, 0 }, { 1499, 2, 0 },
    { 1500, 2, 1 }, { 20000, 2, 1 } };
  g_autoptr (Responder) r = new_responder ();
  r->over_datagrams = r->hurries = r->is_deaf = true;
  responder_start (r);
  play (r, steps, G_N_ELEMENTS (steps));
}

/* A path that is up is asked after seven seconds without a word, and is silent five seconds later. */
static void
test_established (void)
{
  static const Step steps[] = { { 0, 1, 0 }, { 499, 1, 0 }, { 500, 2, 0 }, { 1500, 3, 0 },
    { 3500, 4, 0 }, { 4999, 4, 0 }, { 5000, 4, 1 }, { 22000, 4, 1 } };
  g_autoptr (Responder) r = new_responder ();
  responder_start (r);
  r->is_deaf = true;
  g_assert_cmpuint (sent_until (r, 7000), ==, 1);
  play (r, steps, G_N_ELEMENTS (steps));
}

/* Packets of the gateway say that the path lives, though an answer is missing. */
static void
test_esp_counts (void)
{
  g_autoptr (Responder) r = new_responder ();
  responder_start (r);
  r->is_deaf = true;
  sent_until (r, 7000);
  for (int i = 0; i < 5; i++) {
    ike_session_inbound_esp (r->session, r->now);
    sent_until (r, 4000);
    g_assert_cmpuint (r->n_silent, ==, 0);
  }
}

/* Nothing of the kind over a stream (RFC 9329 section 6.2). */
static void
test_stream (void)
{
  g_autoptr (Responder) r = new_responder ();
  r->over_datagrams = false;
  r->is_deaf = true;
  responder_start (r);
  g_assert_cmpuint (sent_until (r, 29000), ==, 0);
  g_assert_cmpuint (r->n_silent, ==, 0);
}

/* Whatever is lost: one sign-in, both kinds of rekey, an orderly end. */
static void
test_losses (void)
{
  for (unsigned int loses = 1; loses <= 2; loses++) {
    g_autoptr (Responder) r = new_responder ();
    r->loses = loses;
    responder_start (r);
    sent_until (r, 8000);
    g_assert_cmpint (r->error, ==, -1);
    g_assert_cmpuint (r->n_added, ==, 1);
    ike_session_rekey_child (r->session, r->now);
    responder_pump (r);
    sent_until (r, 8000);
    g_assert_cmpuint (r->n_added, ==, 2);
    ike_session_rekey_ike (r->session, r->now);
    responder_pump (r);
    sent_until (r, 8000);
    g_assert_cmpuint (r->n_ike_rekeys, ==, 1);
    g_assert_true (responder_passes_esp (r));
    g_assert_cmpuint (r->n_silent, ==, 0);
    r->loses = 1;
    ike_session_close (r->session, r->now);
    responder_pump (r);
    sent_until (r, 3000);
    g_assert_true (r->closed);
  }
}

/* Another address: another IKE_SA_INIT. An SA that is up goes on instead. */
static void
test_another_address (void)
{
  g_autoptr (Responder) r = new_responder ();
  IkeHeader one, two;
  r->is_deaf = true;
  responder_start (r);
  g_assert_true (ike_header_parse (slice_of_bytes (r->sent->pdata[r->sent->len - 1]), &one));
  r->is_deaf = false;
  responder_reconnect (r);
  g_assert_true (ike_header_parse (slice_of_bytes (r->sent->pdata[1]), &two));
  g_assert_cmpint (two.exchange, ==, IKE_EXCHANGE_SA_INIT);
  g_assert_cmpuint (two.spi_i, !=, one.spi_i);
  g_assert_cmpuint (r->n_added, ==, 1);
  g_assert_cmpuint (r->n_secrets, ==, 1);
  responder_reconnect (r);
  g_assert_cmpuint (r->n_paths, ==, 1);
  g_assert_cmpuint (r->n_added, ==, 1);
  g_assert_true (responder_passes_esp (r));
}

static bool
compare_hashes (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  IkeNotify notify;
  uint8_t hash[20];
  if (!ike_payloads_notify (request, IKE_NOTIFY_UPDATE_SA_ADDRESSES, &notify))
    return false;
  g_assert_true (ike_payloads_notify (request, IKE_NOTIFY_NAT_DETECTION_SOURCE_IP, &notify));
  IkePath path = responder_path;
  path.local_port++;
  ike_sa_nat_hash (r->sa, &path.local, path.local_port, hash);
  bool same = notify.data.len == sizeof hash && memcmp (notify.data.data, hash, sizeof hash) == 0;
  g_assert_cmpint (same, ==, !r->over_datagrams);
  ike_sa_nat_hash (r->sa, &path.remote, path.remote_port, hash);
  g_assert_true (ike_payloads_notify (request, IKE_NOTIFY_NAT_DETECTION_DESTINATION_IP, &notify));
  g_assert_cmpmem (notify.data.data, notify.data.len, hash, sizeof hash);
  (*(unsigned int *) r->script_data)++;
  return false;
}

/* Over UDP the gateway has to believe in a NAT before us, and over a stream it hears the truth. */
static void
test_encapsulation (void)
{
  for (int datagrams = 0; datagrams <= 1; datagrams++) {
    unsigned int n = 0;
    g_autoptr (Responder) r = new_responder ();
    r->over_datagrams = datagrams == 1;
    r->script = compare_hashes;
    r->script_data = &n;
    responder_start (r);
    responder_reconnect (r);
    g_assert_cmpuint (n, ==, 1);
  }
}

/* What anybody may have said before the gateway: a refusal, a group that nobody has, cookies without end. */
static void
lie_refusal (Responder *r, bool lies)
{
  r->init_error = lies ? IKE_NOTIFY_NO_PROPOSAL_CHOSEN : 0;
}

static void
lie_group (Responder *r, bool lies)
{
  r->wanted_group = lies ? 1025 : 0;
}

static void
lie_cookies (Responder *r, bool lies)
{
  r->cookies = lies ? 100 : 0;
}

static const struct {
  const char *what;
  void (*lie) (Responder *r, bool lies);
  int code;
} lies[] = {
  { "a refusal", lie_refusal, VISITOR_ERROR_PROPOSAL_REFUSED },
  { "a group that we have not", lie_group, VISITOR_ERROR_PROPOSAL_REFUSED },
  { "cookies without end", lie_cookies, VISITOR_ERROR_PROTOCOL },
};

/* A refusal of IKE_SA_INIT is told and waited on over UDP (RFC 7296 section 2.21.1): for the gateway, which is
 * taken when it comes, or until it counts as silent. Over a stream it is the end at once. */
static void
test_refusals (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++) {
    g_test_message ("%s", lies[i].what);
    g_autoptr (Responder) taken = new_responder ();
    lies[i].lie (taken, true);
    responder_start (taken);
    g_assert_cmpuint (taken->n_refused, ==, 1);
    g_assert_cmpint (taken->error, ==, -1);
    lies[i].lie (taken, false);
    sent_until (taken, 500);
    g_assert_cmpuint (taken->n_added, ==, 1);
    g_assert_true (responder_passes_esp (taken));
    sent_until (taken, 20000);
    g_assert_cmpint (taken->error, ==, -1);

    g_autoptr (Responder) ended = new_responder ();
    lies[i].lie (ended, true);
    responder_start (ended);
    sent_until (ended, 3499);
    g_assert_cmpint (ended->error, ==, -1);
    g_assert_cmpuint (ended->n_refused, ==, 1); /* though it was said three times */
    sent_until (ended, 1);
    g_assert_cmpint (ended->error, ==, lies[i].code);
    g_assert_cmpuint (ended->n_silent, ==, 0);

    g_autoptr (Responder) stream = new_responder ();
    stream->over_datagrams = false;
    lies[i].lie (stream, true);
    responder_start (stream);
    g_assert_cmpint (stream->error, ==, lies[i].code);
    g_assert_cmpuint (stream->n_refused, ==, 0);
  }
}

/* At another address nothing counts that was said at the first. */
static void
test_refusal_elsewhere (void)
{
  g_autoptr (Responder) r = new_responder ();
  lie_refusal (r, true);
  responder_start (r);
  lie_refusal (r, false);
  r->is_deaf = true;
  responder_reconnect (r);
  sent_until (r, 3500);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_cmpuint (r->n_silent, ==, 1);
}

static IkePath
other_path (bool has_datagrams)
{
  IkePath path = responder_path;
  path.has_datagrams = has_datagrams;
  path.local_port++;
  return path;
}

/* UDP beside a stream that works: answered, or passed over after two retransmissions, upon which the stream
 * has the same request and then a fresh one (RFC 9329 section 7.1). */
static void
test_other_way (void)
{
  for (int deaf = 0; deaf <= 1; deaf++) {
    g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
    const IkePath udp = other_path (true), stream = other_path (false);
    responder_start (r);
    r->is_deaf = deaf == 1;
    guint n = r->sent->len;
    g_assert_true (ike_session_try_path (r->session, &udp, r->now));
    responder_pump (r);
    if (deaf == 0) {
      g_assert_cmpuint (r->n_paths, >=, 1);
      g_assert_true (responder_passes_esp (r));
      continue;
    }
    ike_session_inbound_esp (r->session, r->now + 2000 * MS); /* over the stream: it says nothing */
    g_assert_cmpuint (sent_until (r, 2499), ==, 2);
    g_assert_cmpuint (r->n_silent, ==, 0);
    sent_until (r, 1);
    g_assert_cmpuint (r->n_silent, ==, 1);
    ike_session_stream_restored (r->session, &stream, r->now);
    responder_pump (r);
    sent_until (r, 5000); /* the stream is slow */
    g_assert_cmpint (r->error, ==, -1);
    r->is_deaf = false;
    responder_receive (r, slice_of_bytes (r->sent->pdata[n + 3]));
    responder_pump (r);
    g_assert_cmpuint (r->sent->len, ==, n + 5);
    g_assert_true (g_bytes_equal (r->sent->pdata[n], r->sent->pdata[n + 3]));
    g_assert_false (g_bytes_equal (r->sent->pdata[n], r->sent->pdata[n + 4]));
    g_assert_cmpuint (r->n_paths, ==, 1);
    g_assert_true (responder_passes_esp (r));
  }
}

static bool
refuse_update (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  IkeNotify notify;
  unsigned int *n = r->script_data;
  if (!ike_payloads_notify (request, IKE_NOTIFY_UPDATE_SA_ADDRESSES, &notify) || ++*n > 1)
    return false;
  ike_chain_notify (answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_UNACCEPTABLE_ADDRESSES,
      SLICE (NULL, 0));
  return true;
}

/* A way that the gateway does not take costs nothing but the try. */
static void
test_other_way_refused (void)
{
  unsigned int n = 0;
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  const IkePath udp = other_path (true), stream = other_path (false);
  r->script = refuse_update;
  r->script_data = &n;
  responder_start (r);
  g_assert_true (ike_session_try_path (r->session, &udp, r->now));
  responder_pump (r);
  g_assert_cmpuint (r->n_silent, ==, 1);
  g_assert_cmpuint (r->n_paths, ==, 0);
  ike_session_stream_restored (r->session, &stream, r->now);
  responder_pump (r);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (r->n_paths, ==, 1);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_true (responder_passes_esp (r));
}

/* Not before the sign-in is done, not while another exchange is, and not without MOBIKE. */
static void
test_other_way_not_now (void)
{
  const IkePath udp = other_path (true);
  g_autoptr (Responder) without = responder_new (IKE_AUTH_METHOD_PSK);
  without->no_mobike = true;
  responder_start (without);
  g_assert_false (ike_session_try_path (without->session, &udp, without->now));
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  r->is_deaf_to = IKE_EXCHANGE_AUTH;
  responder_start (r);
  g_assert_false (ike_session_try_path (r->session, &udp, r->now));
  r->is_deaf_to = 0;
  responder_reconnect (r);
  r->is_deaf = true;
  ike_session_rekey_child (r->session, r->now);
  responder_pump (r);
  g_assert_false (ike_session_try_path (r->session, &udp, r->now));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/datagrams/first", test_first);
  g_test_add_func ("/ike/datagrams/first-in-hurry", test_first_in_hurry);
  g_test_add_func ("/ike/datagrams/established", test_established);
  g_test_add_func ("/ike/datagrams/esp-counts", test_esp_counts);
  g_test_add_func ("/ike/datagrams/stream", test_stream);
  g_test_add_func ("/ike/datagrams/losses", test_losses);
  g_test_add_func ("/ike/datagrams/another-address", test_another_address);
  g_test_add_func ("/ike/datagrams/refusals", test_refusals);
  g_test_add_func ("/ike/datagrams/refusal-elsewhere", test_refusal_elsewhere);
  g_test_add_func ("/ike/datagrams/encapsulation", test_encapsulation);
  g_test_add_func ("/ike/datagrams/other-way", test_other_way);
  g_test_add_func ("/ike/datagrams/other-way-refused", test_other_way_refused);
  g_test_add_func ("/ike/datagrams/other-way-not-now", test_other_way_not_now);
  return g_test_run ();
}
