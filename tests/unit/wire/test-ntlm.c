/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NTLM messages: the CHALLENGE_MESSAGE of MS-NLMP section 4.2.4.3, and what may be wrong with one. */
#include <glib.h>
#include <string.h>

#include "support/hex.h"
#include "wire/ntlm.h"

#define SIGNATURE "4e544c4d53535000"
#define TARGET "0c000c0038000000"
#define INFO_FIELD "2400240044000000"
#define HEAD \
  SIGNATURE "02000000" TARGET "33828ae2" \
            "0123456789abcdef" \
            "0000000000000000"
#define VERSION "060070170000000f"
#define NAME "530065007200760065007200"
#define PAIRS \
  "02000c0044006f006d00610069006e00" \
  "01000c00530065007200760065007200" \
  "00000000"
#define TIME_PAIRS "07000800 8899aabbccddeeff 00000000"

typedef struct {
  const char *name;
  const char *hex;
  bool good;
  size_t info_len;
  uint64_t timestamp;
} Case;

static const Case cases[] = {
  { "MS-NLMP 4.2.4.3", HEAD INFO_FIELD VERSION NAME PAIRS, true, 36 },
  { "with a time", HEAD "1000100044000000" VERSION NAME TIME_PAIRS, true, 16, 0xffeeddccbbaa9988 },
  { "of NT 4, without target information",
      SIGNATURE "02000000"
                "0000000020000000"
                "01020000"
                "0123456789abcdef",
      true, 0 },
  { "with none", HEAD "0000000038000000" VERSION NAME, true, 0 },
  { "what follows the last pair is not taken",
      HEAD "2800280044000000" VERSION NAME PAIRS "01020304", true, 36 },
  { "empty", "", false },
  { "another signature", "4e544c4d53535001 02000000" TARGET "33828ae2 0123456789abcdef", false },
  { "our own message", SIGNATURE "01000000" TARGET "33828ae2 0123456789abcdef", false },
  { "in ASCII alone",
      SIGNATURE "02000000"
                "0000000020000000"
                "02020000"
                "0123456789abcdef",
      true, 0 },
  { "in no characters",
      SIGNATURE "02000000"
                "0000000020000000"
                "00020000"
                "0123456789abcdef",
      false },
  { "cut in the challenge", SIGNATURE "02000000 0000000020000000 01020000 01234567", false },
  { "a name nowhere, which is not looked at",
      SIGNATURE "02000000 0c000c00ffffffff 01020000 0123456789abcdef", true, 0 },
  { "no pairs where they are told of",
      SIGNATURE "02000000 0c000c00ff000000 33828ae2 0123456789abcdef", false },
  { "pairs outside", HEAD "2400240045000000" VERSION NAME PAIRS, false },
  { "pairs without an end", HEAD "2000200044000000" VERSION NAME PAIRS, false },
  { "a pair that is longer than all", HEAD "0800080044000000" VERSION NAME "0200ffff 00000000",
      false },
  { "a time of four octets", HEAD "0c000c0044000000" VERSION NAME "07000400 8899aabb 00000000",
      false },
};

static void
test_challenge (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    NtlmChallenge challenge = { 0 };
    g_test_message ("%s", cases[i].name);
    g_assert_true (ntlm_challenge_parse (hex_slice (cases[i].hex), &challenge) == cases[i].good);
    if (!cases[i].good)
      continue;
    assert_slice_is_hex (SLICE (challenge.challenge, 8), "0123456789abcdef");
    g_assert_cmpuint (challenge.target_info.len, ==, cases[i].info_len);
    g_assert_cmpuint (challenge.timestamp, ==, cases[i].timestamp);
  }
}

static void
test_written (void)
{
  uint8_t buf[NTLM_MESSAGE_MAX];
  size_t n = ntlm_negotiate_write (buf, sizeof buf);
  assert_slice_is_hex (
      SLICE (buf, n), SIGNATURE "01000000 07820820 0000000000000000 0000000000000000");

  NtlmAuthenticate authenticate = {
    .flags = 0xe28a8233,
    .lm_response = hex_slice ("aaaa"),
    .nt_response = hex_slice ("bbbbbb"),
    .domain = hex_slice ("4400"),
    .user = hex_slice ("5500"),
  };
  n = ntlm_authenticate_write (&authenticate, buf, sizeof buf);
  assert_slice_is_hex (SLICE (buf, n),
      SIGNATURE "03000000"
                "0200020040000000"
                "0300030042000000"
                "0200020045000000"
                "0200020047000000"
                "0000000049000000"
                "0000000049000000"
                "01820820"
                "aaaa bbbbbb 4400 5500");
  g_assert_cmpuint (ntlm_authenticate_write (&authenticate, buf, n - 1), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/ntlm/challenge", test_challenge);
  g_test_add_func ("/wire/ntlm/written", test_written);
  return g_test_run ();
}
