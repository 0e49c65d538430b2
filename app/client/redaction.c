/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorRedaction: a text without what only its owner should read.
 *
 * Words that are known, such as the user's name, are replaced wherever they stand by themselves. What
 * has the form of an address, a name of a host, an e-mail address, a distinguished name or a long key
 * is shortened, whoever's it is; so is what stands behind a word such as "password". Better too much
 * than too little: the text is for strangers. */
#include "client/redaction.h"

#include <string.h>

#include "base/inet.h"

#define OCTETS_KEPT_OF_V6 4 /* what a provider has */

typedef struct {
  char *word;
  char *by;
} Word;

struct _VisitorRedaction {
  GPtrArray *words; /* Word, the longest first */
};

static void
word_free (gpointer data)
{
  Word *word = data;
  g_free (word->word);
  g_free (word->by);
  g_free (word);
}

/* Transfer: full. */
VisitorRedaction *
visitor_redaction_new (void)
{
  VisitorRedaction *redaction = g_new0 (VisitorRedaction, 1);
  redaction->words = g_ptr_array_new_with_free_func (word_free);
  return redaction;
}

/* NULL is allowed. */
void
visitor_redaction_free (VisitorRedaction *redaction)
{
  if (redaction == NULL)
    return;
  g_ptr_array_unref (redaction->words);
  g_free (redaction);
}

static int
longest_first (gconstpointer a, gconstpointer b)
{
  gsize one = strlen ((*(Word *const *) a)->word), other = strlen ((*(Word *const *) b)->word);
  return one == other ? 0 : one > other ? -1 : 1;
}

/* Has word, whatever its letters' case, replaced; NULL and "" are allowed and no words. */
void
visitor_redaction_add (VisitorRedaction *redaction, const char *word, const char *by)
{
  if (word == NULL || *word == '\0')
    return;
  Word *fresh = g_new0 (Word, 1);
  fresh->word = g_strdup (word);
  fresh->by = g_strdup (by);
  g_ptr_array_add (redaction->words, fresh);
  g_ptr_array_sort (redaction->words, longest_first);
}

static char *
replace (const char *text, const char *pattern, GRegexEvalCallback eval, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, &error);
  g_assert_no_error (error);
  char *replaced = g_regex_replace_eval (regex, text, -1, 0, 0, eval, data, NULL);
  return replaced != NULL ? replaced : g_strdup ("(left out)");
}

static gboolean
put_literal (const GMatchInfo *match, GString *result, gpointer by)
{
  g_string_append (result, by);
  return FALSE;
}

/* Keeps the first group. */
static gboolean
put_group (const GMatchInfo *match, GString *result, gpointer by)
{
  g_autofree char *kept = g_match_info_fetch (match, 1);
  g_string_append_printf (result, "%s%s", kept, (const char *) by);
  return FALSE;
}

/* 203.0.113.x, or the network of a provider. */
static gboolean
put_address (const GMatchInfo *match, GString *result, gpointer data)
{
  InetAddr addr;
  char buf[INET_ADDR_STRLEN];
  g_autofree char *text = g_match_info_fetch (match, 0);
  if (!inet_addr_parse (text, &addr)) {
    g_string_append (result, text);
    return FALSE;
  }
  if (addr.family == INET_V4) {
    g_string_append_printf (result, "%u.%u.%u.x", addr.bytes[0], addr.bytes[1], addr.bytes[2]);
    return FALSE;
  }
  memset (addr.bytes + OCTETS_KEPT_OF_V6, 0, sizeof addr.bytes - OCTETS_KEPT_OF_V6);
  g_string_append_printf (result, "%sx", inet_addr_format (&addr, buf));
  return FALSE;
}

/* Of a name of a host only the last part is left. */
static gboolean
put_host (const GMatchInfo *match, GString *result, gpointer data)
{
  g_autofree char *text = g_match_info_fetch (match, 0);
  g_string_append_printf (result, "*%s", strrchr (text, '.'));
  return FALSE;
}

static char *
replace_words (const VisitorRedaction *redaction, const char *text)
{
  char *result = g_strdup (text);
  for (guint i = 0; i < redaction->words->len; i++) {
    const Word *word = g_ptr_array_index (redaction->words, i);
    g_autofree char *escaped = g_regex_escape_string (word->word, -1);
    g_autofree char *pattern = g_strdup_printf ("(?<![\\p{L}\\p{N}])%s(?![\\p{L}\\p{N}])", escaped);
    g_autofree char *before = result;
    result = replace (before, pattern, put_literal, word->by);
  }
  return result;
}

/* Forms, in the order in which they are looked for. */
static const struct {
  const char *pattern;
  GRegexEvalCallback eval;
  const char *by;
} forms[] = {
  { "((?:password|passphrase|secret|psk|pin|code|token)s?\\s*[=:]\\s*)[^\\s,;]+", put_group,
      "<secret>" },
  { "\\b((?:CN|OU|O|DC|L|ST|SN|GN|UID|E|emailAddress)=)[^,/\"'”)]*", put_group, "*" },
  { "(?<![0-9a-f:.])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9a-f]{0,4})"
    "(?![0-9a-f:])",
      put_address, NULL },
  { "(?<![0-9.])[0-9]{1,3}(?:\\.[0-9]{1,3}){3}(?![0-9])", put_address, NULL },
  { "(?:[0-9a-f]{2}:){15,}[0-9a-f]{2}", put_literal, "<key>" },
  { "\\b[0-9a-z+/]{32,}={0,2}", put_literal, "<key>" },
  { "[^\\s@<>\"'(),;:=]+@(?=[^\\s@])", put_literal, "<user>@" },
  { "(?<![\\w.*-])(?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?\\.)+\\p{L}{2,}\\b", put_host,
      NULL },
};

/* Transfer: full. */
char *
visitor_redaction_apply (const VisitorRedaction *redaction, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  char *result = replace_words (redaction, valid);
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    g_autofree char *before = result;
    result = replace (before, forms[i].pattern, forms[i].eval, (gpointer) forms[i].by);
  }
  return result;
}
