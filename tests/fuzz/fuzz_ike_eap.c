/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EAP methods: the first octet picks what is spoken, the rest are packets of the gateway, each with a
 * 16-bit length before it: EAP outside, EAP inside a tunnel, attributes of EAP-TTLS as they come out of
 * TLS, or what is said in a tunnel that is open. */
#include <string.h>

#include "base/cursor.h"
#include "base/text.h"
#include "eap-server.h"
#include "fuzz.h"
#include "ike/eap.h"
#include "ike/mschap-text.h"
#include "ike/ttls-input.h"
#include "responder.h"

#define MAX_PACKETS 64
#define NAME "aaa.example.test"

typedef enum {
  OUTSIDE,
  INSIDE,
  ATTRIBUTES,
  IN_TUNNEL,
  N_PLACES,
} Place;

static Certificate *ca, *own;
static CryptoTrust *trust;

static time_t
now (void)
{
  return CERTIFICATE_NOW;
}

static Slice
next_packet (Cursor *c)
{
  size_t len = cursor_u16 (c);
  return cursor_slice (c, MIN (len, cursor_left (c)));
}

/* A person who always answers. */
static EapResult
give (Eap *eap, Slice packet, GBytes **ret_reply)
{
  g_autoptr (Secret) secret = secret_new ("Wonderland1", 11);
  g_autoptr (GError) error = NULL;
  g_autofree uint8_t *copy = g_memdup2 (packet.data, packet.len);
  EapResult result = eap_receive (eap, SLICE (copy, packet.len), ret_reply, &error);
  for (unsigned int i = 0; result == EAP_NEED_SECRET; i++) {
    const IkeQuestion *question = eap_question (eap);
    g_assert (i == 0);
    g_assert (question->text == NULL || g_utf8_validate (question->text, -1, NULL));
    result = eap_provide_secret (eap, secret, ret_reply, &error);
  }
  g_assert ((result == EAP_REPLY) == (*ret_reply != NULL));
  g_assert ((result == EAP_FAILED) == (error != NULL));
  return result;
}

/* Nobody but a server that knows the password, or has the key of a certificate, gets to the end of a
 * method that makes a key. */
static void
converse (EapConfig *config, Cursor *c)
{
  static const EapType all[][EAP_MAX_METHODS] = {
    { EAP_TYPE_MSCHAPV2, EAP_TYPE_GTC, EAP_TYPE_TTLS, EAP_TYPE_TLS },
    { EAP_TYPE_MD5, EAP_TYPE_TTLS },
    { EAP_TYPE_TLS },
  };
  memcpy (config->options.methods, all[cursor_u8 (c) % G_N_ELEMENTS (all)], sizeof all[0]);
  g_autoptr (Eap) eap = eap_new (config);
  EapResult result = EAP_REPLY;
  for (unsigned int i = 0; result == EAP_REPLY && i < MAX_PACKETS && cursor_left (c) > 0; i++) {
    g_autoptr (GBytes) reply = NULL;
    result = give (eap, next_packet (c), &reply);
    g_assert (eap_msk (eap) == NULL);
  }
}

static void
parse_attributes (Cursor *c)
{
  uint8_t buf[4096], proof[20];
  Builder packet = builder_init (buf, sizeof buf);
  TtlsInput input;
  Slice plain = cursor_rest (c);
  g_autofree uint8_t *copy = g_memdup2 (plain.data, plain.len);
  g_autofree char *line = text_one_line (plain, 256);
  g_assert (line == NULL || (strlen (line) <= 256 && g_utf8_validate (line, -1, NULL)));
  MschapFailure failure = mschap_text_failure (SLICE (copy, plain.len));
  g_autoptr (GError) refusal = mschap_text_refusal (failure.code);
  (void) mschap_text_success (SLICE (copy, plain.len), proof);
  if (!ttls_input_parse (SLICE (copy, plain.len), &packet, &input))
    return;
  failure = mschap_text_failure (input.mschap_error);
  (void) mschap_text_success (input.mschap_success, proof);
}

static EapResult
step (Eap *eap, EapServer *server, GBytes **reply)
{
  if (*reply != NULL)
    eap_server_take (server, *reply);
  g_clear_pointer (reply, g_bytes_unref);
  g_autoptr (GBytes) request = eap_server_next (server);
  return give (eap, slice_of_bytes (request), reply);
}

static void
speak_in_tunnel (EapConfig *config, Cursor *c)
{
  const EapServerSpec spec = {
    .type = EAP_TYPE_TTLS, .tls13 = true, .fragment = 1000, .certificate = own, .issuer = ca
  };
  config->options.methods[0] = EAP_TYPE_TTLS;
  config->options.inner = (EapInner) (cursor_u8 (c) % (EAP_INNER_EAP_MD5 + 1));
  g_autoptr (EapServer) server = eap_server_new (&spec);
  g_autoptr (Eap) eap = eap_new (config);
  g_autoptr (GBytes) reply = NULL;
  EapResult result = EAP_REPLY;
  while (result == EAP_REPLY && eap_server_heard (server).len == 0)
    result = step (eap, server, &reply);
  for (unsigned int i = 0; result == EAP_REPLY && i < MAX_PACKETS && cursor_left (c) > 0; i++) {
    Slice plain = next_packet (c);
    eap_server_take (server, reply);
    g_clear_pointer (&reply, g_bytes_unref);
    if (plain.len > 0)
      eap_server_say (server, plain);
    g_autoptr (GBytes) request = eap_server_next (server);
    result = give (eap, slice_of_bytes (request), &reply);
  }
  g_assert (config->options.inner != EAP_INNER_MSCHAPV2 || eap_msk (eap) == NULL);
}

static void
prepare (void)
{
  const CertificateSpec authority = { .cn = "CA", .key = CERTIFICATE_ECDSA_P256, .is_ca = true };
  const CertificateSpec server = { .cn = NAME, .key = CERTIFICATE_ECDSA_P256, .dns = { NAME } };
  ca = certificate_new (&authority, NULL);
  own = certificate_new (&server, ca);
  g_autofree char *pem = certificate_pem (ca);
  trust = crypto_trust_new (pem, NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Cursor c = cursor_init (data, size);
  Place place = (Place) (cursor_u8 (&c) % N_PLACES);
  EapConfig config = {
    .user = RESPONDER_USER,
    .random = responder_random,
    .wall_clock = now,
    .options.server_name = NAME,
    .inside = place == INSIDE,
  };
  if (trust == NULL)
    prepare ();
  config.trust = trust;
  switch (place) {
  case OUTSIDE:
  case INSIDE: converse (&config, &c); break;
  case ATTRIBUTES: parse_attributes (&c); break;
  case IN_TUNNEL: speak_in_tunnel (&config, &c); break;
  case N_PLACES: break;
  }
  return 0;
}
