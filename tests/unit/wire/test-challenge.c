/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of challenges, whose commas part two things; written out as "SCHEME [TOKEN] {NAME=VALUE}". */
#include <glib.h>
#include <string.h>

#include "wire/challenge.h"

typedef struct {
  const char *value;
  const char *want; /* NULL: it cannot be read */
} Case;

static const Case cases[] = {
  { "Negotiate", "Negotiate" },
  { "Negotiate YIIC+/==", "Negotiate [YIIC+/==]" },
  { "NTLM TlRMTVNTUAAC=", "NTLM [TlRMTVNTUAAC=]" },
  { "Basic realm=\"a\"", "Basic {realm=a}" },
  { "Basic realm=a", "Basic {realm=a}" },
  { "Basic realm = \"a\"", "Basic {realm=a}" },
  { "Basic realm=\"\"", "Basic {realm=}" },
  { "Basic realm=\"say \\\"x\\\\\"", "Basic {realm=say \"x\\}" },
  { "Basic realm=\"a, Digest b=c\"", "Basic {realm=a, Digest b=c}" },
  { "Basic realm=\"a\", charset=\"UTF-8\"", "Basic {realm=a} {charset=UTF-8}" },
  { "Basic realm=\"a\", NTLM", "Basic {realm=a}; NTLM" },
  { "Basic realm=\"a\", Digest realm=\"b\", nonce=\"c\", qop=\"auth,auth-int\", Negotiate YII=",
      "Basic {realm=a}; Digest {realm=b} {nonce=c} {qop=auth,auth-int}; Negotiate [YII=]" },
  { "NTLM, Negotiate, Basic realm=x", "NTLM; Negotiate; Basic {realm=x}" },
  { "NTLM ,Negotiate", "NTLM; Negotiate" },
  { ", ,NTLM,,", "NTLM" },
  { "Basic", "Basic" },
  { "x-y.z a=b", "x-y.z {a=b}" },
  { "", "" },
  { " \t", "" },
  { "Basic realm=\"a", NULL },
  { "Basic realm=\"a\\", NULL },
  { "Basic realm=\"a\\\"", NULL },
  { "Basic realm=\"a\" x", "Basic {realm=a}; x" },
  { "=", NULL },
  { "\"Basic\"", NULL },
  { "Basic a b c", NULL },
  { "Basic realm=\"a\", =b", NULL },
  { "Negotiate YII= YII=", NULL },
  { "Negotiate Y\"II", NULL },
  { "Basic\xff", NULL },
  { "D a=1,b=2,c=3,d=4,e=5,f=6,g=7,h=8,i=9,j=1,k=2,l=3,m=4,n=5,o=6,p=7,q=8", NULL },
  { "a, b, c, d, e, f, g, h, i, j", "a; b; c; d; e; f; g; h" },
};

static char *
write_out (const Challenges *challenges)
{
  GString *text = g_string_new (NULL);
  for (size_t i = 0; i < challenges->n; i++) {
    const Challenge *c = &challenges->list[i];
    g_string_append (text, i > 0 ? "; " : "");
    g_string_append_len (text, (const char *) c->scheme.data, (gssize) c->scheme.len);
    if (c->token.len > 0)
      g_string_append_printf (text, " [%.*s]", (int) c->token.len, (const char *) c->token.data);
    for (size_t k = 0; k < c->n_params; k++) {
      g_autofree char *name =
          g_strndup ((const char *) c->params[k].name.data, c->params[k].name.len);
      g_autofree char *value = challenge_param (c, name);
      g_string_append_printf (text, " {%s=%s}", name, value);
    }
  }
  return g_string_free (text, FALSE);
}

static void
test_lists (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Challenges challenges = { 0 };
    size_t len = strlen (cases[i].value);
    g_autofree uint8_t *copy = g_memdup2 (cases[i].value, MAX (len, 1));
    g_autofree char *shown = g_strescape (cases[i].value, NULL);
    g_test_message ("%s", shown);
    bool read = challenges_add (&challenges, SLICE (copy, len));
    g_assert_true (read == (cases[i].want != NULL));
    if (!read) {
      g_assert_cmpuint (challenges.n, ==, 0);
      continue;
    }
    g_autofree char *got = write_out (&challenges);
    g_assert_cmpstr (got, ==, cases[i].want);
  }
}

/* What one field offers stands behind what the one before did, and a broken one takes nothing away. */
static void
test_several (void)
{
  static const char *const fields[] = { "Negotiate", "Basic realm=\"", "Basic realm=x" };
  Challenges challenges = { 0 };
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    challenges_add (&challenges, SLICE ((const uint8_t *) fields[i], strlen (fields[i])));
  g_assert_cmpuint (challenges.n, ==, 2);
  g_assert_true (challenge_is (&challenges.list[0], "negotiate"));
  g_assert_true (challenge_is (&challenges.list[1], "BASIC"));
  g_assert_false (challenge_is (&challenges.list[1], "basi"));
}

/* Of two values nobody knows which the proxy means. */
static void
test_twice (void)
{
  static const char value[] = "Digest nonce=a, Nonce=b, realm=c";
  Challenges challenges = { 0 };
  g_assert_true (challenges_add (&challenges, SLICE ((const uint8_t *) value, strlen (value))));
  g_autofree char *realm = challenge_param (&challenges.list[0], "REALM");
  g_assert_cmpstr (realm, ==, "c");
  g_assert_null (challenge_param (&challenges.list[0], "nonce"));
  g_assert_null (challenge_param (&challenges.list[0], "opaque"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/challenge/lists", test_lists);
  g_test_add_func ("/wire/challenge/several", test_several);
  g_test_add_func ("/wire/challenge/twice", test_twice);
  return g_test_run ();
}
