/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fragments of RFC 7383: a set of them, what a message says in the clear, and a session that takes and
 * sends them. */
#include "ike/fragments.h"

#include <string.h>

#include "base/cursor.h"
#include "responder.h"
#include "support/hex.h"

/* One fragment as it comes: content is `len` octets with the fragment's number. */
typedef struct {
  uint32_t message_id;
  uint16_t number, total;
  size_t len;
  bool wanted;
  IkeFragmentsVerdict verdict;
} Step;

static const struct {
  const char *what;
  Step steps[8];
  const char *whole; /* hex of the numbers, in the order in which they must stand */
} sets[] = {
  { "in order",
      { { 5, 1, 3, 2, true, IKE_FRAGMENTS_WAIT }, { 5, 2, 3, 2, true, IKE_FRAGMENTS_WAIT },
          { 5, 3, 3, 1, true, IKE_FRAGMENTS_WHOLE } },
      "0101020203" },
  { "out of order, the first last",
      { { 5, 3, 3, 1, true, IKE_FRAGMENTS_WAIT }, { 5, 2, 3, 2, true, IKE_FRAGMENTS_WAIT },
          { 5, 1, 3, 2, true, IKE_FRAGMENTS_WHOLE } },
      "0101020203" },
  { "one of one", { { 0, 1, 1, 3, true, IKE_FRAGMENTS_WHOLE } }, "010101" },
  { "empty ones",
      { { 5, 1, 2, 0, true, IKE_FRAGMENTS_WAIT }, { 5, 2, 2, 0, true, IKE_FRAGMENTS_WHOLE } }, "" },
  { "the same one twice",
      { { 5, 1, 2, 1, true, IKE_FRAGMENTS_WAIT }, { 5, 1, 2, 1, false, IKE_FRAGMENTS_WAIT },
          { 5, 2, 2, 1, true, IKE_FRAGMENTS_WHOLE } },
      "0102" },
  { "a larger total begins anew",
      { { 5, 1, 2, 9, true, IKE_FRAGMENTS_WAIT }, { 5, 2, 3, 1, true, IKE_FRAGMENTS_WAIT },
          { 5, 2, 2, 9, false, IKE_FRAGMENTS_WAIT }, { 5, 1, 3, 1, true, IKE_FRAGMENTS_WAIT },
          { 5, 3, 3, 1, true, IKE_FRAGMENTS_WHOLE } },
      "010203" },
  { "another message begins anew",
      { { 5, 1, 2, 9, true, IKE_FRAGMENTS_WAIT }, { 6, 2, 2, 1, true, IKE_FRAGMENTS_WAIT },
          { 6, 1, 2, 1, true, IKE_FRAGMENTS_WHOLE } },
      "0102" },
  { "too many", { { 5, 1, 256, 1, false, IKE_FRAGMENTS_WAIT } }, NULL },
  { "65535", { { 5, 65535, 65535, 1, false, IKE_FRAGMENTS_WAIT } }, NULL },
  { "too large at once", { { 5, 1, 2, 16385, true, IKE_FRAGMENTS_TOO_LARGE } }, NULL },
  { "too large together",
      { { 5, 1, 3, 16000, true, IKE_FRAGMENTS_WAIT },
          { 5, 2, 3, 385, true, IKE_FRAGMENTS_TOO_LARGE },
          { 5, 3, 3, 1, true, IKE_FRAGMENTS_WAIT } },
      NULL },
};

static void
test_sets (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (sets); i++) {
    g_auto (IkeFragments) set = { .total = 0 };
    bool whole = false;
    g_test_message ("%s", sets[i].what);
    for (const Step *step = sets[i].steps; step->total != 0; step++) {
      static uint8_t content[20000];
      const IkeSealed fragment = {
        .first = step->number == 1 ? 77 : 0,
        .is_fragment = true,
        .number = step->number,
        .total = step->total,
      };
      uint8_t first;
      Slice chain;
      g_assert_cmpint (ike_fragments_wants (&set, step->message_id, &fragment), ==, step->wanted);
      if (!step->wanted)
        continue;
      memset (content, step->number, step->len);
      g_assert_cmpint (ike_fragments_add (&set, step->message_id, &fragment,
                           SLICE (content, step->len), &first, &chain),
          ==, step->verdict);
      if (step->verdict != IKE_FRAGMENTS_WHOLE)
        continue;
      g_autofree char *got = hex_from (chain);
      g_assert_cmpstr (got, ==, sets[i].whole);
      g_assert_cmpint (first, ==, 77);
      whole = true;
    }
    g_assert_cmpint (whole, ==, sets[i].whole != NULL);
  }
}

/* 255 fragments, backwards. */
static void
test_largest_set (void)
{
  g_auto (IkeFragments) set = { .total = 0 };
  uint8_t content[IKE_MAX_MESSAGE / IKE_MAX_FRAGMENTS] = { 0 }, first;
  Slice chain;
  for (uint16_t number = IKE_MAX_FRAGMENTS; number > 0; number--) {
    const IkeSealed fragment = { .number = number, .total = IKE_MAX_FRAGMENTS };
    content[0] = (uint8_t) number;
    g_assert_true (ike_fragments_wants (&set, 1, &fragment));
    g_assert_cmpint (
        ike_fragments_add (&set, 1, &fragment, SLICE (content, sizeof content), &first, &chain), ==,
        number > 1 ? IKE_FRAGMENTS_WAIT : IKE_FRAGMENTS_WHOLE);
  }
  g_assert_cmpuint (chain.len, ==, IKE_MAX_FRAGMENTS * sizeof content);
  for (size_t i = 0; i < IKE_MAX_FRAGMENTS; i++)
    g_assert_cmpuint (chain.data[i * sizeof content], ==, i + 1);
}

static const struct {
  const char *what;
  uint8_t first;
  const char *payloads; /* hex, behind the IKE header */
  bool found;
  uint16_t number, total;
} headers[] = {
  { "SK", 46, "29000008 11223344", true, 1, 1 },
  { "SK that is shorter than the message", 46, "29000008 11223344 00", false, 0, 0 },
  { "SK that is longer than the message", 46, "29000009 11223344", false, 0, 0 },
  { "SK of length 3", 46, "29000003", false, 0, 0 },
  { "SKF", 53, "2900000c 00020003 11223344", true, 2, 3 },
  { "SKF 0 of 3", 53, "2900000c 00000003 11223344", false, 0, 0 },
  { "SKF 1 of 0", 53, "2900000c 00010000 11223344", false, 0, 0 },
  { "SKF 4 of 3", 53, "2900000c 00040003 11223344", false, 0, 0 },
  { "SKF 65535 of 65535", 53, "2900000c ffffffff 11223344", true, 65535, 65535 },
  { "SKF cut short", 53, "29000007 000100", false, 0, 0 },
  { "a payload in the clear before", 43, "35000005 aa 2900000c 00020003 11223344", true, 2, 3 },
  { "an unknown critical one before", 200, "35800005 aa 2900000c 00020003 11223344", true, 2, 3 },
  { "one that reaches past the end before", 43, "350000ff aa 2900000c 00020003 11223344", false, 0,
      0 },
  { "no encrypted payload", 43, "00000005 aa", false, 0, 0 },
  { "nothing", 0, "", false, 0, 0 },
};

static void
test_headers (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (headers); i++) {
    uint8_t buf[256] = { 0 };
    IkeSealed sealed;
    const IkeHeader header = { .first_payload = headers[i].first };
    g_autoptr (GBytes) payloads = hex_to_bytes (headers[i].payloads);
    g_test_message ("%s", headers[i].what);
    Builder b = builder_init (buf, sizeof buf);
    builder_zeros (&b, IKE_HEADER_LEN);
    builder_slice (&b, slice_of_bytes (payloads));
    const Slice message = builder_result (&b);
    g_assert_cmpint (ike_sealed_parse (&header, message, &sealed), ==, headers[i].found);
    if (!headers[i].found)
      continue;
    g_assert_cmpuint (sealed.number, ==, headers[i].number);
    g_assert_cmpuint (sealed.total, ==, headers[i].total);
  }
}

/* However many payloads stand in the clear before it (libreswan's CVE-2026-12413): up to 63 are passed
 * over, and none is kept. */
static void
test_payloads_before (void)
{
  for (size_t n = 0; n < 200; n++) {
    uint8_t buf[IKE_HEADER_LEN + 4 * 200 + 8];
    Builder b = builder_init (buf, sizeof buf);
    const IkeHeader header = { .first_payload = n > 0 ? 200 : IKE_PAYLOAD_SKF };
    IkeSealed sealed;
    builder_zeros (&b, IKE_HEADER_LEN);
    for (size_t i = 0; i < n; i++) {
      builder_u8 (&b, i + 1 < n ? 200 : IKE_PAYLOAD_SKF);
      builder_u8 (&b, 0);
      builder_u16 (&b, 4);
    }
    builder_u32 (&b, 8);
    builder_u32 (&b, 0x00010001);
    g_assert_cmpint (
        ike_sealed_parse (&header, builder_result (&b), &sealed), ==, n < IKE_MAX_PAYLOADS);
  }
}

static GatewayKey *key;

static Responder *
new_responder (IkeAuthMethod auth)
{
  Responder *r = responder_new (auth);
  r->key = auth == IKE_AUTH_METHOD_EAP ? key : NULL;
  return r;
}

static void
assert_works (Responder *r)
{
  if (r->error != -1)
    g_error ("%s", r->error_text);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_ESTABLISHED);
  g_assert_true (responder_passes_esp (r));
}

static unsigned int
count_fragments (const Responder *r)
{
  unsigned int n = 0;
  for (guint i = 0; i < r->sent->len; i++) {
    IkeHeader header;
    g_assert_true (ike_header_parse (slice_of_bytes (r->sent->pdata[i]), &header));
    n += header.first_payload == IKE_PAYLOAD_SKF;
  }
  return n;
}

/* A whole connection, its rekeys and its end, in fragments of the gateway, of the session, of both; in
 * small ones and in larger ones. */
static void
test_session (void)
{
  static const size_t lens[] = { 0, 256, 300, 1280 };
  for (size_t i = 0; i < G_N_ELEMENTS (lens); i++) {
    for (size_t k = 0; k < G_N_ELEMENTS (lens); k++) {
      for (IkeAuthMethod auth = IKE_AUTH_METHOD_PSK; auth <= IKE_AUTH_METHOD_EAP; auth++) {
        g_autoptr (Responder) r = new_responder (auth);
        r->fragment_len = lens[i];
        r->session_fragment_len = lens[k];
        responder_start (r);
        assert_works (r);
        ike_session_rekey_child (r->session, r->now);
        responder_pump (r);
        assert_works (r);
        responder_rekey_child (r, DH_MODP_2048);
        responder_pump (r);
        assert_works (r);
        responder_rekey_ike (r, DH_ECP_256);
        responder_pump (r);
        assert_works (r);
        g_assert_cmpint (count_fragments (r) > 0, ==, lens[k] == 256 || lens[k] == 300);
        for (guint m = 0; lens[k] != 0 && m < r->sent->len; m++) {
          IkeHeader header;
          g_assert_true (ike_header_parse (slice_of_bytes (r->sent->pdata[m]), &header));
          if (header.exchange != IKE_EXCHANGE_SA_INIT)
            g_assert_cmpuint (g_bytes_get_size (r->sent->pdata[m]), <=, lens[k]);
        }
        ike_session_close (r->session, r->now);
        responder_pump (r);
        g_assert_true (r->closed);
      }
    }
  }
}

/* On a new stream the request goes out again, all of its fragments, and is answered once. */
static void
test_repeated (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  r->session_fragment_len = r->fragment_len = 256;
  responder_start (r);
  assert_works (r);
  r->is_deaf = true;
  ike_session_rekey_child (r->session, r->now);
  responder_pump (r);
  guint before = r->sent->len, n = count_fragments (r);
  g_assert_cmpint (n, >=, 2);
  r->is_deaf = false;
  responder_reconnect (r);
  assert_works (r);
  g_assert_true (g_bytes_equal (r->sent->pdata[before], r->sent->pdata[before - 1]) == FALSE);
  g_assert_cmpuint (r->n_added, ==, 2);
}

/* Where the gateway did not say that it knows fragments there are none, either way. */
static void
test_not_agreed (void)
{
  g_autoptr (Responder) sends = new_responder (IKE_AUTH_METHOD_PSK);
  sends->no_fragmentation = true;
  sends->session_fragment_len = 256;
  responder_start (sends);
  assert_works (sends);
  g_assert_cmpuint (count_fragments (sends), ==, 0);
  g_autoptr (Responder) takes = new_responder (IKE_AUTH_METHOD_PSK);
  takes->no_fragmentation = true;
  takes->fragment_len = 256;
  responder_start (takes);
  g_assert_cmpint (ike_session_state (takes->session), ==, IKE_STATE_AUTH);
  g_assert_cmpuint (takes->n_added, ==, 0);
}

/* What is sealed as a fragment of the gateway's next request. */
static void
send_fragment (Responder *r, uint16_t number, uint16_t total, uint32_t id_ahead, size_t len)
{
  static uint8_t zeros[9000];
  const IkeSealed fragment = { .is_fragment = true, .number = number, .total = total };
  IkeHeader header = {
    .spi_i = r->sa->spi_i,
    .spi_r = r->sa->spi_r,
    .exchange = IKE_EXCHANGE_INFORMATIONAL,
    .message_id = ike_window_request_id (&r->sa->window) + id_ahead,
  };
  g_autoptr (GBytes) message =
      ike_skf_seal (r->sa->keys.responder, ++r->sa->sealed, &header, &fragment, SLICE (zeros, len));
  ike_session_receive (r->session, slice_of_bytes (message), r->now);
  responder_pump (r);
}

/* Fragments that lead nowhere: no answer, no change, and then a good request is answered. */
static void
test_useless (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  r->fragment_len = 256;
  responder_start (r);
  assert_works (r);
  guint before = r->sent->len;
  send_fragment (r, 2, 2, 0, 10);
  send_fragment (r, 2, 2, 0, 10);
  send_fragment (r, 1, 3, 1, 10); /* of a message that is not due */
  send_fragment (r, 1, 255, 0, 1000);
  send_fragment (r, 256, 256, 0, 10);
  send_fragment (r, 65535, 65535, 0, 10);
  g_assert_cmpuint (r->sent->len, ==, before);
  r->now += 1;
  uint8_t buf[4096];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  static const uint8_t body[1000];
  ike_chain_payload (&chain, IKE_PAYLOAD_VENDOR, SLICE (body, sizeof body));
  r->fragment_len = 0; /* whole: fragments of fewer would not replace those of 255 */
  responder_send_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
  responder_pump (r);
  g_assert_cmpuint (r->sent->len, ==, before + 1);
  assert_works (r);
}

/* More than we take ends the session: nobody waits for what cannot come. */
static void
test_too_large (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  assert_works (r);
  send_fragment (r, 1, 3, 0, 9000);
  g_assert_cmpint (r->error, ==, -1);
  send_fragment (r, 2, 3, 0, 9000);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_PROTOCOL);
}

/* One bit of one fragment turned, or a fragment under another number: not authentic, as if it had not
 * come; the true one then makes the message whole (CVE-2026-33824: nothing is left half done). */
static void
test_forged (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  uint8_t buf[4096];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  static const uint8_t body[600];
  ike_chain_payload (&chain, IKE_PAYLOAD_VENDOR, SLICE (body, sizeof body));
  g_autoptr (GPtrArray) parts =
      ike_sa_seal_parts (r->sa, IKE_EXCHANGE_INFORMATIONAL, 0, false, 256, &chain);
  g_assert_cmpuint (parts->len, >, 2);
  guint before = r->sent->len;
  ike_session_receive (r->session, slice_of_bytes (parts->pdata[1]), r->now);
  gsize len;
  const uint8_t *good = g_bytes_get_data (parts->pdata[0], &len);
  for (size_t bit = 0; bit < 8 * len; bit++) {
    g_autofree uint8_t *copy = g_memdup2 (good, len);
    copy[bit / 8] ^= (uint8_t) (1 << bit % 8);
    ike_session_receive (r->session, SLICE (copy, len), r->now);
  }
  for (guint i = 2; i < parts->len; i++)
    ike_session_receive (r->session, slice_of_bytes (parts->pdata[i]), r->now);
  responder_pump (r);
  g_assert_cmpuint (r->sent->len, ==, before);
  ike_session_receive (r->session, SLICE (good, len), r->now);
  responder_pump (r);
  g_assert_cmpuint (r->sent->len, ==, before + 1);
  /* The request is answered: of its fragments the first asks for the answer again, the others not. */
  for (guint i = parts->len; i > 0; i--)
    ike_session_receive (r->session, slice_of_bytes (parts->pdata[i - 1]), r->now);
  responder_pump (r);
  g_assert_cmpuint (r->sent->len, ==, before + 2);
  g_assert_true (g_bytes_equal (r->sent->pdata[before], r->sent->pdata[before + 1]));
}

/* Before there are keys a fragment is nothing. */
static void
test_before_keys (void)
{
  g_autoptr (Responder) r = new_responder (IKE_AUTH_METHOD_PSK);
  r->is_deaf = true;
  responder_start (r);
  g_autofree uint8_t *message = g_malloc0 (100);
  Cursor c = cursor_of (slice_of_bytes (r->sent->pdata[0]));
  const IkeHeader header = {
    .spi_i = cursor_u64 (&c),
    .spi_r = 5,
    .first_payload = IKE_PAYLOAD_SKF,
    .exchange = IKE_EXCHANGE_SA_INIT,
    .is_response = true,
  };
  Builder b = builder_init (message, 100);
  Reserved length;
  ike_header_write (&b, &header, &length);
  builder_u32 (&b, 72);
  builder_u32 (&b, 0x00010001);
  builder_zeros (&b, 64);
  builder_fill (&b, length);
  ike_session_receive (r->session, builder_result (&b), r->now);
  responder_pump (r);
  g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_INIT_SENT);
  g_assert_cmpint (r->error, ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  key = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  g_test_add_func ("/ike/fragments/sets", test_sets);
  g_test_add_func ("/ike/fragments/largest-set", test_largest_set);
  g_test_add_func ("/ike/fragments/headers", test_headers);
  g_test_add_func ("/ike/fragments/payloads-before", test_payloads_before);
  g_test_add_func ("/ike/fragments/session", test_session);
  g_test_add_func ("/ike/fragments/repeated", test_repeated);
  g_test_add_func ("/ike/fragments/not-agreed", test_not_agreed);
  g_test_add_func ("/ike/fragments/useless", test_useless);
  g_test_add_func ("/ike/fragments/too-large", test_too_large);
  g_test_add_func ("/ike/fragments/forged", test_forged);
  g_test_add_func ("/ike/fragments/before-keys", test_before_keys);
  int status = g_test_run ();
  gateway_key_free (key);
  return status;
}
