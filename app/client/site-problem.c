/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorSiteProblem: the words of the site parser, for people.
 *
 * The parser writes English for a log, "line 3, key address in [site]: the port is ...". Here that is
 * taken apart, so that it can stand under the field that it is about, and what a person meets most is
 * translated. What is not in the table is shown as it is. */
#include "config.h"

#include "client/site-problem.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/error-text.h"

/* As the parser writes them. */
static const char *const phrases[] = {
  /* addresses and names */
  N_ ("the address is empty"),
  N_ ("the port after the colon is missing"),
  N_ ("the port is a number from 1 to 65535"),
  N_ ("the closing bracket of the IPv6 address is missing"),
  N_ ("behind the closing bracket only :PORT may stand"),
  N_ ("brackets are for IPv6 addresses, and this is none"),
  N_ ("write the address alone, without http:// or the like"),
  N_ ("this is no address: write a name, or a name, a colon and a port"),
  N_ ("a part of the name between two dots is empty"),
  N_ ("a part of the name has more than 63 characters"),
  N_ ("a name has letters, digits, hyphens and dots only"),
  N_ ("a part of a name neither begins nor ends with a hyphen"),
  N_ ("the name is empty"),
  N_ ("this is neither a name nor a complete IPv4 address"),
  N_ ("the name has more than 253 characters"),
  N_ ("an IPv6 address with a zone cannot be a gateway"),
  N_ ("this is not an IPv6 address"),
  N_ ("this address does not belong to a single host"),
  /* values */
  N_ ("the value has more than 255 octets"),
  N_ ("the value has more than 1024 octets"),
  N_ ("the value holds a line break or another control character"),
  N_ ("a key's file or URI has no blank and only ASCII characters"),
  N_ ("a PIN must not stand in a site; it is asked for"),
  N_ ("a key's file is beside the site: its name has no slash"),
  N_ ("a proxy is written like http://proxy.example.com:3128"),
  N_ ("neither a user nor a password may stand in the proxy's URI"),
  N_ ("a proxy's URI begins with http:// or https://"),
  N_ ("the MTU is \"automatic\" or a number from 576 to 9000"),
  N_ ("the time is \"unlimited\" or a number of minutes, a year at most"),
  N_ ("the list has more than 256 items"),
  N_ ("a route is written ADDRESS/LENGTH"),
  N_ ("the route has bits set behind its length"),
  N_ ("the route never leaves this machine or its link"),
  N_ ("this is not an IPv4 or IPv6 address"),
  N_ ("a pin is sha256/BASE64 or 64 hexadecimal digits"),
  N_ ("a word stands twice"),
  N_ ("the name of a network interface has at most 15 characters"),
  N_ ("the name of a network interface has no blank, slash or colon, and only ASCII"),
  N_ ("this is not the name of a network interface"),
  N_ ("none of the addresses is of its family, IPv4 or IPv6"),
  N_ ("UDP goes through no proxy: the transport is auto, tls or tcp"),
  N_ ("only with EAP-TLS or EAP-TTLS can a gateway prove itself by EAP alone"),
  /* algorithms */
  N_ ("this names an algorithm that Visitor does not have"),
  N_ ("a cipher that authenticates by itself needs a proposal without other ciphers and MACs: "
      "write "
      "two, with a comma between them"),
  N_ ("the MAC is missing"),
  N_ ("an additional key exchange needs a first one, in a Diffie-Hellman group"),
  N_ ("the cipher is missing"),
  N_ ("the PRF is missing"),
  N_ ("the Diffie-Hellman group is missing"),
  N_ ("there is no proposal"),
  /* certificates */
  N_ ("this is no certificate, neither in PEM nor in DER"),
  N_ ("a private key stands among the certificates; a site holds certificates only"),
  N_ ("a file is named here, and files are only read when the site is imported"),
  /* whole files */
  N_ ("a backslash is written \\\\ here, and only \\s, \\n, \\t and \\r have another meaning"),
  N_ ("a group is written [NAME]"),
  N_ ("this is neither a [GROUP] nor KEY=VALUE"),
  N_ ("a key has letters, digits, hyphens and underscores only"),
  N_ ("a key stands before the first [GROUP]"),
  N_ ("there is a control character"),
  N_ ("a site.conf holds no secrets; remove this line, Visitor asks for the secret when it "
      "connects "
      "and can keep it in the keyring"),
  N_ ("this is not a site.conf: it has no group [site]"),
  N_ ("this is not a site.conf: it is no UTF-8 text"),
  N_ ("this is not a site.conf: it is no key file"),
};

/* The words of the parser as a sentence of their own. */
static char *
sentence (const char *phrase)
{
  const char *words = phrase;
  for (gsize i = 0; i < G_N_ELEMENTS (phrases); i++) {
    if (strcmp (phrases[i], phrase) == 0)
      words = _ (phrases[i]);
  }
  char first[8] = { 0 };
  g_unichar_to_utf8 (g_unichar_toupper (g_utf8_get_char (words)), first);
  const char *rest = *words != '\0' ? g_utf8_next_char (words) : words;
  return g_strconcat (first, rest, g_str_has_suffix (words, ".") ? "" : ".", NULL);
}

/* Behind some words stands what there is instead. */
static char *
sentence_with_choice (const char *text)
{
  static const char divider[] = "; there are: ";
  const char *list = strstr (text, divider);
  if (list == NULL)
    return sentence (text);
  g_autofree char *head = g_strndup (text, (gsize) (list - text));
  g_autofree char *what = sentence (head);
  /* Translators: what is wrong, a sentence, and a list of words to choose from */
  return g_strdup_printf (_ ("%s There are: %s."), what, list + strlen (divider));
}

/* Which of several in a list it is about: that comes before the words. */
static char *
item_sentence (const char *text)
{
  static const char *const kinds[] = { "item ", "proposal " };
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    char *end = NULL;
    if (!g_str_has_prefix (text, kinds[i]))
      continue;
    guint64 number = g_ascii_strtoull (text + strlen (kinds[i]), &end, 10);
    if (number == 0 || !g_str_has_prefix (end, ": "))
      continue;
    g_autofree char *what = sentence_with_choice (end + 2);
    /* Translators: one of several that stand in a list, and what is wrong with it */
    return g_strdup_printf (_ ("Number %u: %s"), (guint) number, what);
  }
  return sentence_with_choice (text);
}

/* Takes apart what site_parse () or site_address_parse () said. Transfer: full. */
VisitorSiteProblem *
visitor_site_problem_new (const GError *error)
{
  static const char *const form =
      "^(?:line ([0-9]+)(?:, |: |$))?(?:key (\\S+) in \\[([^]\\n]*)\\](?: (is missing))?: )?(.*)$";
  VisitorSiteProblem *problem = g_new0 (VisitorSiteProblem, 1);
  g_autoptr (GRegex) regex = g_regex_new (form, G_REGEX_DOTALL, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  if (!g_regex_match (regex, error->message, 0, &match)) {
    problem->what = sentence (error->message);
    return problem;
  }
  g_autofree char *line = g_match_info_fetch (match, 1);
  g_autofree char *key = g_match_info_fetch (match, 2);
  g_autofree char *missing = g_match_info_fetch (match, 4);
  g_autofree char *rest = g_match_info_fetch (match, 5);
  problem->line = line != NULL ? (guint) g_ascii_strtoull (line, NULL, 10) : 0;
  if (key != NULL && *key != '\0') {
    problem->key = g_steal_pointer (&key);
    problem->group = g_match_info_fetch (match, 3);
  }
  problem->is_missing = missing != NULL && *missing != '\0';
  problem->what = problem->is_missing ? g_strdup (_ ("This is needed.")) : item_sentence (rest);
  return problem;
}

/* NULL is allowed. */
void
visitor_site_problem_free (VisitorSiteProblem *problem)
{
  if (problem == NULL)
    return;
  g_free (problem->group);
  g_free (problem->key);
  g_free (problem->what);
  g_free (problem);
}

/* All of it as one text, with line and key. Transfer: full. */
char *
visitor_site_problem_text (const GError *error)
{
  g_autoptr (VisitorSiteProblem) problem = visitor_site_problem_new (error);
  if (problem->is_missing)
    return g_strdup_printf (
        _ ("The key %s in the group [%s] is missing."), problem->key, problem->group);
  if (problem->key != NULL && problem->line > 0)
    return g_strdup_printf (_ ("Line %u, key %s in [%s]: %s"), problem->line, problem->key,
        problem->group, problem->what);
  if (problem->line > 0)
    return g_strdup_printf (_ ("Line %u: %s"), problem->line, problem->what);
  return g_steal_pointer (&problem->what);
}

/* Why a site or a file could not be taken, whatever the reason is. Transfer: full. */
char *
visitor_site_problem_explain (const GError *error)
{
  VisitorError code =
      error->domain == VISITOR_ERROR ? (VisitorError) error->code : VISITOR_ERROR_FAILED;
  if (code == VISITOR_ERROR_SITE_INVALID)
    return visitor_site_problem_text (error);
  return g_strdup_printf ("%s %s", visitor_error_sentence (code), visitor_error_advice (code));
}
