/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Challenges: the value of Proxy-Authenticate (RFC 9110 sections 11.2 to 11.7). One field may carry
 * several challenges, and the same comma parts these and the parameters of one; what follows it tells
 * which it was: a name and "=" is a parameter, anything else begins the next challenge. */
#include "wire/challenge.h"

#include <string.h>

#include "base/cursor.h"

static bool
is_token_char (uint8_t c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_token68_char (uint8_t c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("-._~+/", c) != NULL);
}

static uint8_t
peek (const Cursor *c)
{
  return cursor_left (c) > 0 && !c->failed ? c->data[c->pos] : '\0';
}

static void
skip_blanks (Cursor *c)
{
  while (peek (c) == ' ' || peek (c) == '\t')
    cursor_skip (c, 1);
}

static void
skip_commas (Cursor *c)
{
  skip_blanks (c);
  while (peek (c) == ',') {
    cursor_skip (c, 1);
    skip_blanks (c);
  }
}

static Slice
take_while (Cursor *c, bool (*is) (uint8_t))
{
  Cursor ahead = *c;
  size_t n = 0;
  for (; is (peek (&ahead)); n++)
    cursor_skip (&ahead, 1);
  return cursor_slice (c, n);
}

/* What stands between two quotes; a backslash takes the meaning from what follows it. */
static Slice
take_quoted (Cursor *c)
{
  cursor_skip (c, 1);
  Cursor ahead = *c;
  size_t n = 0;
  for (; peek (&ahead) != '"' && !ahead.failed; n++) {
    if (peek (&ahead) == '\\') {
      cursor_skip (&ahead, 1);
      n++;
    }
    cursor_skip (&ahead, 1);
  }
  if (ahead.failed)
    cursor_fail (c);
  Slice value = cursor_slice (c, n);
  cursor_skip (c, 1);
  return value;
}

/* NAME = VALUE; false, and nothing is read, where there is none. */
static bool
take_param (Cursor *c, ChallengeParam *ret_param)
{
  Cursor ahead = *c;
  ChallengeParam param = { .name = take_while (&ahead, is_token_char) };
  skip_blanks (&ahead);
  if (param.name.len == 0 || peek (&ahead) != '=')
    return false;
  cursor_skip (&ahead, 1);
  skip_blanks (&ahead);
  if (peek (&ahead) == '"')
    param.value = take_quoted (&ahead);
  else if (is_token_char (peek (&ahead)))
    param.value = take_while (&ahead, is_token_char);
  else
    return false;
  *c = ahead;
  *ret_param = param;
  return true;
}

static void
take_token68 (Cursor *c, Challenge *challenge)
{
  Cursor ahead = *c;
  size_t n = take_while (&ahead, is_token68_char).len;
  if (n == 0)
    return;
  while (peek (&ahead) == '=') {
    cursor_skip (&ahead, 1);
    n++;
  }
  challenge->token = cursor_slice (c, n);
}

/* Parameters behind a first one; a comma that none follows is left for the next challenge. */
static void
take_params (Cursor *c, Challenge *challenge)
{
  ChallengeParam param;
  while (take_param (c, &param)) {
    if (challenge->n_params == CHALLENGE_MAX_PARAMS) {
      cursor_fail (c);
      return;
    }
    challenge->params[challenge->n_params++] = param;
    skip_commas (c);
  }
}

static void
take_challenge (Cursor *c, Challenge *challenge)
{
  challenge->scheme = take_while (c, is_token_char);
  if (challenge->scheme.len == 0)
    cursor_fail (c);
  bool blank = peek (c) == ' ';
  skip_blanks (c);
  if (!blank || peek (c) == ',')
    return;
  take_params (c, challenge);
  if (challenge->n_params == 0)
    take_token68 (c, challenge);
}

/* Adds what one field offers. False, and nothing is added, where it cannot be read; challenges beyond
 * CHALLENGES_MAX are left out. */
bool
challenges_add (Challenges *challenges, Slice value)
{
  Cursor c = cursor_of (value);
  Challenges found = *challenges;
  skip_commas (&c);
  while (cursor_left (&c) > 0 && !c.failed) {
    Challenge challenge = { 0 };
    size_t before = c.pos;
    take_challenge (&c, &challenge);
    if (!c.failed && found.n < CHALLENGES_MAX)
      found.list[found.n++] = challenge;
    skip_blanks (&c);
    /* Behind parameters the comma is gone already; behind anything else it has to be there. */
    bool ended = challenge.n_params > 0 || cursor_left (&c) == 0 || peek (&c) == ',';
    if (!ended || c.pos == before)
      cursor_fail (&c);
    skip_commas (&c);
  }
  if (!cursor_done (&c))
    return false;
  *challenges = found;
  return true;
}

static bool
is_same (Slice text, const char *word)
{
  return text.len == strlen (word) &&
      g_ascii_strncasecmp ((const char *) text.data, word, text.len) == 0;
}

bool
challenge_is (const Challenge *challenge, const char *scheme)
{
  return is_same (challenge->scheme, scheme);
}

/* A parameter without its quoting; NULL if it is absent, or there twice, or holds a NUL. Transfer:
 * full. */
char *
challenge_param (const Challenge *challenge, const char *name)
{
  const ChallengeParam *found = NULL;
  for (size_t i = 0; i < challenge->n_params; i++) {
    if (!is_same (challenge->params[i].name, name))
      continue;
    if (found != NULL)
      return NULL;
    found = &challenge->params[i];
  }
  if (found == NULL || memchr (found->value.data, '\0', found->value.len) != NULL)
    return NULL;
  GString *text = g_string_sized_new (found->value.len);
  Cursor c = cursor_of (found->value);
  while (cursor_left (&c) > 0 && !c.failed) {
    uint8_t octet = cursor_u8 (&c);
    g_string_append_c (text, (char) (octet == '\\' ? cursor_u8 (&c) : octet));
  }
  return g_string_free (text, FALSE);
}
