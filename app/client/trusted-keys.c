/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorTrustedKeys: what a person has accepted, to ask nothing twice, and to be kept as the site's
 * pins where the person wants that. */
#include "client/trusted-keys.h"

#include <string.h>

#include "site/store.h"

typedef struct {
  VisitorTrustPart part;
  SitePin pin;
} Key;

struct _VisitorTrustedKeys {
  GArray *list; /* of Key */
};

VisitorTrustedKeys *
visitor_trusted_keys_new (void)
{
  VisitorTrustedKeys *keys = g_new0 (VisitorTrustedKeys, 1);
  keys->list = g_array_new (FALSE, FALSE, sizeof (Key));
  return keys;
}

/* NULL is allowed. */
void
visitor_trusted_keys_free (VisitorTrustedKeys *keys)
{
  if (keys == NULL)
    return;
  g_array_unref (keys->list);
  g_free (keys);
}

/* The person has accepted this key there. */
void
visitor_trusted_keys_add (VisitorTrustedKeys *keys, VisitorTrustPart part, const SitePin *pin)
{
  Key key = { .part = part, .pin = *pin };
  g_array_append_val (keys->list, key);
}

/* True if the key was accepted, wherever it was shown. */
gboolean
visitor_trusted_keys_has (const VisitorTrustedKeys *keys, const SitePin *pin)
{
  for (guint i = 0; i < keys->list->len; i++) {
    if (memcmp (&g_array_index (keys->list, Key, i).pin, pin, sizeof *pin) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
visitor_trusted_keys_is_empty (const VisitorTrustedKeys *keys)
{
  return keys->list->len == 0;
}

static void
add_pin (GArray *pins, const SitePin *pin)
{
  for (guint i = 0; i < pins->len; i++) {
    if (memcmp (&g_array_index (pins, SitePin, i), pin, sizeof *pin) == 0)
      return;
  }
  g_array_append_vals (pins, pin, 1);
}

/* Makes them pins of the stored site with this id, each in its group, as the site stands on the disk
 * now. SITE_NOT_FOUND, SITE_INVALID, STORAGE. */
gboolean
visitor_trusted_keys_save (const VisitorTrustedKeys *keys, const char *site, GError **error)
{
  g_autoptr (SiteStore) store = site_store_open (NULL, error);
  if (store == NULL)
    return FALSE;
  g_autoptr (SiteEntry) entry = site_store_load (store, site);
  if (entry->site == NULL) {
    g_propagate_error (error, g_error_copy (entry->problem));
    return FALSE;
  }
  for (guint i = 0; i < keys->list->len; i++) {
    const Key *key = &g_array_index (keys->list, Key, i);
    gboolean is_tls = key->part == VISITOR_TRUST_TLS;
    add_pin (is_tls ? entry->site->tls_pins : entry->site->gateway_pins, &key->pin);
  }
  return site_store_save (store, site, entry->site, error);
}

/* The group of site.conf(5) that has the pins of this part. */
const char *
visitor_trust_part_group (VisitorTrustPart part)
{
  switch (part) {
  case VISITOR_TRUST_TLS: return "tls";
  case VISITOR_TRUST_GATEWAY: return "gateway";
  }
  return "";
}
