/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rekeys of the CHILD_SA and of the IKE SA by either side, deletions, and a day of all that. */
#include <glib.h>
#include <string.h>

#include "ike/session.h"
#include "responder.h"
#include "support/hex.h"
#include "wire/delete.h"

#define SECOND INT64_C (1000000)

static Responder *
new_session (void)
{
  Responder *r = responder_new (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_true (responder_passes_esp (r));
  return r;
}

/* One CHILD_SA on each side, and it is the same one; what was deleted is forgotten in a moment. */
static void
assert_one_child (Responder *r)
{
  responder_run_until (r, r->now + 6 * SECOND);
  if (r->error != -1)
    g_error ("%s", r->error_text);
  g_assert_cmpuint (r->children->len, ==, 1);
  g_assert_cmpuint (g_hash_table_size (r->session_esps), ==, 1);
  g_assert_cmpuint (r->n_added - r->n_removed, ==, 1);
  g_assert_true (responder_passes_esp (r));
}

static void
test_ours (void)
{
  g_autoptr (Responder) r = new_session ();
  uint32_t first = r->added_spi;
  ike_session_rekey_child (r->session, r->now);
  ike_session_rekey_child (r->session, r->now); /* once is enough */
  responder_pump (r);
  assert_one_child (r);
  g_assert_cmpuint (r->n_added, ==, 2);
  g_assert_cmpuint (r->removed_spi, ==, first);
  g_autofree char *suite = ike_session_describe_child (r->session);
  g_assert_cmpstr (suite, ==, "AES-256-GCM-16, Curve25519, ESN");
}

static void
test_theirs (gconstpointer data)
{
  g_autoptr (Responder) r = new_session ();
  for (unsigned int i = 0; i < 5; i++) {
    responder_rekey_child (r, (uint16_t) GPOINTER_TO_UINT (data));
    responder_pump (r);
    assert_one_child (r);
    g_assert_cmpuint (r->n_added, ==, i + 2);
  }
}

/* Both begin before either hears of the other; the nonces decide, and one CHILD_SA is left. */
static void
test_collision (void)
{
  g_autoptr (Responder) r = new_session ();
  unsigned int ours_won = 0;
  for (unsigned int i = 0; i < 40; i++) {
    unsigned int before = r->n_added;
    ike_session_rekey_child (r->session, r->now);
    responder_rekey_child (r, 31);
    responder_pump (r);
    assert_one_child (r);
    g_assert_cmpuint (r->n_added, >=, before + 1);
    ours_won += r->n_added == before + 2;
  }
  g_assert_cmpuint (ours_won, >, 5);
  g_assert_cmpuint (ours_won, <, 35);
}

static bool
refuse_rekey (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  uint16_t *type = r->script_data;
  static const uint8_t group[] = { 0, 14 };
  if (header->exchange != IKE_EXCHANGE_CREATE_CHILD_SA || *type == 0)
    return false;
  Slice data = *type == IKE_NOTIFY_INVALID_KE_PAYLOAD ? SLICE (group, 2) : SLICE (NULL, 0);
  ike_chain_notify (answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0), (IkeNotifyType) *type, data);
  *type = 0;
  return true;
}

/* A refusal is not the end: it is tried again, at once with another group, later if the gateway is
 * busy. */
static void
test_refused (void)
{
  const uint16_t types[] = { IKE_NOTIFY_TEMPORARY_FAILURE, IKE_NOTIFY_INVALID_KE_PAYLOAD,
    IKE_NOTIFY_NO_ADDITIONAL_SAS, IKE_NOTIFY_NO_PROPOSAL_CHOSEN };
  for (size_t i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (Responder) r = new_session ();
    uint16_t type = types[i];
    r->script = refuse_rekey;
    r->script_data = &type;
    ike_session_rekey_child (r->session, r->now);
    responder_pump (r);
    g_assert_cmpuint (type, ==, 0);
    g_assert_cmpuint (r->n_added, ==, types[i] == IKE_NOTIFY_INVALID_KE_PAYLOAD ? 2 : 1);
    responder_run_until (r, r->now + 120 * SECOND);
    g_assert_cmpuint (r->n_added, ==, 2);
    assert_one_child (r);
  }
}

/* The gateway has lost the CHILD_SA: a new one is made, without a rekey and without signing in.
 * (strongSwan: test_regular_responder_lost_sa) */
static void
test_not_found (void)
{
  g_autoptr (Responder) r = new_session ();
  uint16_t type = IKE_NOTIFY_CHILD_SA_NOT_FOUND;
  r->script = refuse_rekey;
  r->script_data = &type;
  g_ptr_array_set_size (r->children, 0);
  ike_session_rekey_child (r->session, r->now);
  responder_pump (r);
  g_assert_cmpuint (r->n_removed, ==, 1);
  g_assert_cmpuint (r->n_added, ==, 2);
  assert_one_child (r);
}

static void
test_ike_rekey (void)
{
  static const uint16_t groups[] = { 31, 19, 20, 14 };
  g_autoptr (Responder) r = new_session ();
  for (size_t i = 0; i < G_N_ELEMENTS (groups); i++) {
    responder_rekey_ike (r, groups[i]);
    responder_pump (r);
    assert_one_child (r);
    ike_session_rekey_child (r->session, r->now);
    responder_pump (r);
    responder_rekey_child (r, 31);
    responder_pump (r);
    assert_one_child (r);
    responder_reconnect (r);
    responder_run_until (r, r->now + 25 * SECOND);
    assert_one_child (r);
  }
  g_assert_cmpuint (r->n_added, ==, 1 + 2 * G_N_ELEMENTS (groups));
  ike_session_close (r->session, r->now);
  responder_pump (r);
  g_assert_true (r->closed);
}

/* While our own exchange is out the gateway is asked to come again. */
static void
test_ike_rekey_while_busy (void)
{
  g_autoptr (Responder) r = new_session ();
  IkePayloads response;
  IkeNotify notify;
  ike_session_rekey_child (r->session, r->now);
  responder_rekey_ike (r, 31);
  responder_pump (r);
  g_assert_true (responder_response (r, &response));
  g_assert_true (ike_payloads_notify (&response, IKE_NOTIFY_TEMPORARY_FAILURE, &notify));
  assert_one_child (r);
}

static void
test_deleted_child (void)
{
  g_autoptr (Responder) r = new_session ();
  IkePayloads response;
  responder_delete_child (r, 0x77010203);
  responder_pump (r);
  g_assert_true (responder_response (r, &response));
  g_assert_cmpuint (ike_payloads_count (&response, IKE_PAYLOAD_DELETE), ==, 1);
  g_assert_cmpuint (r->n_removed, ==, 1);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_DELETED_BY_GATEWAY);
}

/* An SPI that is not ours, and the same one twice: answered, nothing changes. */
static void
test_deleted_stranger (void)
{
  g_autoptr (Responder) r = new_session ();
  IkePayloads response;
  responder_delete_child (r, 0xdeadbeef);
  responder_pump (r);
  g_assert_true (responder_response (r, &response));
  g_assert_cmpuint (response.n, ==, 0);
  assert_one_child (r);
}

static void
test_deleted_ike (void)
{
  g_autoptr (Responder) r = new_session ();
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  const IkeDelete delete = { .protocol = IKE_PROTOCOL_IKE };
  guint before = r->sent->len;
  ike_delete_write (&chain, &delete);
  responder_send_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
  responder_pump (r);
  g_assert_cmpuint (r->sent->len, ==, before + 1);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_DELETED_BY_GATEWAY);
}

/* Both delete the IKE SA at once. */
static void
test_deleted_by_both (void)
{
  g_autoptr (Responder) r = new_session ();
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  const IkeDelete delete = { .protocol = IKE_PROTOCOL_IKE };
  ike_delete_write (&chain, &delete);
  ike_session_close (r->session, r->now);
  responder_send_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
  responder_pump (r);
  g_assert_true (r->closed);
  g_assert_cmpint (r->error, ==, -1);
}

static void
test_ours_ike (void)
{
  g_autoptr (Responder) r = new_session ();
  for (unsigned int i = 0; i < 5; i++) {
    ike_session_rekey_ike (r->session, r->now);
    ike_session_rekey_ike (r->session, r->now); /* once is enough */
    responder_pump (r);
    assert_one_child (r);
    g_assert_cmpuint (r->n_ike_rekeys, ==, i + 1);
    g_assert_cmpuint (r->other_sas->len, ==, 0);
    ike_session_rekey_child (r->session, r->now); /* with the keys of the new one */
    responder_pump (r);
    responder_rekey_ike (r, 31);
    responder_pump (r);
    assert_one_child (r);
    r->n_ike_rekeys--;
  }
  g_assert_cmpuint (r->n_added, ==, 6);
  g_autofree char *suite = ike_session_describe_ike (r->session);
  g_assert_cmpstr (suite, ==, "AES-256-GCM-16, PRF-HMAC-SHA2-384, Curve25519");
  ike_session_close (r->session, r->now);
  responder_pump (r);
  g_assert_true (r->closed);
}

static void
test_ours_ike_refused (void)
{
  const uint16_t types[] = { IKE_NOTIFY_TEMPORARY_FAILURE, IKE_NOTIFY_INVALID_KE_PAYLOAD,
    IKE_NOTIFY_NO_ADDITIONAL_SAS, IKE_NOTIFY_NO_PROPOSAL_CHOSEN };
  for (size_t i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (Responder) r = new_session ();
    uint16_t type = types[i];
    r->script = refuse_rekey;
    r->script_data = &type;
    ike_session_rekey_ike (r->session, r->now);
    responder_pump (r);
    g_assert_cmpuint (type, ==, 0);
    g_assert_cmpuint (r->n_ike_rekeys, ==, types[i] == IKE_NOTIFY_INVALID_KE_PAYLOAD ? 1 : 0);
    responder_run_until (r, r->now + 120 * SECOND);
    g_assert_cmpuint (r->n_ike_rekeys, ==, 1);
    assert_one_child (r);
  }
}

static bool
refuse_always (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  unsigned int *n = r->script_data;
  if (header->exchange != IKE_EXCHANGE_CREATE_CHILD_SA)
    return false;
  ++*n;
  ike_chain_notify (
      answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_NO_ADDITIONAL_SAS, SLICE (NULL, 0));
  return true;
}

/* A gateway that never agrees to new keys is asked again, not too often, and left when they run out. */
static void
test_keys_run_out (void)
{
  g_autoptr (Responder) r = new_session ();
  unsigned int n_asked = 0;
  int64_t start = r->now;
  r->script = refuse_always;
  r->script_data = &n_asked;
  responder_run_until (r, start + 3599 * SECOND);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_cmpuint (n_asked, >=, 3);
  g_assert_cmpuint (n_asked, <=, 13);
  responder_run_until (r, start + 3601 * SECOND);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_KEYS_EXPIRED);
}

/* The gateway says for how long the sign-in is good (RFC 4478): we say when it is time for another, in
 * time, again while there is time, and never end it ourselves. */
static void
test_auth_lifetime (void)
{
  static const struct {
    uint32_t lifetime;
    int64_t least, most; /* seconds */
  } cases[] = {
    { 20, 14, 16 }, { 3600, 2700, 3000 }, { 10800, 9900, 10200 },
    { UINT32_MAX, 0, 0 }, /* not in this test's time */
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
    int64_t start = r->now;
    r->auth_lifetime = cases[i].lifetime;
    responder_start (r);
    while (r->n_reauthenticate == 0 && r->now < start + 20000 * SECOND)
      responder_run_until (r, r->now + SECOND / 2);
    if (cases[i].most == 0) {
      g_assert_cmpuint (r->n_reauthenticate, ==, 0);
      continue;
    }
    g_assert_cmpint (r->now - start, >=, cases[i].least * SECOND);
    g_assert_cmpint (r->now - start, <=, cases[i].most * SECOND + SECOND);
    responder_run_until (r, start + (int64_t) cases[i].lifetime * SECOND + 60 * SECOND);
    g_assert_cmpuint (r->n_reauthenticate, <=, 12);
    assert_one_child (r);
  }
}

/* The same in a request of its own, and what is none. */
static void
test_auth_lifetime_later (void)
{
  static const uint8_t octets[] = { 0, 0, 0, 60, 0 };
  for (size_t len = 0; len <= sizeof octets; len++) {
    g_autoptr (Responder) r = new_session ();
    uint8_t buf[64];
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    ike_chain_notify (
        &chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_AUTH_LIFETIME, SLICE (octets, len));
    responder_send_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
    responder_pump (r);
    responder_run_until (r, r->now + 55 * SECOND);
    g_assert_cmpuint (r->n_reauthenticate, ==, len == 4 ? 1 : 0);
    assert_one_child (r);
  }
}

/* Our own limit is held, whether the gateway knows of it or not. */
static void
test_sign_in_expires (void)
{
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  int64_t start = r->now;
  r->sign_in_lifetime_us = 600 * SECOND;
  r->auth_lifetime = 86400;
  responder_start (r);
  responder_run_until (r, start + 599 * SECOND);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_cmpuint (r->n_reauthenticate, >=, 2);
  responder_run_until (r, start + 601 * SECOND);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_SIGN_IN_EXPIRED);
}

/* Twenty-four hours: the CHILD_SA and the IKE SA by us when they are old, by the gateway every hour and
 * every 10 hours, the stream lost every 2. */
static void
test_day (void)
{
  g_autoptr (Responder) r = new_session ();
  int64_t start = r->now;
  for (unsigned int half_hour = 1; half_hour <= 48; half_hour++) {
    responder_run_until (r, start + (int64_t) half_hour * 1800 * SECOND);
    if (half_hour % 2 == 0) {
      responder_rekey_child (r, 31);
      responder_pump (r);
    }
    if (half_hour % 20 == 0) {
      responder_rekey_ike (r, 31);
      responder_pump (r);
    }
    if (half_hour % 4 == 0)
      responder_reconnect (r);
    assert_one_child (r);
    g_assert_cmpuint (r->other_sas->len, ==, 0);
  }
  g_assert_cmpuint (r->n_added, >, 40);
  g_assert_cmpuint (r->n_ike_rekeys, >=, 6);
  g_assert_cmpuint (r->n_ike_rekeys, <=, 9);
  g_assert_cmpuint (r->n_paths, ==, 12);
  g_assert_cmpuint (r->n_secrets, ==, 1);
}

/* The soft lifetime has jitter: two sessions do not rekey in the same second. */
static void
test_jitter (void)
{
  int64_t at[8];
  for (size_t i = 0; i < G_N_ELEMENTS (at); i++) {
    g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
    uint8_t skip[64];
    responder_random (skip, i + 1);
    responder_start (r);
    int64_t start = r->now;
    while (r->n_added == 1)
      responder_run_until (r, r->now + SECOND);
    at[i] = r->now - start;
    g_assert_cmpint (at[i], >=, 2880 * SECOND);
    g_assert_cmpint (at[i], <=, 3241 * SECOND);
    g_assert_true (i == 0 || at[i] != at[i - 1]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/rekey/ours", test_ours);
  g_test_add_data_func ("/ike/rekey/theirs/pfs", GUINT_TO_POINTER (20), test_theirs);
  g_test_add_data_func ("/ike/rekey/theirs/plain", GUINT_TO_POINTER (0), test_theirs);
  g_test_add_func ("/ike/rekey/collision", test_collision);
  g_test_add_func ("/ike/rekey/refused", test_refused);
  g_test_add_func ("/ike/rekey/not-found", test_not_found);
  g_test_add_func ("/ike/rekey/ike", test_ike_rekey);
  g_test_add_func ("/ike/rekey/ike-while-busy", test_ike_rekey_while_busy);
  g_test_add_func ("/ike/rekey/deleted-child", test_deleted_child);
  g_test_add_func ("/ike/rekey/deleted-stranger", test_deleted_stranger);
  g_test_add_func ("/ike/rekey/deleted-ike", test_deleted_ike);
  g_test_add_func ("/ike/rekey/deleted-by-both", test_deleted_by_both);
  g_test_add_func ("/ike/rekey/ours-ike", test_ours_ike);
  g_test_add_func ("/ike/rekey/ours-ike-refused", test_ours_ike_refused);
  g_test_add_func ("/ike/rekey/keys-run-out", test_keys_run_out);
  g_test_add_func ("/ike/rekey/auth-lifetime", test_auth_lifetime);
  g_test_add_func ("/ike/rekey/auth-lifetime-later", test_auth_lifetime_later);
  g_test_add_func ("/ike/rekey/sign-in-expires", test_sign_in_expires);
  g_test_add_func ("/ike/rekey/day", test_day);
  g_test_add_func ("/ike/rekey/jitter", test_jitter);
  return g_test_run ();
}
