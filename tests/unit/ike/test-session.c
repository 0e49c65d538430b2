/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A session from IKE_SA_INIT to its end, against an ordinary gateway and against one that refuses. */
#include "ike/session.h"

#include <glib.h>
#include <string.h>

#include "responder.h"
#include "support/hex.h"

static GatewayKey *key, *stranger, *expired, *misnamed;

static void
assert_up (Responder *r)
{
  if (r->error != -1)
    g_error ("%s", r->error_text);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
  g_assert_cmpuint (r->n_configured, ==, 1);
  g_assert_cmpuint (r->n_added, ==, 1);
  g_assert_true (responder_passes_esp (r));
}

static void
assert_closes (Responder *r)
{
  ike_session_close (r->session, r->now);
  responder_pump (r);
  g_assert_true (r->closed);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_DEAD);
  g_assert_cmpint (ike_session_next_timeout (r->session), ==, G_MAXINT64);
}

static Responder *
new_responder (IkeAuthMethod auth)
{
  Responder *r = responder_new (auth);
  if (auth == IKE_AUTH_METHOD_EAP)
    r->key = key;
  return r;
}

static void
test_up (gconstpointer data)
{
  g_autoptr (Responder) r = new_responder ((IkeAuthMethod) GPOINTER_TO_INT (data));
  responder_start (r);
  assert_up (r);
  g_autofree char *ike = ike_session_describe_ike (r->session);
  g_autofree char *child = ike_session_describe_child (r->session);
  g_assert_cmpstr (ike, ==, "AES-256-GCM-16, PRF-HMAC-SHA2-384, Curve25519");
  g_assert_cmpstr (child, ==, "AES-256-GCM-16");
  assert_closes (r);
}

static void
test_groups (void)
{
  static const uint16_t groups[] = { 31, 19, 20, 14 };
  for (size_t i = 0; i < G_N_ELEMENTS (groups); i++) {
    g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
    r->wanted_group = groups[i];
    responder_start (r);
    assert_up (r);
  }
}

/* The cookie comes back first, with the same SPI and nonce; then another group is asked for. */
static void
test_cookie (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  r->cookies = 2;
  r->wanted_group = 19;
  responder_start (r);
  assert_up (r);
  GBytes *first = r->sent->pdata[0], *second = r->sent->pdata[1];
  g_assert_cmpmem (g_bytes_get_data (first, NULL), 8, g_bytes_get_data (second, NULL), 8);
}

static const struct {
  const char *what;
  uint16_t init_error, auth_error, child_error, group;
  int code;
} refusals[] = {
  { "NO_PROPOSAL_CHOSEN", 14, 0, 0, 0, VISITOR_ERROR_PROPOSAL_REFUSED },
  { "INVALID_SYNTAX in IKE_SA_INIT", 7, 0, 0, 0, VISITOR_ERROR_PROTOCOL },
  { "a group we do not have", 0, 0, 0, 2, VISITOR_ERROR_PROPOSAL_REFUSED },
  { "AUTHENTICATION_FAILED", 0, 24, 0, 0, VISITOR_ERROR_AUTH_REFUSED },
  { "INVALID_SYNTAX", 0, 7, 0, 0, VISITOR_ERROR_PROTOCOL },
  { "child NO_PROPOSAL_CHOSEN", 0, 0, 14, 0, VISITOR_ERROR_CHILD_REFUSED },
  { "child TS_UNACCEPTABLE", 0, 0, 38, 0, VISITOR_ERROR_TRAFFIC_REFUSED },
  { "child INTERNAL_ADDRESS_FAILURE", 0, 0, 36, 0, VISITOR_ERROR_NO_ADDRESS },
  { "child FAILED_CP_REQUIRED", 0, 0, 37, 0, VISITOR_ERROR_NO_ADDRESS },
  { "child unknown error", 0, 0, 9999, 0, VISITOR_ERROR_CHILD_REFUSED },
};

static void
test_refusals (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
    g_test_message ("%s", refusals[i].what);
    r->init_error = refusals[i].init_error;
    r->auth_error = refusals[i].auth_error;
    r->child_error = refusals[i].child_error;
    r->wanted_group = refusals[i].group;
    responder_start (r);
    g_assert_cmpint (r->error, ==, refusals[i].code);
    g_assert_cmpuint (r->n_added, ==, 0);
    if (refusals[i].child_error != 0) {
      /* the IKE SA was up and is deleted: the last message is that request */
      IkeHeader header;
      g_assert_true (ike_header_parse (slice_of_bytes (r->sent->pdata[r->sent->len - 1]), &header));
      g_assert_cmpint (header.exchange, ==, IKE_EXCHANGE_INFORMATIONAL);
    }
  }
}

static void
test_no_address (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  r->no_address = true;
  responder_start (r);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_NO_ADDRESS);
}

/* Every group a gateway can name: only those we offered are used (CVE-2014-9221). */
static void
test_every_group (void)
{
  for (unsigned int group = 1; group <= 0xffff; group += group < 300 ? 1 : 977) {
    if (crypto_dh_supported ((DhGroup) group))
      continue;
    g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
    r->wanted_group = (uint16_t) group;
    responder_start (r);
    g_assert_cmpint (r->error, ==, VISITOR_ERROR_PROPOSAL_REFUSED);
  }
}

static void
test_endless_cookies (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  r->cookies = 1000;
  responder_start (r);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_PROTOCOL);
  g_assert_cmpuint (r->sent->len, <, 10);
}

/* The gateway proves itself before anybody is asked for a password (CVE-2015-4171). */
static void
test_gateway_proof (void)
{
  const struct {
    const char *what;
    const GatewayKey *key, *trusted;
    const char *identity, *expected;
    bool breaks_auth;
    int code;
  } rows[] = {
    { "CA of another", key, stranger, NULL, NULL, false, VISITOR_ERROR_GATEWAY_UNTRUSTED },
    { "expired", expired, NULL, NULL, NULL, false, VISITOR_ERROR_GATEWAY_EXPIRED },
    { "certificate of another name", misnamed, NULL, NULL, NULL, false,
        VISITOR_ERROR_GATEWAY_WRONG_NAME },
    { "IDr of another name", key, NULL, "other.example.test", NULL, false,
        VISITOR_ERROR_GATEWAY_WRONG_NAME },
    { "another was asked for", key, NULL, NULL, "other.example.test", false,
        VISITOR_ERROR_GATEWAY_WRONG_NAME },
    { "asked for and said, not certified", key, NULL, "other.example.test", "other.example.test",
        false, VISITOR_ERROR_GATEWAY_WRONG_NAME },
    { "signature of nobody", key, NULL, NULL, NULL, true, VISITOR_ERROR_GATEWAY_SIGNATURE },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_EAP);
    g_test_message ("%s", rows[i].what);
    r->key = rows[i].key;
    r->trusted = rows[i].trusted;
    r->identity = rows[i].identity;
    r->expected = rows[i].expected;
    r->breaks_auth = rows[i].breaks_auth;
    responder_start (r);
    g_assert_cmpint (r->error, ==, rows[i].code);
    g_assert_true ((ike_session_unvouched_certificate (r->session) != NULL) ==
        (rows[i].code == VISITOR_ERROR_GATEWAY_UNTRUSTED));
    g_assert_cmpuint (r->n_secrets, ==, 0);
    g_assert_cmpuint (r->sent->len, ==, 2);
  }
}

/* Where nobody known has issued it the certificate can be had, for somebody to judge. */
static void
test_unvouched (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_EAP);
  r->trusts_nobody = true;
  responder_start (r);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_GATEWAY_UNTRUSTED);
  g_assert_cmpuint (r->n_secrets, ==, 0);
  g_assert_cmpuint (r->sent->len, ==, 2);
  GBytes *shown = ike_session_unvouched_certificate (r->session);
  g_assert_nonnull (shown);
  Slice cert = gateway_key_cert (key);
  g_assert_cmpmem (g_bytes_get_data (shown, NULL), g_bytes_get_size (shown), cert.data, cert.len);
}

static void
test_psk_proof (void)
{
  g_autoptr (Responder) wrong = new_responder (IKE_AUTH_METHOD_PSK);
  wrong->secret = "another key";
  responder_start (wrong);
  g_assert_cmpint (wrong->error, ==, VISITOR_ERROR_AUTH_REFUSED);
  g_autoptr (Responder) liar = new_responder (IKE_AUTH_METHOD_PSK);
  liar->breaks_auth = true;
  responder_start (liar);
  g_assert_cmpint (liar->error, ==, VISITOR_ERROR_GATEWAY_UNTRUSTED);
  g_assert_cmpuint (liar->n_added, ==, 0);
  g_autoptr (Responder) misnomer = new_responder (IKE_AUTH_METHOD_PSK);
  misnomer->identity = "other.example.test";
  responder_start (misnomer);
  g_assert_cmpint (misnomer->error, ==, VISITOR_ERROR_GATEWAY_WRONG_NAME);
}

static const struct {
  const char *what;
  bool retries;
  const char *given[4];
  unsigned int n_asked;
  int code; /* -1 = up */
} passwords[] = {
  { "right", false, { RESPONDER_PASSWORD }, 1, -1 },
  { "wrong", false, { "wrong" }, 2, VISITOR_ERROR_PASSWORD_REFUSED },
  { "wrong, then right in another conversation", false, { "wrong", RESPONDER_PASSWORD }, 2, -1 },
  { "thrice wrong", false, { "wrong", "worse", "worst", RESPONDER_PASSWORD }, 3,
      VISITOR_ERROR_PASSWORD_REFUSED },
  { "wrong, then right", true, { "wrong", RESPONDER_PASSWORD }, 2, -1 },
  { "twice wrong, then right", true, { "wrong", "worse", RESPONDER_PASSWORD }, 3, -1 },
  { "wrong, then given up", true, { "wrong" }, 2, VISITOR_ERROR_PASSWORD_REFUSED },
  { "none", false, { NULL }, 1, VISITOR_ERROR_NO_SECRET },
  { "empty", false, { "" }, 1, VISITOR_ERROR_NO_SECRET },
  { "not text", false, { "\xff\xff" }, 2, VISITOR_ERROR_PASSWORD_REFUSED },
};

static void
test_passwords (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (passwords); i++) {
    g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_EAP);
    g_test_message ("%s", passwords[i].what);
    r->retries_password = passwords[i].retries;
    memcpy (r->given, passwords[i].given, sizeof r->given);
    responder_start (r);
    g_assert_cmpuint (r->n_secrets, ==, passwords[i].n_asked);
    g_assert_cmpint (r->error, ==, passwords[i].code);
    if (passwords[i].code == -1)
      assert_up (r);
  }
}

/* Nothing goes out before there is a key, and a late or unasked answer hurts nobody (CVE-2024-2357). */
static void
test_prompt (gconstpointer data)
{
  bool is_psk = GPOINTER_TO_INT (data) == IKE_AUTH_METHOD_PSK;
  g_autoptr (Responder) r = new_responder ((IkeAuthMethod) GPOINTER_TO_INT (data));
  const char *text = is_psk ? RESPONDER_PSK : RESPONDER_PASSWORD;
  g_autoptr (Secret) secret = secret_new (text, strlen (text));
  r->user_waits = true;
  responder_start (r);
  guint before = r->sent->len;
  g_assert_cmpuint (before, ==, is_psk ? 0 : 3);
  responder_run_until (r, r->now + INT64_C (600) * G_USEC_PER_SEC);
  g_assert_cmpuint (r->sent->len, ==, before);
  g_assert_cmpint (r->error, ==, -1);
  ike_session_provide_secret (r->session, secret, r->now);
  responder_pump (r);
  assert_up (r);
  ike_session_provide_secret (r->session, secret, r->now);
  ike_session_provide_secret (r->session, NULL, r->now);
  responder_pump (r);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
}

/* Somebody who types for a minute is not asked again: a fresh IKE_SA_INIT, the gateway proves itself
 * once more, and only then the password is used. */
static void
test_slow_user (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_EAP);
  g_autoptr (Secret) secret = secret_new (RESPONDER_PASSWORD, strlen (RESPONDER_PASSWORD));
  r->user_waits = true;
  responder_start (r);
  g_assert_cmpuint (r->sent->len, ==, 3);
  responder_run_until (r, r->now + INT64_C (60) * G_USEC_PER_SEC);
  ike_session_provide_secret (r->session, secret, r->now);
  responder_pump (r);
  assert_up (r);
  g_assert_cmpuint (r->n_secrets, ==, 1);
  g_assert_cmpint (
      memcmp (slice_of_bytes (r->sent->pdata[0]).data, slice_of_bytes (r->sent->pdata[3]).data, 8),
      !=, 0);
}

/* The gateway that comes back is another one: the password stays here. */
static void
test_slow_user_stranger (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_EAP);
  g_autoptr (Secret) secret = secret_new (RESPONDER_PASSWORD, strlen (RESPONDER_PASSWORD));
  r->user_waits = true;
  responder_start (r);
  r->key = stranger;
  responder_run_until (r, r->now + INT64_C (60) * G_USEC_PER_SEC);
  ike_session_provide_secret (r->session, secret, r->now);
  responder_pump (r);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_GATEWAY_UNTRUSTED);
  g_assert_cmpuint (r->sent->len, ==, 5); /* two IKE_SA_INIT, two IKE_AUTH, one EAP identity */
}

static void
test_cancel_prompt (gconstpointer data)
{
  g_autoptr (Responder) r = new_responder ((IkeAuthMethod) GPOINTER_TO_INT (data));
  r->user_waits = true;
  responder_start (r);
  ike_session_close (r->session, r->now);
  responder_pump (r);
  g_assert_true (r->closed);
  ike_session_provide_secret (r->session, NULL, r->now);
  ike_session_timeout (r->session, r->now + G_USEC_PER_SEC * 1000);
  responder_pump (r);
  g_assert_cmpint (r->error, ==, -1);
}

static void
test_silence (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  r->is_deaf = true;
  responder_start (r);
  g_assert_cmpuint (r->sent->len, ==, 1);
  responder_run_until (r, r->now + INT64_C (29) * G_USEC_PER_SEC);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_cmpuint (r->sent->len, ==, 1); /* no retransmission on the same stream (RFC 9329) */
  responder_run_until (r, r->now + INT64_C (2) * G_USEC_PER_SEC);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_PEER_SILENT);
}

static void
test_liveness (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  guint before = r->sent->len;
  responder_run_until (r, r->now + INT64_C (6) * G_USEC_PER_SEC);
  g_assert_cmpuint (r->sent->len, ==, before);
  ike_session_inbound_esp (r->session, r->now);
  responder_run_until (r, r->now + INT64_C (6) * G_USEC_PER_SEC);
  g_assert_cmpuint (r->sent->len, ==, before);
  responder_run_until (r, r->now + INT64_C (65) * G_USEC_PER_SEC);
  g_assert_cmpuint (r->sent->len, ==, before + 10);
  g_assert_cmpuint (r->n_silent, ==, 0);
  r->is_deaf = true;
  responder_run_until (r, r->now + INT64_C (15) * G_USEC_PER_SEC);
  g_assert_cmpuint (r->n_silent, ==, 1);
  responder_run_until (r, r->now + INT64_C (45) * G_USEC_PER_SEC);
  g_assert_cmpuint (r->n_silent, ==, 1); /* once for a stream */
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_PEER_SILENT);
}

/* Packets that nothing comes back for are a reason to ask sooner. */
static void
test_liveness_busy (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  guint before = r->sent->len;
  r->is_deaf = true;
  ike_session_outbound_esp (r->session);
  responder_run_until (r, r->now + INT64_C (5) * G_USEC_PER_SEC);
  g_assert_cmpuint (r->sent->len, ==, before + 1);
  ike_session_inbound_esp (r->session, r->now);
  responder_run_until (r, r->now + INT64_C (7) * G_USEC_PER_SEC + 999999);
  g_assert_cmpuint (
      r->n_silent, ==, 0); /* packets that come are a sign of life, whatever is unanswered */
  responder_run_until (r, r->now + 1);
  g_assert_cmpuint (r->n_silent, ==, 1);
}

/* A stream that is silent is made anew, and so is the next; the SA goes on as soon as one is not. */
static void
test_silent_streams (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  r->is_deaf = true;
  for (unsigned int i = 1; i <= 2; i++) {
    responder_run_until (r, r->now + INT64_C (15) * G_USEC_PER_SEC);
    g_assert_cmpuint (r->n_silent, ==, i);
    r->is_deaf = i < 2;
    responder_reconnect (r);
    g_assert_cmpint (r->error, ==, -1);
  }
  g_assert_cmpint (r->error, ==, -1);
  g_assert_cmpuint (r->n_paths, ==, 1);
}

/* While the machine slept the gateway's clock went on. */
static void
test_slept (void)
{
  const int64_t hour = INT64_C (3600) * G_USEC_PER_SEC;
  static const struct {
    int hours;
    bool ends;
  } rows[] = { { 0, false }, { -1, false }, { 12, true } };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
    responder_start (r);
    ike_session_stream_lost (r->session, r->now);
    ike_session_slept (r->session, rows[i].hours * hour, r->now);
    responder_pump (r);
    g_assert_cmpint (r->error, ==, rows[i].ends ? VISITOR_ERROR_KEYS_EXPIRED : -1);
    if (rows[i].ends)
      continue;
    ike_session_stream_restored (r->session, &responder_path, r->now);
    responder_pump (r);
    g_assert_cmpuint (r->n_paths, ==, 1);
  }
}

/* Keys that grew old in sleep, and are good yet, are renewed at once. */
static void
test_slept_until_rekey (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  guint added = r->n_added;
  ike_session_stream_lost (r->session, r->now);
  ike_session_slept (r->session, INT64_C (55) * 60 * G_USEC_PER_SEC, r->now);
  ike_session_stream_restored (r->session, &responder_path, r->now);
  responder_pump (r);
  responder_run_until (r, r->now + INT64_C (1) * G_USEC_PER_SEC);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_cmpuint (r->n_added, ==, added + 1);
}

static void
test_close_unanswered (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  r->is_deaf = true;
  ike_session_close (r->session, r->now);
  responder_pump (r);
  g_assert_false (r->closed);
  responder_run_until (r, r->now + INT64_C (5) * G_USEC_PER_SEC);
  g_assert_true (r->closed);
}

/* The same octets go again on the new stream, then the new address is said. */
static void
test_reconnect (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  r->is_deaf = true;
  ike_session_rekey_child (r->session, r->now);
  responder_pump (r);
  GBytes *lost = r->sent->pdata[r->sent->len - 1];
  guint before = r->sent->len;
  ike_session_stream_lost (r->session, r->now);
  responder_run_until (r, r->now + INT64_C (3600) * G_USEC_PER_SEC);
  g_assert_cmpint (r->error, ==, -1); /* an SA outlives its stream */
  r->is_deaf = false;
  ike_session_stream_restored (r->session, &responder_path, r->now);
  responder_pump (r);
  GBytes *again = r->sent->pdata[before];
  g_assert_true (g_bytes_equal (lost, again));
  g_assert_cmpuint (r->n_paths, ==, 1);
  g_assert_cmpuint (r->n_added, ==, 2);
  g_assert_true (responder_passes_esp (r));
}

static bool
count_updates (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  IkeNotify notify;
  unsigned int *n = r->script_data;
  if (ike_payloads_notify (request, IKE_NOTIFY_UPDATE_SA_ADDRESSES, &notify)) {
    g_assert_true (ike_payloads_notify (request, IKE_NOTIFY_NAT_DETECTION_SOURCE_IP, &notify));
    g_assert_cmpuint (notify.data.len, ==, 20);
    (*n)++;
  }
  return false;
}

static void
test_twenty_reconnects (gconstpointer data)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  unsigned int n_updates = 0;
  r->script = count_updates;
  r->script_data = &n_updates;
  r->no_mobike = GPOINTER_TO_INT (data);
  responder_start (r);
  for (unsigned int i = 0; i < 20; i++) {
    responder_reconnect (r);
    g_assert_cmpuint (r->n_paths, ==, i + 1);
    if (i % 3 == 0) {
      responder_rekey_child (r, 31);
      responder_pump (r);
    }
    g_assert_true (responder_passes_esp (r));
  }
  g_assert_cmpuint (n_updates, ==, r->no_mobike ? 0 : 20);
  g_assert_cmpuint (r->n_secrets, ==, 1);
  assert_closes (r);
}

/* The stream goes at every step of the way up. */
static void
test_reconnect_early (void)
{
  for (guint step = 1; step < 6; step++) {
    g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_EAP);
    r->user_waits = true;
    responder_start (r);
    responder_reconnect (r);
    g_autoptr (Secret) secret = secret_new (RESPONDER_PASSWORD, strlen (RESPONDER_PASSWORD));
    ike_session_provide_secret (r->session, secret, r->now);
    for (guint i = 0; i < step; i++)
      responder_reconnect (r);
    assert_up (r);
  }
}

static time_t
no_clock (void)
{
  return 0;
}

static void
test_new_refuses (void)
{
  const struct {
    const char *local, *remote;
    IkeAuthMethod auth;
  } rows[] = {
    { "", RESPONDER_NAME, IKE_AUTH_METHOD_PSK }, { "alice", "", IKE_AUTH_METHOD_PSK },
    { NULL, RESPONDER_NAME, IKE_AUTH_METHOD_PSK }, { "alice", "a\nb", IKE_AUTH_METHOD_PSK },
    { "alice", RESPONDER_NAME, IKE_AUTH_METHOD_EAP }, /* nothing to know the gateway by */
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    const IkeConfig config = {
      .env = { .random = responder_random, .wall_clock = no_clock },
      .local_identity = rows[i].local,
      .remote_identity = rows[i].remote,
      .auth = rows[i].auth,
    };
    g_assert_null (ike_session_new (&config, &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
  }
}

int
main (int argc, char **argv)
{
  gpointer psk = GINT_TO_POINTER (IKE_AUTH_METHOD_PSK), eap = GINT_TO_POINTER (IKE_AUTH_METHOD_EAP);
  g_test_init (&argc, &argv, NULL);
  key = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  stranger = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  expired = gateway_key_new (RESPONDER_NAME, 1900000000, 1950000000);
  misnamed = gateway_key_new ("other.example.test", 1900000000, 2100000000);
  g_test_add_data_func ("/ike/session/up/psk", psk, test_up);
  g_test_add_data_func ("/ike/session/up/eap", eap, test_up);
  g_test_add_func ("/ike/session/groups", test_groups);
  g_test_add_func ("/ike/session/cookie", test_cookie);
  g_test_add_func ("/ike/session/refusals", test_refusals);
  g_test_add_func ("/ike/session/no-address", test_no_address);
  g_test_add_func ("/ike/session/every-group", test_every_group);
  g_test_add_func ("/ike/session/endless-cookies", test_endless_cookies);
  g_test_add_func ("/ike/session/gateway-proof", test_gateway_proof);
  g_test_add_func ("/ike/session/unvouched", test_unvouched);
  g_test_add_func ("/ike/session/psk-proof", test_psk_proof);
  g_test_add_func ("/ike/session/passwords", test_passwords);
  g_test_add_data_func ("/ike/session/prompt/psk", psk, test_prompt);
  g_test_add_data_func ("/ike/session/prompt/eap", eap, test_prompt);
  g_test_add_func ("/ike/session/slow-user", test_slow_user);
  g_test_add_func ("/ike/session/slow-user-stranger", test_slow_user_stranger);
  g_test_add_data_func ("/ike/session/cancel-prompt/psk", psk, test_cancel_prompt);
  g_test_add_data_func ("/ike/session/cancel-prompt/eap", eap, test_cancel_prompt);
  g_test_add_func ("/ike/session/silence", test_silence);
  g_test_add_func ("/ike/session/liveness", test_liveness);
  g_test_add_func ("/ike/session/liveness/busy", test_liveness_busy);
  g_test_add_func ("/ike/session/liveness/silent-streams", test_silent_streams);
  g_test_add_func ("/ike/session/slept", test_slept);
  g_test_add_func ("/ike/session/slept/until-rekey", test_slept_until_rekey);
  g_test_add_func ("/ike/session/close-unanswered", test_close_unanswered);
  g_test_add_func ("/ike/session/reconnect", test_reconnect);
  g_test_add_data_func (
      "/ike/session/twenty-reconnects/mobike", GINT_TO_POINTER (0), test_twenty_reconnects);
  g_test_add_data_func (
      "/ike/session/twenty-reconnects/plain", GINT_TO_POINTER (1), test_twenty_reconnects);
  g_test_add_func ("/ike/session/reconnect-early", test_reconnect_early);
  g_test_add_func ("/ike/session/new-refuses", test_new_refuses);
  int status = g_test_run ();
  gateway_key_free (key);
  gateway_key_free (stranger);
  gateway_key_free (expired);
  gateway_key_free (misnamed);
  return status;
}
