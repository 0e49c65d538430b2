/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gateway that sends us to another (RFC 5685): in IKE_SA_INIT, behind its proof in IKE_AUTH, and in a
 * request. What it says where it may not, or not well, counts for nothing. */
#include <glib.h>
#include <string.h>

#include "ike/moves.h"
#include "responder.h"
#include "support/hex.h"

static GatewayKey *key, *stranger;

static const struct {
  const char *hex, *host; /* NULL = refused */
  size_t nonce_len;
} rows[] = {
  { "0104c0000263", "192.0.2.99", 0 },
  { "0104c00002630011223344", "192.0.2.99", 5 },
  { "021020010db8000000000000000000000001", "2001:db8::1", 0 },
  { "030b6777322e6578616d706c65", "gw2.example", 0 },
  { "0300", NULL, 0 },
  { "0301", NULL, 0 },
  { "", NULL, 0 },
  { "01", NULL, 0 },
  { "0004c0000263", NULL, 0 },
  { "0404c0000263", NULL, 0 },
  { "0103c00002", NULL, 0 },
  { "0104c00002", NULL, 0 },
  { "0110c0000263", NULL, 0 },
  { "0204c0000263", NULL, 0 },
  { "01047f000001", NULL, 0 },
  { "010400000000", NULL, 0 },
  { "0104e0000001", NULL, 0 },
  { "021000000000000000000000000000000001", NULL, 0 },
  { "03046100620a", NULL, 0 },
  { "0304612f2f62", NULL, 0 },
  { "0303612062", NULL, 0 },
};

static void
test_parse (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) data = hex_to_bytes (rows[i].hex);
    g_autofree char *host = NULL;
    Slice nonce = SLICE (NULL, 0);
    g_test_message ("%s", rows[i].hex);
    bool good = ike_redirect_parse (slice_of_bytes (data), &host, &nonce);
    g_assert_cmpint (good, ==, rows[i].host != NULL);
    g_assert_cmpstr (host, ==, rows[i].host);
    g_assert_cmpuint (nonce.len, ==, rows[i].nonce_len);
  }
  uint8_t name[2 + 255] = { 3, 254 };
  memset (name + 2, 'a', 254);
  char *host;
  Slice nonce;
  g_assert_false (ike_redirect_parse (SLICE (name, 256), &host, &nonce));
}

static void
write_redirect (IkeChain *chain, Slice nonce)
{
  uint8_t data[256] = { 1, 4, 192, 0, 2, 99 };
  if (nonce.len > 0)
    memcpy (data + 6, nonce.data, nonce.len);
  ike_chain_notify (
      chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_REDIRECT, SLICE (data, 6 + nonce.len));
}

/* Instead of the answer to IKE_SA_INIT. script_data: how the nonce is wrong, if it is. */
static void
redirect_init (Responder *r, IkeChain *answer)
{
  const int *kind = r->script_data;
  IkeNonce nonce = r->ni;
  *answer = ike_chain_init (answer->b.data, answer->b.size);
  if (*kind == 1)
    nonce.len--;
  else if (*kind == 2)
    nonce.data[nonce.len - 1] ^= 1;
  else if (*kind == 3)
    nonce = r->nr;
  write_redirect (answer, *kind == 4 ? SLICE (NULL, 0) : ike_nonce_slice (&nonce));
  r->is_deaf = true;
}

static void
test_init (void)
{
  for (int kind = 0; kind < 5; kind++) {
    g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
    r->init_script = redirect_init;
    r->script_data = &kind;
    responder_start (r);
    g_assert_cmpuint (r->n_redirects, ==, kind == 0 ? 1 : 0);
    g_assert_cmpint (r->error, ==, -1);
    if (kind == 0) {
      g_assert_cmpstr (r->redirected_to, ==, "192.0.2.99");
      g_assert_true (r->closed);
    } else { /* who knows who that was: the answer is waited for */
      g_assert_cmpint (ike_session_state (r->session), ==, IKE_STATE_INIT_SENT);
    }
    g_assert_cmpuint (r->n_proofs, ==, 0);
  }
}

/* IKE_SA_INIT says that we can be sent on, or who sent us. */
static void
test_said (void)
{
  static const uint8_t from[] = { 1, 4, 192, 0, 2, 7 };
  for (int was_sent = 0; was_sent < 2; was_sent++) {
    g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
    IkePayloads payloads;
    IkeNotify notify;
    uint8_t critical;
    if (was_sent)
      r->redirected_from = (InetAddr){ INET_V4, { 192, 0, 2, 7 } };
    responder_start (r);
    Slice init = slice_of_bytes (r->sent->pdata[0]);
    g_assert_cmpint (ike_payloads_parse (init.data[16], SLICE (init.data + 28, init.len - 28),
                         &payloads, &critical),
        ==, IKE_PARSE_OK);
    bool has = ike_payloads_notify (&payloads, IKE_NOTIFY_REDIRECT_SUPPORTED, &notify);
    g_assert_cmpint (has, ==, !was_sent);
    has = ike_payloads_notify (&payloads, IKE_NOTIFY_REDIRECTED_FROM, &notify);
    g_assert_cmpint (has, ==, was_sent);
    if (was_sent)
      g_assert_cmpmem (notify.data.data, notify.data.len, from, sizeof from);
  }
}

static void
redirect_child (Responder *r, IkeChain *answer)
{
  write_redirect (answer, SLICE (NULL, 0));
}

/* Behind the gateway's AUTH with a shared key: the SA is up, and deleted in order. */
static void
test_auth (void)
{
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  r->child_script = redirect_child;
  responder_start (r);
  g_assert_cmpstr (r->redirected_to, ==, "192.0.2.99");
  g_assert_true (r->closed);
  g_assert_cmpuint (r->n_added, ==, 0);
  g_assert_cmpuint (r->sent->len, ==, 3);
}

static bool
redirect_first (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  if (header->exchange != IKE_EXCHANGE_AUTH || header->message_id != 1)
    return false;
  write_redirect (answer, SLICE (NULL, 0));
  responder_take_first (r, request);
  responder_prove (r, answer);
  return true;
}

/* With EAP: in the first answer, behind certificate and signature; no password is asked for. A gateway
 * that is another, or that shows nothing, sends nobody anywhere. */
static void
test_eap (void)
{
  for (int kind = 0; kind < 3; kind++) {
    g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_EAP);
    r->key = kind == 1 ? stranger : key;
    r->trusted = key;
    r->breaks_auth = kind == 2;
    r->script = redirect_first;
    responder_start (r);
    g_assert_cmpuint (r->n_redirects, ==, kind == 0 ? 1 : 0);
    g_assert_cmpint (r->error != -1, ==, kind != 0);
    g_assert_cmpuint (r->n_secrets, ==, 0);
    g_assert_cmpuint (r->n_proofs, ==, 0);
  }
}

/* A gateway that does not know the shared key. */
static void
test_unproven (void)
{
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  r->child_script = redirect_child;
  r->breaks_auth = true;
  responder_start (r);
  g_assert_cmpuint (r->n_redirects, ==, 0);
  g_assert_cmpint (r->error, ==, VISITOR_ERROR_GATEWAY_UNTRUSTED);
}

/* In a request: it is answered, and the SA goes on until whoever was told ends it. */
static void
test_request (void)
{
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  for (unsigned int i = 1; i <= 100; i++) {
    uint8_t buf[128];
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    write_redirect (&chain, SLICE (NULL, 0));
    responder_send_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
    responder_pump (r);
    g_assert_cmpuint (r->n_redirects, ==, i);
    g_assert_true (responder_passes_esp (r));
  }
  ike_session_close (r->session, r->now);
  responder_pump (r);
  g_assert_true (r->closed);
}

/* Nobody who holds no key. */
static void
test_in_the_clear (void)
{
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  for (unsigned int exchange = 34; exchange < 39; exchange++) {
    uint8_t buf[128];
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    const IkeHeader header = {
      .spi_i = r->sa->spi_i, .spi_r = r->sa->spi_r, .exchange = (uint8_t) exchange
    };
    write_redirect (&chain, SLICE (NULL, 0));
    responder_send_clear (r, &header, &chain);
    responder_pump (r);
  }
  g_assert_cmpuint (r->n_redirects, ==, 0);
  g_assert_true (responder_passes_esp (r));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  key = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  stranger = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  g_test_add_func ("/ike/redirect/parse", test_parse);
  g_test_add_func ("/ike/redirect/init", test_init);
  g_test_add_func ("/ike/redirect/said", test_said);
  g_test_add_func ("/ike/redirect/auth", test_auth);
  g_test_add_func ("/ike/redirect/eap", test_eap);
  g_test_add_func ("/ike/redirect/unproven", test_unproven);
  g_test_add_func ("/ike/redirect/request", test_request);
  g_test_add_func ("/ike/redirect/in-the-clear", test_in_the_clear);
  int status = g_test_run ();
  gateway_key_free (key);
  gateway_key_free (stranger);
  return status;
}
