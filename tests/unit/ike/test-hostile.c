/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages in the wrong state, forged and replayed; what is malformed in them is in test-faults. */
#include <glib.h>
#include <string.h>

#include "base/cursor.h"
#include "ike/session.h"
#include "responder.h"
#include "wire/delete.h"

static GatewayKey *key;

/* In how far the session has got when the bad message comes. */
typedef enum {
  AT_START, /* the user has not given the key yet */
  AT_INIT, /* IKE_SA_INIT is out */
  AT_AUTH, /* keys are there, nobody is authenticated */
  AT_UP,
  AT_CLOSING,
  AT_DEAD,
  N_STAGES,
} Stage;

static Responder *
bring_to (Stage stage)
{
  Responder *r = responder_new (stage == AT_AUTH ? IKE_AUTH_METHOD_EAP : IKE_AUTH_METHOD_PSK);
  r->key = stage == AT_AUTH ? key : NULL;
  r->user_waits = stage == AT_START || stage == AT_AUTH;
  r->is_deaf = stage == AT_INIT;
  responder_start (r);
  if (stage == AT_CLOSING || stage == AT_DEAD) {
    r->is_deaf = stage == AT_CLOSING;
    ike_session_close (r->session, r->now);
    responder_pump (r);
  }
  return r;
}

static uint64_t
session_spi (const Responder *r)
{
  if (r->sent->len == 0)
    return 1;
  Cursor c = cursor_of (slice_of_bytes (r->sent->pdata[0]));
  return cursor_u64 (&c);
}

/* Every exchange type, as request and response, in the clear, at every stage: no answer, no change. */
static void
test_clear_matrix (void)
{
  for (Stage stage = AT_START; stage < N_STAGES; stage++) {
    g_autoptr (Responder) r = bring_to (stage);
    IkeState state = ike_session_state (r->session);
    guint before = r->sent->len;
    for (unsigned int exchange = 0; exchange < 256; exchange++) {
      for (unsigned int flags = 0; flags < 256; flags += 0x08) {
        uint8_t buf[64];
        Builder b = builder_init (buf, sizeof buf);
        builder_u64 (&b, session_spi (r));
        builder_u64 (&b, r->sa != NULL ? r->sa->spi_r : 5);
        builder_u8 (&b, IKE_PAYLOAD_DELETE);
        builder_u8 (&b, 0x20);
        builder_u8 (&b, (uint8_t) exchange);
        builder_u8 (&b, (uint8_t) flags);
        builder_u32 (&b, exchange % 3);
        builder_u32 (&b, 36);
        builder_u64 (&b, UINT64_C (0x0000000801000000));
        ike_session_receive (r->session, builder_result (&b), r->now);
        responder_pump (r);
      }
    }
    g_assert_cmpint (ike_session_state (r->session), ==, state);
    g_assert_cmpuint (r->sent->len, ==, before);
    g_assert_cmpint (r->error, ==, -1);
  }
}

/* The same, sealed with the right keys: before both are authenticated no request is taken
 * (CVE-2014-2338, CVE-2019-12312). */
static void
test_sealed_before_auth (void)
{
  g_autoptr (Responder) r = bring_to (AT_AUTH);
  guint before = r->sent->len;
  for (unsigned int exchange = 0; exchange < 256; exchange++) {
    for (unsigned int kind = 0; kind < 4; kind++) {
      uint8_t buf[64];
      IkeChain chain = ike_chain_init (buf, sizeof buf);
      const IkeDelete delete = { .protocol = IKE_PROTOCOL_IKE };
      if (kind & 1)
        ike_delete_write (&chain, &delete);
      g_autoptr (GBytes) message =
          ike_sa_seal (r->sa, (uint8_t) exchange, kind, (kind & 2) != 0, &chain);
      ike_session_receive (r->session, slice_of_bytes (message), r->now);
      responder_pump (r);
    }
  }
  g_assert_cmpuint (r->sent->len, ==, before);
  g_assert_cmpint (r->error, ==, -1);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_AUTH);
}

static const uint8_t exchanges[] = { 34, 35, 36, 37, 38, 39, 43, 44, 0, 255 };

/* One sealed message of that exchange, empty, with that message ID. */
static void
send_sealed (Responder *r, uint8_t exchange, uint32_t id, bool is_response)
{
  uint8_t buf[16];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  g_autoptr (GBytes) message = ike_sa_seal (r->sa, exchange, id, is_response, &chain);
  ike_session_receive (r->session, slice_of_bytes (message), r->now);
  responder_pump (r);
}

/* Sealed answers of every exchange, in every state that has keys: those that nobody asked for change
 * nothing. */
static void
test_sealed_answers (void)
{
  for (Stage stage = AT_AUTH; stage < N_STAGES; stage++) {
    g_autoptr (Responder) r = bring_to (stage);
    IkeState state = ike_session_state (r->session);
    guint before = r->sent->len;
    for (size_t i = 0; i < G_N_ELEMENTS (exchanges); i++) {
      for (uint32_t id = 0; id < 6; id++) {
        if (stage != AT_CLOSING || exchanges[i] != IKE_EXCHANGE_INFORMATIONAL)
          send_sealed (r, exchanges[i], id, true);
      }
    }
    g_assert_cmpint (ike_session_state (r->session), ==, state);
    g_assert_cmpuint (r->sent->len, ==, before);
    g_assert_cmpint (r->error, ==, -1);
  }
}

/* Sealed requests of every exchange: before authentication and after the end there is no answer, between
 * them only those three that a gateway may begin are taken, and any other ends the IKE SA; so does an
 * empty CREATE_CHILD_SA. */
static void
test_sealed_requests (void)
{
  for (Stage stage = AT_AUTH; stage < N_STAGES; stage++) {
    for (size_t i = 0; i < G_N_ELEMENTS (exchanges); i++) {
      g_autoptr (Responder) r = bring_to (stage);
      IkeState state = ike_session_state (r->session);
      guint before = r->sent->len;
      bool answers = stage == AT_UP || stage == AT_CLOSING;
      bool lives = !answers || exchanges[i] == IKE_EXCHANGE_INFORMATIONAL ||
          exchanges[i] == IKE_EXCHANGE_FOLLOWUP_KE;
      g_test_message ("stage %d, exchange %u", stage, exchanges[i]);
      send_sealed (r, exchanges[i], r->sa->window.next_request, false);
      g_assert_cmpuint (r->sent->len, ==, before + (answers ? 1 : 0));
      g_assert_cmpint (ike_session_state (r->session), ==, lives ? state : IKE_STATE_DEAD);
      g_assert_cmpint (r->error, ==, lives ? -1 : VISITOR_ERROR_PROTOCOL);
    }
  }
}

/* Truncated and bit-flipped copies of a good message: nothing. Then the good one still works. */
static void
test_forged (void)
{
  g_autoptr (Responder) r = bring_to (AT_UP);
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  const IkeDelete delete = { .protocol = IKE_PROTOCOL_IKE };
  guint before = r->sent->len;
  ike_delete_write (&chain, &delete);
  g_autoptr (GBytes) message = responder_seal_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
  Slice good = slice_of_bytes (message);
  for (size_t len = 0; len < good.len; len++) {
    g_autofree uint8_t *copy = g_memdup2 (good.data, MAX (len, 1));
    ike_session_receive (r->session, SLICE (copy, len), r->now);
    if (len >= 28) {
      copy[24] = copy[25] = copy[26] = 0;
      copy[27] = (uint8_t) len;
      ike_session_receive (r->session, SLICE (copy, len), r->now);
    }
  }
  for (size_t bit = 0; bit < 8 * good.len; bit++) {
    g_autofree uint8_t *copy = g_memdup2 (good.data, good.len);
    copy[bit / 8] ^= (uint8_t) (1 << bit % 8);
    ike_session_receive (r->session, SLICE (copy, good.len), r->now);
  }
  responder_pump (r);
  g_assert_cmpuint (r->sent->len, ==, before);
  g_assert_cmpint (r->error, ==, -1);
  ike_session_receive (r->session, good, r->now);
  responder_pump (r);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_DELETED_BY_GATEWAY);
}

/* A repeated request is answered with the same octets and acted on once. */
static void
test_repeated (void)
{
  g_autoptr (Responder) r = bring_to (AT_UP);
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  const IkeDelete delete = { .protocol = IKE_PROTOCOL_ESP, .n = 1, .spis = { 0xdeadbeef } };
  ike_delete_write (&chain, &delete);
  g_autoptr (GBytes) message = responder_seal_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
  for (unsigned int i = 0; i < 3; i++)
    ike_session_receive (r->session, slice_of_bytes (message), r->now);
  guint before = r->sent->len;
  responder_pump (r);
  g_assert_cmpuint (r->sent->len, ==, before + 3);
  g_assert_true (g_bytes_equal (r->sent->pdata[before], r->sent->pdata[before + 1]));
  g_assert_true (g_bytes_equal (r->sent->pdata[before], r->sent->pdata[before + 2]));
  r->sa->window.next_request = 1;
  responder_send_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
  responder_pump (r);
  ike_session_receive (r->session, slice_of_bytes (message), r->now); /* two behind now */
  before = r->sent->len;
  responder_pump (r);
  g_assert_cmpuint (r->sent->len, ==, before);
}

/* REKEY_SA with every protocol and SPI size there is (CVE-2023-38710): none of them is our CHILD_SA
 * but that of ESP with four octets. */
static void
test_rekey_protocols (void)
{
  static const uint8_t spi[255] = { 0x77, 1, 2, 3 };
  static const uint8_t proposal[] = { 0, 0, 0, 32, 1, 3, 4, 2, 1, 2, 3, 4, 3, 0, 0, 12, 1, 0, 0, 20,
    0x80, 14, 1, 0, 0, 0, 0, 8, 5, 0, 0, 0 };
  g_autoptr (Responder) r = bring_to (AT_UP);
  for (unsigned int protocol = 0; protocol < 256; protocol++) {
    for (size_t len = 0; len < 256; len += len < 9 ? 1 : 82) {
      uint8_t buf[1024];
      IkePayloads response;
      IkeNotify notify;
      IkeChain chain = ike_chain_init (buf, sizeof buf);
      if (protocol == IKE_PROTOCOL_ESP && len == 4)
        continue;
      ike_chain_notify (
          &chain, (IkeProtocol) protocol, SLICE (spi, len), IKE_NOTIFY_REKEY_SA, SLICE (NULL, 0));
      ike_chain_payload (&chain, IKE_PAYLOAD_SA, SLICE (proposal, sizeof proposal));
      responder_send_request (r, IKE_EXCHANGE_CREATE_CHILD_SA, &chain);
      responder_pump (r);
      g_assert_true (responder_response (r, &response));
      g_assert_true (ike_payloads_notify (&response, IKE_NOTIFY_CHILD_SA_NOT_FOUND, &notify));
    }
  }
  g_assert_cmpint (r->error, ==, -1);
  g_assert_true (responder_passes_esp (r));
}

/* A packet that was taken is not taken again behind a new stream: the window outlives it. */
static void
test_replay_after_reconnect (void)
{
  static const uint8_t inner[] = { 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 1, 0, 7, 10, 3, 0,
    1, 0, 9, 0, 9, 0, 8, 0, 0, 1, 2, 2, 4 };
  g_autoptr (Responder) r = bring_to (AT_UP);
  uint8_t buf[256];
  Slice packet =
      responder_forge_esp (r->children->pdata[0], 7, SLICE (inner, sizeof inner), buf, sizeof buf);
  responder_deliver_esp (r, packet);
  g_assert_cmpuint (r->esp_verdicts[ESP_PASS], ==, 1);
  responder_reconnect (r);
  responder_deliver_esp (r, packet);
  g_assert_cmpuint (r->esp_verdicts[ESP_DROP_REPLAY], ==, 1);
  g_assert_cmpuint (r->esp_verdicts[ESP_PASS], ==, 1);
}

/* The octets that the session seals one packet into with its newest CHILD_SA. Transfer: full. */
static GBytes *
sealed_by_newest (Responder *r)
{
  static const uint8_t inner[] = { 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 3, 0, 1, 10, 1, 0,
    7, 0, 9, 0, 9, 0, 8, 0, 0 };
  uint8_t buf[256];
  Slice packet;
  EspSa *sa = g_hash_table_lookup (r->session_esps, GUINT_TO_POINTER (r->added_spi));
  memcpy (buf + esp_sa_headroom (sa), inner, sizeof inner);
  g_assert_cmpint (esp_seal (sa, buf, sizeof buf, sizeof inner, &packet), ==, ESP_PASS);
  return g_bytes_new (packet.data + ESP_HEADER_LEN, packet.len - ESP_HEADER_LEN);
}

/* A fresh CHILD_SA counts from 1 again, and so does its IV (RFC 4106 section 3.1): its keys must be
 * others each time, whoever asked for the rekey. */
static void
test_fresh_keys (void)
{
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (Responder) r = bring_to (AT_UP);
  for (unsigned int i = 0; i < 10; i++) {
    GBytes *sealed = sealed_by_newest (r);
    for (guint k = 0; k < seen->len; k++)
      g_assert_false (g_bytes_equal (sealed, seen->pdata[k]));
    g_ptr_array_add (seen, sealed);
    if (i % 2 == 0)
      responder_rekey_child (r, 0);
    else
      ike_session_rekey_child (r->session, r->now);
    responder_pump (r);
    g_assert_cmpuint (r->n_added, ==, i + 2);
  }
}

static void
test_cookie2 (void)
{
  g_autoptr (Responder) r = bring_to (AT_UP);
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  IkePayloads response;
  IkeNotify notify;
  const uint8_t cookie[] = "12345678";
  ike_chain_notify (
      &chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_COOKIE2, SLICE (cookie, 8));
  responder_send_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
  responder_pump (r);
  g_assert_true (responder_response (r, &response));
  g_assert_true (ike_payloads_notify (&response, IKE_NOTIFY_COOKIE2, &notify));
  g_assert_cmpmem (notify.data.data, notify.data.len, cookie, 8);
}

/* IDr of every type and of lengths up to 60000 (CVE-2025-9242): compared, never copied. */
static bool
answer_with_id (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  const size_t *type_and_len = r->script_data;
  Reserved length = ike_chain_begin (answer, IKE_PAYLOAD_IDR);
  builder_u8 (&answer->b, (uint8_t) type_and_len[0]);
  builder_zeros (&answer->b, 3);
  builder_zeros (&answer->b, type_and_len[1]);
  ike_chain_end (answer, length);
  return true;
}

static void
test_identities (void)
{
  const size_t lens[] = { 0, 1, 4, 15, 16, 255, 256, 16000 };
  for (size_t type = 0; type < 256; type += type < 16 ? 1 : 60) {
    for (size_t i = 0; i < G_N_ELEMENTS (lens); i++) {
      size_t type_and_len[2] = { type, lens[i] };
      g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
      r->script = answer_with_id;
      r->script_data = type_and_len;
      responder_start (r);
      g_assert_cmpint (r->error, ==, VISITOR_ERROR_GATEWAY_WRONG_NAME);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  key = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  g_test_add_func ("/ike/hostile/clear-matrix", test_clear_matrix);
  g_test_add_func ("/ike/hostile/sealed-before-auth", test_sealed_before_auth);
  g_test_add_func ("/ike/hostile/sealed-answers", test_sealed_answers);
  g_test_add_func ("/ike/hostile/sealed-requests", test_sealed_requests);
  g_test_add_func ("/ike/hostile/forged", test_forged);
  g_test_add_func ("/ike/hostile/repeated", test_repeated);
  g_test_add_func ("/ike/hostile/rekey-protocols", test_rekey_protocols);
  g_test_add_func ("/ike/hostile/replay-after-reconnect", test_replay_after_reconnect);
  g_test_add_func ("/ike/hostile/fresh-keys", test_fresh_keys);
  g_test_add_func ("/ike/hostile/cookie2", test_cookie2);
  g_test_add_func ("/ike/hostile/identities", test_identities);
  int status = g_test_run ();
  gateway_key_free (key);
  return status;
}
