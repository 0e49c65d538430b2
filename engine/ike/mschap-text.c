/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two texts of MS-CHAP-V2's authenticator (RFC 2759 sections 5 and 6), as EAP-MSCHAPv2 and the
 * tunnel of EAP-TTLS carry them. They are text of a stranger, of any length, without a terminator
 * (CVE-2025-62291). */
#include "ike/mschap-text.h"

#include <string.h>

#include "base/cursor.h"
#include "base/error.h"

#define PROOF_HEX_LEN 40

/* The octets that text of hexadecimal digits stands for. */
static bool
parse_hex (Slice text, uint8_t *ret_bytes, size_t n)
{
  if (text.len != 2 * n)
    return false;
  for (size_t i = 0; i < n; i++) {
    int high = g_ascii_xdigit_value ((char) text.data[2 * i]);
    int low = g_ascii_xdigit_value ((char) text.data[2 * i + 1]);
    if (high < 0 || low < 0)
      return false;
    ret_bytes[i] = (uint8_t) (high << 4 | low);
  }
  return true;
}

/* "S=" and 40 digits, the authenticator's proof; " M=" and a text may follow. */
bool
mschap_text_success (Slice text, uint8_t ret_proof[static 20])
{
  Cursor c = cursor_of (text);
  Slice key = cursor_slice (&c, 2), digits = cursor_slice (&c, PROOF_HEX_LEN);
  return digits.data != NULL && memcmp (key.data, "S=", 2) == 0 &&
      parse_hex (digits, ret_proof, 20);
}

/* The value of one "K=value" word; empty if it is not there. */
static Slice
find_word (Slice text, char key)
{
  for (size_t i = 0; i + 1 < text.len; i++) {
    bool starts = i == 0 || text.data[i - 1] == ' ';
    if (!starts || text.data[i] != (uint8_t) key || text.data[i + 1] != '=')
      continue;
    size_t from = i + 2, to = from;
    while (to < text.len && text.data[to] != ' ')
      to++;
    return SLICE (text.data + from, to - from);
  }
  return SLICE (NULL, 0);
}

static unsigned int
parse_number (Slice digits)
{
  unsigned int value = 0;
  if (digits.len == 0 || digits.len > 9)
    return 0;
  for (size_t i = 0; i < digits.len; i++) {
    if (!g_ascii_isdigit ((char) digits.data[i]))
      return 0;
    value = value * 10 + (unsigned int) (digits.data[i] - '0');
  }
  return value;
}

/* "E=691 R=1 C=<32 digits> V=3 M=text"; what is not there is not said. */
MschapFailure
mschap_text_failure (Slice text)
{
  MschapFailure failure = {
    .code = parse_number (find_word (text, 'E')),
    .may_retry = parse_number (find_word (text, 'R')) == 1,
  };
  failure.has_challenge =
      parse_hex (find_word (text, 'C'), failure.challenge, sizeof failure.challenge);
  return failure;
}

/* The error that a code stands for, where it is another one than that the password is wrong; else
 * NULL. Transfer: full. */
GError *
mschap_text_refusal (unsigned int code)
{
  static const struct {
    unsigned int code;
    VisitorError error;
    const char *text;
  } rows[] = {
    { 646, VISITOR_ERROR_AUTH_REFUSED, "The account may not sign in at this hour (E=646)." },
    { 647, VISITOR_ERROR_AUTH_REFUSED, "The account is disabled (E=647)." },
    { 648, VISITOR_ERROR_PASSWORD_EXPIRED, "The password has expired (E=648)." },
    { 649, VISITOR_ERROR_AUTH_REFUSED, "The account may not sign in from outside (E=649)." },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].code == code)
      return g_error_new_literal (VISITOR_ERROR, (int) rows[i].error, rows[i].text);
  }
  return NULL;
}
