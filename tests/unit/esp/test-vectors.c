/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ESP packet of RFC 7634 appendix A, in tunnel mode, through EspSa. */
#include "support/vectors.h"

#include <string.h>

#include "base/builder.h"
#include "esp/esp.h"

#define MAX_PACKET 256

static TrafficSelector
selector_of (const char *prefix)
{
  InetPrefix parsed;
  g_assert_true (inet_prefix_parse (prefix, &parsed));
  return traffic_selector_from_prefix (&parsed);
}

static EspSa *
sa_new (Slice key, Slice salt)
{
  uint8_t octets[36];
  Builder b = builder_init (octets, sizeof octets);
  builder_slice (&b, key);
  builder_slice (&b, salt);
  g_assert_true (builder_ok (&b));
  g_autoptr (Secret) secret = secret_new (octets, sizeof octets);
  /* the sender of the packet is the gateway here */
  const TrafficSelector ours = selector_of ("192.0.2.5/32"),
                        theirs = selector_of ("198.51.100.0/24");
  const EspSaParams params = { .encr = ENCR_CHACHA20_POLY1305,
    .spi_in = 0x01020304,
    .spi_out = 0x01020304,
    .encr_in = secret,
    .encr_out = secret,
    .local_ts = &ours,
    .remote_ts = &theirs,
    .n_local_ts = 1,
    .n_remote_ts = 1 };
  g_autoptr (GError) error = NULL;
  EspSa *sa = esp_sa_new (&params, &error);
  g_assert_no_error (error);
  return sa;
}

static bool
opens (const Vector *vector)
{
  Slice nonce = vector_octets (vector, "iv"), msg = vector_octets (vector, "msg"), inner;
  uint8_t packet[MAX_PACKET], copy[MAX_PACKET];
  Builder b = builder_init (packet, sizeof packet);
  builder_slice (&b, vector_octets (vector, "aad"));
  builder_bytes (&b, nonce.data + 4, 8);
  builder_slice (&b, vector_octets (vector, "ct"));
  builder_slice (&b, vector_octets (vector, "tag"));
  g_assert_true (builder_ok (&b));
  g_autoptr (EspSa) sa = sa_new (vector_octets (vector, "key"), SLICE (nonce.data, 4));
  for (size_t bit = 8 * 4; bit < 8 * b.len; bit++) {
    memcpy (copy, packet, b.len);
    copy[bit / 8] ^= (uint8_t) (1u << bit % 8);
    g_assert_cmpint (esp_open (sa, copy, b.len, &inner), !=, ESP_PASS);
  }
  /* two octets of padding, their number and the next header are no part of what was inside */
  return esp_open (sa, packet, b.len, &inner) == ESP_PASS && inner.len == msg.len - 4 &&
      memcmp (inner.data, msg.data, inner.len) == 0;
}

static void
test_rfc_7634 (void)
{
  vectors_run ("rfc7634_esp", opens, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/esp/vectors/rfc-7634", test_rfc_7634);
  return g_test_run ();
}
