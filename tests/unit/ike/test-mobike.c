/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MOBIKE (RFC 4555): what the gateway says of its addresses, and what it says to ours. */
#include <glib.h>
#include <string.h>

#include "responder.h"

static void
notify (IkeChain *chain, IkeNotifyType type, const void *data, size_t len)
{
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), type, SLICE (data, len));
}

/* 192.0.2.first and so on, and at the end what is no host's. */
static void
write_addresses (IkeChain *chain, unsigned int first, unsigned int n)
{
  static const uint8_t bad[][4] = { { 127, 0, 0, 1 }, { 224, 0, 0, 1 }, { 0 } };
  static const uint8_t link_local[16] = { 0xfe, 0x80, [15] = 1 };
  for (unsigned int i = first; i < first + n; i++) {
    const uint8_t address[] = { 192, 0, (uint8_t) (2 + i / 256), (uint8_t) i };
    notify (chain, IKE_NOTIFY_ADDITIONAL_IP4_ADDRESS, address, sizeof address);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    notify (chain, IKE_NOTIFY_ADDITIONAL_IP4_ADDRESS, bad[i], 4);
  notify (chain, IKE_NOTIFY_ADDITIONAL_IP6_ADDRESS, link_local, 16);
  notify (chain, IKE_NOTIFY_ADDITIONAL_IP6_ADDRESS, bad[0], 4);
  notify (chain, IKE_NOTIFY_ADDITIONAL_IP4_ADDRESS, NULL, 0);
}

static void
ask (Responder *r, IkeChain *chain)
{
  responder_send_request (r, IKE_EXCHANGE_INFORMATIONAL, chain);
  responder_pump (r);
  g_assert_null (r->sa->window.request);
}

static void
ask_with_addresses (Responder *r, unsigned int first, unsigned int n)
{
  uint8_t buf[4096];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  write_addresses (&chain, first, n);
  ask (r, &chain);
}

static void
addresses_in_auth (Responder *r, IkeChain *answer)
{
  static const uint8_t v6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 9 };
  notify (answer, IKE_NOTIFY_MOBIKE_SUPPORTED, NULL, 0);
  write_addresses (answer, 1, 2);
  notify (answer, IKE_NOTIFY_ADDITIONAL_IP6_ADDRESS, v6, sizeof v6);
  responder_write_child (r, 0, answer);
}

/* The list in IKE_AUTH, another list later, the same again, and none. */
static void
test_addresses (void)
{
  uint8_t buf[64];
  IkeChain none = ike_chain_init (buf, sizeof buf);
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  r->child_script = addresses_in_auth;
  responder_start (r);
  g_assert_cmpuint (r->n_address_lists, ==, 1);
  g_assert_cmpuint (r->n_addresses, ==, 3);
  ask_with_addresses (r, 5, 4);
  g_assert_cmpuint (r->n_addresses, ==, 4);
  ask_with_addresses (r, 5, 4);
  g_assert_cmpuint (r->n_address_lists, ==, 2);
  notify (&none, IKE_NOTIFY_NO_ADDITIONAL_ADDRESSES, NULL, 0);
  ask (r, &none);
  g_assert_cmpuint (r->n_address_lists, ==, 3);
  g_assert_cmpuint (r->n_addresses, ==, 0);
}

/* Ten thousand, forty to a request: sixteen are kept, and no more stay from one list to the next. */
static void
test_flood (void)
{
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  for (unsigned int i = 0; i < 10000; i += 40) {
    ask_with_addresses (r, i, 40);
    g_assert_cmpuint (r->n_addresses, <=, 16);
  }
  g_assert_cmpuint (r->n_address_lists, ==, 250);
  g_assert_true (responder_passes_esp (r));
}

static void
test_not_agreed (void)
{
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  r->no_mobike = true;
  responder_start (r);
  ask_with_addresses (r, 1, 3);
  g_assert_cmpuint (r->n_address_lists, ==, 0);
}

/* COOKIE2 comes back octet for octet, NAT detection is answered by our own, and what only the initiator
 * may say, or has no meaning over a stream, is answered by nothing. */
static void
test_answers (void)
{
  uint8_t buf[512], hash[20] = { 1 };
  static const char cookie[] = "return routability";
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  IkePayloads response;
  IkeNotify found;
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  notify (&chain, IKE_NOTIFY_COOKIE2, cookie, sizeof cookie);
  notify (&chain, IKE_NOTIFY_NAT_DETECTION_SOURCE_IP, hash, sizeof hash);
  notify (&chain, IKE_NOTIFY_NAT_DETECTION_DESTINATION_IP, hash, sizeof hash);
  ask (r, &chain);
  g_assert_true (responder_response (r, &response));
  g_assert_cmpuint (response.n, ==, 3);
  g_assert_true (ike_payloads_notify (&response, IKE_NOTIFY_COOKIE2, &found));
  g_assert_cmpmem (found.data.data, found.data.len, cookie, sizeof cookie);
  g_assert_true (ike_payloads_notify (&response, IKE_NOTIFY_NAT_DETECTION_SOURCE_IP, &found));
  g_assert_cmpuint (found.data.len, ==, 20);
  g_assert_true (ike_payloads_notify (&response, IKE_NOTIFY_NAT_DETECTION_DESTINATION_IP, &found));

  chain = ike_chain_init (buf, sizeof buf);
  notify (&chain, IKE_NOTIFY_UPDATE_SA_ADDRESSES, NULL, 0);
  notify (&chain, (IkeNotifyType) 16402 /* NO_NATS_ALLOWED */, hash, 12);
  notify (&chain, IKE_NOTIFY_COOKIE2, NULL, 0);
  ask (r, &chain);
  g_assert_true (responder_response (r, &response));
  g_assert_cmpuint (response.n, ==, 0);
  g_assert_true (responder_passes_esp (r));
}

static bool
answer_update (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  IkeNotify found;
  const uint16_t *error = r->script_data;
  if (!ike_payloads_notify (request, IKE_NOTIFY_UPDATE_SA_ADDRESSES, &found))
    return false;
  if (*error == IKE_NOTIFY_ADDITIONAL_IP4_ADDRESS)
    write_addresses (answer, 1, 2);
  else
    notify (answer, (IkeNotifyType) *error, NULL, 0);
  return true;
}

/* A gateway that does not take our new address keeps the SA where nobody is: it is deleted, and a new one
 * is to be made. Anything else it says is no reason to stay away. */
static void
test_refused (void)
{
  static const struct {
    uint16_t error;
    int code;
  } rejections[] = {
    { IKE_NOTIFY_UNACCEPTABLE_ADDRESSES, VISITOR_ERROR_SA_LOST },
    { IKE_NOTIFY_UNEXPECTED_NAT_DETECTED, VISITOR_ERROR_SA_LOST },
    { IKE_NOTIFY_TEMPORARY_FAILURE, -1 },
    { IKE_NOTIFY_ADDITIONAL_IP4_ADDRESS, -1 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rejections); i++) {
    uint16_t error = rejections[i].error;
    g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
    r->script = answer_update;
    r->script_data = &error;
    responder_start (r);
    responder_reconnect (r);
    g_assert_cmpint (r->error, ==, rejections[i].code);
    g_assert_cmpuint (r->n_paths, ==, rejections[i].code == -1 ? 1 : 0);
    g_assert_cmpuint (r->n_addresses, ==, error == IKE_NOTIFY_ADDITIONAL_IP4_ADDRESS ? 2 : 0);
  }
}

/* An update that was out when the stream broke goes again, the same octets; that moves no path, so a fresh
 * one follows, which says where the new stream ends (RFC 9329 section 6.1). */
static void
test_repeated (void)
{
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  responder_start (r);
  r->is_deaf = true;
  responder_reconnect (r);
  guint n = r->sent->len;
  r->is_deaf = false;
  IkePath path = responder_path;
  path.local_port++;
  ike_session_stream_lost (r->session, r->now);
  ike_session_stream_restored (r->session, &path, r->now);
  responder_pump (r);
  g_assert_cmpuint (r->sent->len, ==, n + 2);
  g_assert_true (g_bytes_equal (r->sent->pdata[n - 1], r->sent->pdata[n]));
  g_assert_false (g_bytes_equal (r->sent->pdata[n], r->sent->pdata[n + 1]));
  g_assert_cmpuint (r->n_paths, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/mobike/addresses", test_addresses);
  g_test_add_func ("/ike/mobike/flood", test_flood);
  g_test_add_func ("/ike/mobike/not-agreed", test_not_agreed);
  g_test_add_func ("/ike/mobike/answers", test_answers);
  g_test_add_func ("/ike/mobike/refused", test_refused);
  g_test_add_func ("/ike/mobike/repeated", test_repeated);
  return g_test_run ();
}
