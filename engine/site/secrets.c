/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SiteSecret: which secrets a site's sign-in asks for, as far as the site can tell. Pure. */
#include "site/secrets.h"

static const struct {
  SiteSecret secret;
  const char *name;
} names[SITE_N_SECRETS] = {
  { SITE_SECRET_PSK, "psk" },
  { SITE_SECRET_PASSWORD, "password" },
  { SITE_SECRET_PPK, "ppk" },
  { SITE_SECRET_PASSPHRASE, "passphrase" },
  { SITE_SECRET_CODE, "code" },
  { SITE_SECRET_PIN, "pin" },
};

/* NULL for what is no single secret. */
const char *
site_secret_name (SiteSecret secret)
{
  for (gsize i = 0; i < SITE_N_SECRETS; i++) {
    if (names[i].secret == secret)
      return names[i].name;
  }
  return NULL;
}

/* 0 where the name is none. */
SiteSecret
site_secret_from_name (const char *name)
{
  for (gsize i = 0; i < SITE_N_SECRETS; i++) {
    if (g_str_equal (names[i].name, name))
      return names[i].secret;
  }
  return 0;
}

/* False for what is good for once, or dangerous to try twice. */
bool
site_secret_may_be_kept (SiteSecret secret)
{
  return (secret & (SITE_SECRET_CODE | SITE_SECRET_PIN)) == 0;
}

static unsigned int
of_tunnel (SiteInner inner)
{
  switch (inner) {
  case SITE_INNER_PAP:
  case SITE_INNER_MSCHAPV2:
  case SITE_INNER_EAP_MSCHAPV2:
  case SITE_INNER_EAP_MD5: return SITE_SECRET_PASSWORD;
  case SITE_INNER_EAP_GTC: return SITE_SECRET_CODE;
  case SITE_INNER_EAP: break;
  }
  return SITE_SECRET_PASSWORD | SITE_SECRET_CODE;
}

static unsigned int
of_method (const Site *site)
{
  switch (site->auth) {
  case SITE_AUTH_PSK: return SITE_SECRET_PSK;
  case SITE_AUTH_EAP_MSCHAPV2: return SITE_SECRET_PASSWORD;
  case SITE_AUTH_EAP_GTC: return SITE_SECRET_CODE;
  case SITE_AUTH_EAP_TTLS: return of_tunnel (site->inner);
  case SITE_AUTH_EAP:
  case SITE_AUTH_CERTIFICATE_EAP: return SITE_SECRET_PASSWORD | SITE_SECRET_CODE;
  case SITE_AUTH_EAP_TLS:
  case SITE_AUTH_CERTIFICATE: break;
  }
  return 0;
}

/* All that may be asked for while a site is signed in to. */
unsigned int
site_secrets_possible (const Site *site)
{
  unsigned int secrets = of_method (site);
  if (site->key != NULL)
    secrets |= site_key_is_uri (site->key) ? SITE_SECRET_PIN : SITE_SECRET_PASSPHRASE;
  if (site->ppk_identity != NULL)
    secrets |= SITE_SECRET_PPK;
  return secrets;
}

/* What is asked for in any case, and can be given before: where it depends on the gateway or on a key, or
 * is good for one moment only, it is not among them. */
unsigned int
site_secrets_certain (const Site *site)
{
  unsigned int secrets = of_method (site);
  bool gateway_chooses = (secrets & SITE_SECRET_CODE) != 0;
  if (gateway_chooses)
    secrets = 0;
  if (site->ppk_identity != NULL && site->ppk_required == SITE_PPK_REQUIRED)
    secrets |= SITE_SECRET_PPK;
  return secrets;
}
