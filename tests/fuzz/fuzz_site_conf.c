/* SPDX-License-Identifier: GPL-2.0-or-later */
/* site.conf from anywhere: what is accepted can be written, read again, and is then the same. */
#include <string.h>

#include "fuzz.h"
#include "site/scan.h"
#include "site/site.h"

/* A file that is named is either not there or holds the fuzzer's own text. */
static char *
read_file (SiteFileKind kind, const char *name, void *user_data, GError **error)
{
  if (name[0] != 'f') {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, "no such file");
    return NULL;
  }
  return g_strdup (kind == SITE_FILE_KEY ? "new.key" : user_data);
}

static void
check_round_trip (const Site *site)
{
  g_autoptr (Site) copy = site_copy (site);
  g_autofree char *text = site_to_text (copy);
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) again = site_parse (text, -1, NULL, NULL, &error);
  if (again == NULL) {
    /* certificates that were copied in may make it too long, and nothing else */
    g_assert (strlen (text) > SITE_TEXT_MAX);
    return;
  }
  g_autofree char *text_again = site_to_text (again);
  g_assert (strcmp (text, text_again) == 0);
  g_assert (g_utf8_validate (again->name, -1, NULL) && again->name[0] != '\0');
  g_assert (again->auth == SITE_AUTH_CERTIFICATE || again->user != NULL);
  g_assert (again->user == NULL || (again->user[0] != '\0' && strchr (again->user, '\n') == NULL));
  g_assert (!site_auth_has_certificate (again->auth) || again->key != NULL);
  g_assert (again->key == NULL || site_key_is_uri (again->key) || strchr (again->key, '/') == NULL);
  g_assert (again->address.port != 0 && again->address.host[0] != '\0');
  g_auto (GStrv) unknown = site_unknown_keys (again);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_parse ((const char *) data, (gssize) size, read_file, text, &error);
  g_assert ((site == NULL) == (error != NULL));
  if (site != NULL)
    check_round_trip (site);
  (void) site_scan_is_conf ((const char *) data, size);

  SiteAddress address;
  if (site_address_parse (text, &address, NULL)) {
    g_autofree char *formatted = site_address_format (&address);
    SiteAddress again;
    g_assert (site_address_parse (formatted, &again, NULL));
    g_assert (strcmp (again.host, address.host) == 0 && again.port == address.port);
    site_address_clear (&again);
    site_address_clear (&address);
  }
  return 0;
}
