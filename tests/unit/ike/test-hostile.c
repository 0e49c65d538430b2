/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What others fell over: messages in the wrong state, forged, replayed or malformed. */
#include <glib.h>
#include <string.h>

#include "base/cursor.h"
#include "ike/session.h"
#include "responder.h"
#include "support/hex.h"
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

static const struct {
  const char *what;
  uint8_t exchange;
  uint8_t first;
  const char *chain; /* hex */
  int code; /* of FAILED; -1 = lives on */
  uint16_t notify; /* in the answer; 0 = none */
} requests[] = {
  { "empty", 37, 0, "", -1, 0 },
  { "unknown payload", 37, 200, "00000004", -1, 0 },
  { "unknown critical payload", 37, 200, "00800004", -1, 1 },
  { "IKEv1 payload types", 37, 1,
      "02000004"
      "03000004"
      "04000004"
      "05000004"
      "00000004",
      -1, 0 },
  { "payload longer than the message", 37, 43, "00000005", VISITOR_ERROR_PROTOCOL, 7 },
  { "payload of length 3", 37, 43, "00000003", VISITOR_ERROR_PROTOCOL, 7 },
  { "payload of length 0", 37, 43, "00000000", VISITOR_ERROR_PROTOCOL, 7 },
  { "a payload behind the last", 37, 43, "0000000400000004", VISITOR_ERROR_PROTOCOL, 7 },
  { "no payload where one is said", 37, 43, "", VISITOR_ERROR_PROTOCOL, 7 },
  { "SK in SK", 37, 46, "00000004", VISITOR_ERROR_PROTOCOL, 7 },
  { "IKE_AUTH again", 35, 0, "", VISITOR_ERROR_PROTOCOL, 7 },
  { "IKE_SA_INIT sealed", 34, 0, "", VISITOR_ERROR_PROTOCOL, 7 },
  { "exchange 255", 255, 0, "", VISITOR_ERROR_PROTOCOL, 7 },
  { "delete of protocol 0", 37, 42, "0000000800000000", VISITOR_ERROR_PROTOCOL, 7 },
  { "delete of AH", 37, 42, "0000000c0204000100000001", -1, 0 },
  { "delete of ESP with SPI size 0", 37, 42, "0000000803000001", VISITOR_ERROR_PROTOCOL, 7 },
  { "delete of ESP with SPI size 255", 37, 42, "0000000803ff0001", VISITOR_ERROR_PROTOCOL, 7 },
  { "delete that lies about its count", 37, 42, "0000000c0304ffff00000001", VISITOR_ERROR_PROTOCOL,
      7 },
  { "delete of IKE with an SPI", 37, 42, "000000100108000100000000 00000001",
      VISITOR_ERROR_PROTOCOL, 7 },
  { "delete of no ESP SPI", 37, 42, "0000000803040000", -1, 0 },
  { "notify cut short", 37, 41, "00000007010440", -1, 0 },
  { "notify with an SPI past its end", 37, 41, "0000000803ff4009", -1, 0 },
  { "CREATE_CHILD_SA without SA", 36, 0, "", VISITOR_ERROR_PROTOCOL, 7 },
  { "CREATE_CHILD_SA with an empty SA", 36, 33, "00000004", VISITOR_ERROR_PROTOCOL, 7 },
  { "a proposal that lies about its length", 36, 33,
      "00000028 00000024 01030403 11223344 0300000c 01000014 800e0100 03000008 04000013"
      " 00000008 05000000",
      VISITOR_ERROR_PROTOCOL, 7 },
  { "REKEY_SA of nothing", 36, 41,
      "21000008 0300 4009"
      "00000024 00000020 01030402 11223344 0300000c 01000014 800e0100 00000008 05000000",
      -1, 44 },
  { "REKEY_SA with protocol 0", 36, 41,
      "2100000c 0004 4009 11223344"
      "00000024 00000020 01030402 11223344 0300000c 01000014 800e0100 00000008 05000000",
      -1, 44 },
  { "REKEY_SA with SPI size 8", 36, 41,
      "21000010 0308 4009 1122334455667788"
      "00000024 00000020 01030402 11223344 0300000c 01000014 800e0100 00000008 05000000",
      -1, 44 },
  { "a further CHILD_SA", 36, 33,
      "00000024 00000020 01030402 11223344 0300000c 01000014 800e0100 00000008 05000000", -1, 35 },
  { "IKE rekey with SPI size 4", 36, 33,
      "0000002c 00000028 01010403 11223344 0300000c 01000014 800e0100 03000008 02000006"
      " 00000008 0400001f",
      -1, 14 },
  { "IKE rekey without KE", 36, 33,
      "00000030 0000002c 01010803 1122334455667788 0300000c 01000014 800e0100 03000008 02000006"
      " 00000008 0400001f",
      -1, 17 },
  { "IKE rekey with a group of yesterday", 36, 33,
      "00000030 0000002c 01010803 1122334455667788 0300000c 01000014 800e0100 03000008 02000006"
      " 00000008 04000002",
      -1, 14 },
};

/* Each of these, authentic, in a session that is up: a malformed one ends the IKE SA, the rest is
 * answered, and the CHILD_SA stays. */
static void
test_requests (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (requests); i++) {
    g_autoptr (Responder) r = bring_to (AT_UP);
    g_autoptr (GBytes) bytes = hex_to_bytes (requests[i].chain);
    g_autofree uint8_t *data =
        g_memdup2 (g_bytes_get_data (bytes, NULL), MAX (g_bytes_get_size (bytes), 1));
    IkeChain chain = { .first = requests[i].first };
    IkePayloads response;
    IkeNotify notify;
    chain.b = builder_init (data, g_bytes_get_size (bytes));
    chain.b.len = g_bytes_get_size (bytes);
    g_test_message ("%s", requests[i].what);
    responder_send_request (r, requests[i].exchange, &chain);
    responder_pump (r);
    g_assert_cmpint (r->error, ==, requests[i].code);
    g_assert_true (responder_response (r, &response));
    bool has_error = ike_payloads_error (&response, &notify);
    g_assert_cmpint (has_error ? notify.type : 0, ==, requests[i].notify);
    g_assert_cmpuint (r->n_removed, ==, 0);
    g_assert_cmpuint (r->n_added, ==, 1);
    if (r->error == -1)
      g_assert_true (responder_passes_esp (r));
  }
}

static bool
answer_from_hex (
    Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  const char *hex = r->script_data;
  if (header->exchange != IKE_EXCHANGE_AUTH)
    return false;
  g_autoptr (GBytes) bytes = hex_to_bytes (hex + 3);
  answer->first = (uint8_t) g_ascii_strtoull (hex, NULL, 10);
  builder_slice (&answer->b, slice_of_bytes (bytes));
  return true;
}

/* Answers to IKE_AUTH, authentic as to the keys: each ends the session and none gets as far as a
 * CHILD_SA. First the type of the first payload, three characters, then the chain. */
static const char *const auth_answers[] = {
  "00 ",
  "36 00000004",
  "36 0000000502",
  "36 0000000802000000",
  "36 00000009020000 0041",
  "36 0000000801000000",
  "36 0000000805000000",
  "36 0000000809000000",
  "36 0000000c0900000030810000",
  "36 27000017020000 0067772e6578616d706c652e74657374 00000008 02000000",
  "36 27000017020000 0067772e6578616d706c652e74657374 00000004",
  "36 27000017020000 0067772e6578616d706c652e74657374 00000009 0e000000 00",
  "36 27000017020000 0067772e6578616d706c652e74657374 00000010 02000000 0000000000000000",
  "36 25000017020000 0067772e6578616d706c652e74657374 27000005 04 00000008 0e000000",
  "48 0000000803010004",
  "39 00000008 02000000",
  "200 00800004",
};

static void
test_auth_answers (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (auth_answers); i++) {
    for (int eap = 0; eap < 2; eap++) {
      g_autoptr (Responder) r = responder_new (eap ? IKE_AUTH_METHOD_EAP : IKE_AUTH_METHOD_PSK);
      g_test_message ("%s", auth_answers[i]);
      r->key = eap ? key : NULL;
      r->script = answer_from_hex;
      r->script_data = (void *) auth_answers[i];
      responder_start (r);
      g_assert_cmpint (r->error, !=, -1);
      g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_DEAD);
      g_assert_cmpuint (r->n_added, ==, 0);
      g_assert_cmpuint (r->n_secrets, ==, eap ? 0 : 1);
    }
  }
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

/* Rogue EAP: success at once, success without the method, a method that never says who it is
 * (CVE-2021-45079, CVE-2015-8023). The gateway has a good certificate and does not know the
 * password. */
static void
test_rogue_eap (void)
{
  static const char *const scripts[][4] = {
    { "03010004", NULL },
    { "0101000501", "03020004", NULL },
    { "0101000501", "0103001a1a0103001510000102030405060708090a0b0c0d0e0f", "03040004", NULL },
    { "0101000501", "0103001a1a0103001510000102030405060708090a0b0c0d0e0f",
        "010400361a03040031533d3030303030303030303030303030303030303030303030303030303030"
        "3030303030303030303030204d3d",
        NULL },
    { "0101000501", "010300091a04030004", NULL },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (scripts); i++) {
    g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_EAP);
    r->key = key;
    r->eap_script = scripts[i];
    responder_start (r);
    g_assert_cmpint (
        r->error, ==, i == 3 ? VISITOR_ERROR_GATEWAY_UNTRUSTED : VISITOR_ERROR_PROTOCOL);
    g_assert_cmpuint (r->n_added, ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  key = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  g_test_add_func ("/ike/hostile/clear-matrix", test_clear_matrix);
  g_test_add_func ("/ike/hostile/sealed-before-auth", test_sealed_before_auth);
  g_test_add_func ("/ike/hostile/forged", test_forged);
  g_test_add_func ("/ike/hostile/repeated", test_repeated);
  g_test_add_func ("/ike/hostile/cookie2", test_cookie2);
  g_test_add_func ("/ike/hostile/requests", test_requests);
  g_test_add_func ("/ike/hostile/auth-answers", test_auth_answers);
  g_test_add_func ("/ike/hostile/identities", test_identities);
  g_test_add_func ("/ike/hostile/rogue-eap", test_rogue_eap);
  int status = g_test_run ();
  gateway_key_free (key);
  return status;
}
