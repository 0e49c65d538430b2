/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The peer's side of EAP against a gateway that lies (reference rows: CVE-2021-45079, CVE-2015-8023,
 * CVE-2025-62291). */
#include "ike/eap.h"

#include <glib.h>
#include <string.h>

#include "responder.h"
#include "support/hex.h"

#define IDENTITY "0101000501"
#define CHALLENGE "0103001a1a0103001510000102030405060708090a0b0c0d0e0f"
#define SUCCESS "03060004"
#define FAILURE "04060004"

typedef enum {
  END_REPLY,
  END_PASSWORD,
  END_PROTOCOL,
  END_AUTH,
  END_REFUSED,
  END_METHOD,
  END_UNTRUSTED,
} End;

/* What the gateway sends, the password being given when asked for, and how the last one ends. */
static const struct {
  const char *what;
  const char *packets[5];
  End end;
} rows[] = {
  { "identity", { IDENTITY }, END_REPLY },
  { "notification", { "0101000602ff" }, END_REPLY },
  { "challenge", { IDENTITY, CHALLENGE }, END_REPLY },
  { "success first", { SUCCESS }, END_PROTOCOL },
  { "success after identity", { IDENTITY, SUCCESS }, END_PROTOCOL },
  { "success after challenge", { IDENTITY, CHALLENGE, SUCCESS }, END_PROTOCOL },
  { "failure first", { FAILURE }, END_AUTH },
  { "failure after challenge", { CHALLENGE, FAILURE }, END_REFUSED },
  { "another method", { "0101000604ff" }, END_REPLY },
  { "another method, then failure", { "0101000604ff", FAILURE }, END_METHOD },
  { "another method in the middle", { CHALLENGE, "0101000604ff" }, END_PROTOCOL },
  { "second challenge", { CHALLENGE, CHALLENGE }, END_PROTOCOL },
  { "MSCHAPv2 success first",
      { "010300361a03030031533d3030303030303030303030303030303030303030303030303030303030"
        "3030303030303030303030204d3d" },
      END_PROTOCOL },
  { "wrong authenticator response",
      { CHALLENGE,
          "010400361a03040031533d3030303030303030303030303030303030303030303030303030303030"
          "3030303030303030303030204d3d" },
      END_UNTRUSTED },
  { "short authenticator response", { CHALLENGE, "0104000d1a03040008533d3030" }, END_PROTOCOL },
  { "MSCHAPv2 failure first", { "010400091a04040004" }, END_PROTOCOL },
  { "MSCHAPv2 failure of 0", { CHALLENGE, "010400051a" }, END_PROTOCOL },
  { "MSCHAPv2 failure of 1", { CHALLENGE, "010400061a04" }, END_PROTOCOL },
  { "MSCHAPv2 failure of 2", { CHALLENGE, "010400071a0404" }, END_PROTOCOL },
  { "MSCHAPv2 failure of 3", { CHALLENGE, "010400081a040400" }, END_PROTOCOL },
  { "MSCHAPv2 failure that says 3", { CHALLENGE, "010400091a04040003" }, END_PROTOCOL },
  { "MSCHAPv2 failure that says 65535", { CHALLENGE, "010400091a0404ffff" }, END_PROTOCOL },
  { "MSCHAPv2 failure without words", { CHALLENGE, "010400091a04040004" }, END_REPLY },
  { "MSCHAPv2 failure with half a word", { CHALLENGE, "0104000a1a0404000545" }, END_REPLY },
  { "MSCHAPv2 failure R=1 without C", { CHALLENGE, "010400121a0404000d453d36393120523d31" },
      END_REPLY },
  { "challenge of 15", { "010300191a0103001410000102030405060708090a0b0c0d0e" }, END_PROTOCOL },
  { "challenge with value size 15", { "0103001a1a010300150f000102030405060708090a0b0c0d0e0f" },
      END_PROTOCOL },
  { "MSCHAPv2 unknown message", { "010300091a09030004" }, END_PROTOCOL },
  { "EAP response", { "0201000501" }, END_PROTOCOL },
  { "EAP length too long", { "0101000601" }, END_PROTOCOL },
  { "EAP length too short", { "0101000501ff" }, END_PROTOCOL },
  { "EAP length 4", { "01010004" }, END_PROTOCOL },
  { "EAP of 3", { "010100" }, END_PROTOCOL },
};

static const EapConfig alice = {
  .options.methods = { EAP_TYPE_MSCHAPV2 },
  .user = "alice",
  .random = responder_random,
};

static End
end_of (EapResult result, const GError *error)
{
  switch (result) {
  case EAP_REPLY: return END_REPLY;
  case EAP_NEED_SECRET: return END_PASSWORD;
  case EAP_SUCCESS: g_assert_not_reached ();
  case EAP_FAILED: break;
  }
  g_assert_nonnull (error);
  switch ((unsigned int) error->code) {
  case VISITOR_ERROR_PROTOCOL: return END_PROTOCOL;
  case VISITOR_ERROR_AUTH_REFUSED: return END_AUTH;
  case VISITOR_ERROR_PASSWORD_REFUSED: return END_REFUSED;
  case VISITOR_ERROR_METHOD_UNSUPPORTED: return END_METHOD;
  case VISITOR_ERROR_GATEWAY_UNTRUSTED: return END_UNTRUSTED;
  default: g_assert_not_reached ();
  }
}

static void
test_rows (void)
{
  g_autoptr (Secret) password = secret_new ("Wonderland1", 11);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (Eap) eap = eap_new (&alice);
    End end = END_REPLY;
    g_test_message ("%s", rows[i].what);
    for (size_t k = 0; rows[i].packets[k] != NULL; k++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) reply = NULL;
      /* a copy of the exact size, so that a sanitizer sees a read past the end */
      Slice packet = hex_slice (rows[i].packets[k]);
      g_autofree uint8_t *copy = g_memdup2 (packet.data, packet.len);
      g_assert_cmpint (end, ==, END_REPLY);
      EapResult result = eap_receive (eap, SLICE (copy, packet.len), &reply, &error);
      if (result == EAP_NEED_SECRET)
        result = eap_provide_secret (eap, password, &reply, &error);
      end = end_of (result, error);
      g_assert_cmpint (reply != NULL, ==, result == EAP_REPLY);
      g_assert_null (eap_msk (eap));
    }
    g_assert_cmpint (end, ==, rows[i].end);
  }
}

static void
test_replies (void)
{
  g_autoptr (Eap) eap = eap_new (&alice);
  g_autoptr (GBytes) identity = NULL, nak = NULL;
  g_assert_cmpint (eap_receive (eap, hex_slice (IDENTITY), &identity, NULL), ==, EAP_REPLY);
  assert_slice_is_hex (slice_of_bytes (identity), "0201000a01616c696365");
  g_assert_cmpint (eap_receive (eap, hex_slice ("010900060dff"), &nak, NULL), ==, EAP_REPLY);
  assert_slice_is_hex (slice_of_bytes (nak), "02090006031a");
}

/* A gateway that asks for ever is stopped. */
static void
test_endless (void)
{
  g_autoptr (Eap) eap = eap_new (&alice);
  EapResult result = EAP_REPLY;
  unsigned int n = 0;
  for (; result == EAP_REPLY && n < 1000; n++) {
    g_autoptr (GBytes) reply = NULL;
    g_autoptr (GError) error = NULL;
    result = eap_receive (eap, hex_slice (IDENTITY), &reply, &error);
  }
  g_assert_cmpint (result, ==, EAP_FAILED);
  g_assert_cmpuint (n, <, 250);
}

static void
test_long_user (void)
{
  g_autofree char *user = g_strnfill (5000, 'u');
  const EapConfig config = { .options.methods = { EAP_TYPE_MSCHAPV2 }, .user = user };
  g_autoptr (Eap) eap = eap_new (&config);
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (eap_receive (eap, hex_slice (IDENTITY), &reply, &error), ==, EAP_FAILED);
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/eap/rows", test_rows);
  g_test_add_func ("/ike/eap/replies", test_replies);
  g_test_add_func ("/ike/eap/endless", test_endless);
  g_test_add_func ("/ike/eap/long-user", test_long_user);
  return g_test_run ();
}
