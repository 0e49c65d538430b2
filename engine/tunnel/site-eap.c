/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a site says of EAP, in the words of the session. */
#include "tunnel/site-eap.h"

static const EapType types[] = {
  [SITE_EAP_TLS] = EAP_TYPE_TLS,
  [SITE_EAP_TTLS] = EAP_TYPE_TTLS,
  [SITE_EAP_MSCHAPV2] = EAP_TYPE_MSCHAPV2,
  [SITE_EAP_GTC] = EAP_TYPE_GTC,
};

static const EapInner inners[] = {
  [SITE_INNER_EAP] = EAP_INNER_EAP,
  [SITE_INNER_PAP] = EAP_INNER_PAP,
  [SITE_INNER_MSCHAPV2] = EAP_INNER_MSCHAPV2,
  [SITE_INNER_EAP_MSCHAPV2] = EAP_INNER_EAP_MSCHAPV2,
  [SITE_INNER_EAP_GTC] = EAP_INNER_EAP_GTC,
  [SITE_INNER_EAP_MD5] = EAP_INNER_EAP_MD5,
};

G_STATIC_ASSERT (G_N_ELEMENTS (types) == EAP_MAX_METHODS);

/* What is spoken where the site leaves it to the gateway: its list, or all, the safest first; EAP-TLS only with a
 * certificate of ours. */
static void
choose_any (const Site *site, EapOptions *options)
{
  bool listed = site->eap_methods->len > 0;
  guint n = 0;
  for (guint i = 0; i < (listed ? site->eap_methods->len : G_N_ELEMENTS (types)); i++) {
    EapType type = types[listed ? g_array_index (site->eap_methods, SiteEap, i) : i];
    if (type != EAP_TYPE_TLS || site->key != NULL)
      options->methods[n++] = type;
  }
}

/* The strings are the site's. */
EapOptions
site_eap_options (const Site *site)
{
  EapOptions options = {
    .inner = inners[site->inner],
    .anonymous = site->anonymous_identity,
    .server_name = site_aaa_identity (site),
  };
  switch (site->auth) {
  case SITE_AUTH_PSK:
  case SITE_AUTH_CERTIFICATE: break;
  case SITE_AUTH_EAP_MSCHAPV2: options.methods[0] = EAP_TYPE_MSCHAPV2; break;
  case SITE_AUTH_EAP_GTC: options.methods[0] = EAP_TYPE_GTC; break;
  case SITE_AUTH_EAP_TLS: options.methods[0] = EAP_TYPE_TLS; break;
  case SITE_AUTH_EAP_TTLS: options.methods[0] = EAP_TYPE_TTLS; break;
  case SITE_AUTH_CERTIFICATE_EAP:
  case SITE_AUTH_EAP: choose_any (site, &options); break;
  }
  return options;
}
