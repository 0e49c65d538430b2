/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which secrets an agent of NM's has to have, as the key file of the external UI mode. Pure.
 *
 * With hints it is what the gateway asks for at this moment, in its own words; without, what the site's
 * sign-in is certain to need, and whatever the agent has already. */
#include "nm/auth-questions.h"

#include <NetworkManager.h>
#include <string.h>

#include "base/text.h"
#include "nm/words.h"
#include "site/items.h"
#include "site/secrets.h"

#define UI_GROUP "VPN Plugin UI"
#define UI_VERSION 2
#define MESSAGE_HINT "x-vpn-message:"
#define MESSAGE_MAX_LEN 512

static const struct {
  SiteSecret secret;
  const char *label;
} labels[SITE_N_SECRETS] = {
  { SITE_SECRET_PSK, N_ ("Pre-shared key") },
  { SITE_SECRET_PASSWORD, N_ ("Password") },
  { SITE_SECRET_PPK, N_ ("Post-quantum key") },
  { SITE_SECRET_PASSPHRASE, N_ ("Passphrase of your key") },
  { SITE_SECRET_CODE, N_ ("Code") },
  { SITE_SECRET_PIN, N_ ("PIN of your token") },
};

static gboolean
is_required (const AuthRequest *request, SiteSecret secret)
{
  g_autofree char *item = g_strconcat (site_secret_name (secret), "-flags", NULL);
  const char *flags = g_hash_table_lookup (request->data, item);
  return flags == NULL ||
      (g_ascii_strtoull (flags, NULL, 10) & NM_SETTING_SECRET_FLAG_NOT_REQUIRED) == 0;
}

/* Reads the hints: the names, as a set, and the message, or NULL. Transfer: full. */
static unsigned int
read_hints (const AuthRequest *request, char **ret_message)
{
  unsigned int secrets = 0;
  for (const char *const *hint = request->hints; *hint != NULL; hint++) {
    if (!g_str_has_prefix (*hint, MESSAGE_HINT)) {
      secrets |= (unsigned int) site_secret_from_name (*hint);
      continue;
    }
    const char *text = *hint + strlen (MESSAGE_HINT);
    g_free (*ret_message);
    *ret_message = text_one_line (SLICE ((const uint8_t *) text, strlen (text)), MESSAGE_MAX_LEN);
  }
  return secrets;
}

static void
put_secret (GKeyFile *file, const AuthRequest *request, gsize row)
{
  const char *name = site_secret_name (labels[row].secret);
  const char *value = g_hash_table_lookup (request->secrets, name);
  if (value == NULL || !site_secret_may_be_kept (labels[row].secret))
    value = "";
  gboolean ask = request->may_ask && (*value == '\0' || request->again);
  g_key_file_set_string (file, name, "Value", value);
  g_key_file_set_string (file, name, "Label", _ (labels[row].label));
  g_key_file_set_boolean (file, name, "IsSecret", TRUE);
  g_key_file_set_boolean (file, name, "ShouldAsk", ask);
}

static gboolean
is_there (const AuthRequest *request, SiteSecret secret)
{
  const char *value = g_hash_table_lookup (request->secrets, site_secret_name (secret));
  return value != NULL && *value != '\0';
}

static gboolean
is_wanted (const AuthRequest *request, SiteSecret secret, unsigned int hinted, const Site *site)
{
  unsigned int bit = (unsigned int) secret;
  if (hinted != 0)
    return (hinted & bit) != 0;
  if (!is_required (request, secret))
    return FALSE;
  return (site_secrets_certain (site) & bit) != 0 ||
      ((site_secrets_possible (site) & bit) != 0 && is_there (request, secret));
}

/* The key file's text. SITE_INVALID where the connection makes no site. Transfer: full. */
char *
auth_questions (const AuthRequest *request, GError **error)
{
  g_autofree char *key_file = NULL, *message = NULL;
  g_autoptr (Site) site = site_from_items (request->data, request->name, &key_file, error);
  if (site == NULL)
    return NULL;
  unsigned int hinted = read_hints (request, &message);
  g_autofree char *title = g_strdup_printf (_ ("Sign in to %s"), request->name);
  g_autofree char *usual = site->user != NULL
      ? g_strdup_printf (
            _ ("The gateway of %s wants to know that it is you, %s."), request->name, site->user)
      : g_strdup_printf (_ ("The gateway of %s wants to know that it is you."), request->name);
  gboolean has_message = message != NULL && *message != '\0';
  g_autofree char *said =
      has_message ? g_strdup_printf (_ ("The gateway says: “%s”"), message) : NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_key_file_set_integer (file, UI_GROUP, "Version", UI_VERSION);
  g_key_file_set_string (file, UI_GROUP, "Title", title);
  g_key_file_set_string (file, UI_GROUP, "Description", has_message ? said : usual);
  for (gsize i = 0; i < SITE_N_SECRETS; i++) {
    if (is_wanted (request, labels[i].secret, hinted, site))
      put_secret (file, request, i);
  }
  return g_key_file_to_data (file, NULL, NULL);
}
