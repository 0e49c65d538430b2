/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session, the certificate that nobody known vouches for: a person is asked whose key it is.
 *
 * Asked is only where the site names neither CA nor pin, nothing but the issuer speaks against the
 * certificate, and nobody was asked about that part before; a connection that was up asks nothing any
 * more. Until the answer nothing is open: no stream and no SA can run out while somebody looks for a
 * letter. A yes holds for this key and this session; then it begins anew. Another key than the site has
 * pinned is never asked about: it ends the session, and what was shown is told. */
#include <string.h>

#include "tunnel/session-private.h"

/* A certificate that was shown where `trust`, one of the session's, decides. */
typedef struct {
  Slice der;
  const char *part, *name; /* the group of site.conf, and what the certificate must carry */
  TrustVerdict alone; /* apart from its issuer */
  CertificateInfo info; /* owned */
} Shown;

static void
shown_clear (Shown *shown)
{
  certificate_info_clear (&shown->info);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Shown, shown_clear)

static bool
look_at (const Session *self, const SiteTrust *trust, GBytes *certificate, Shown *ret_shown)
{
  const Site *site = self->start->site;
  bool is_tls = trust == &self->tls_trust;
  TrustPurpose purpose = is_tls ? TRUST_PURPOSE_TLS_SERVER : TRUST_PURPOSE_IKE_GATEWAY;
  Shown *shown = ret_shown;
  shown->der = slice_of_bytes (certificate);
  shown->part = is_tls ? "tls" : "gateway";
  shown->name = is_tls ? site_tls_name (site) : site_gateway_identity (site);
  shown->alone = crypto_trust_judge_alone (
      shown->der, purpose, shown->name, g_get_real_time () / G_USEC_PER_SEC);
  return crypto_certificate_info (shown->der, &shown->info);
}

static void
describe (const Shown *shown, GVariantDict *dict)
{
  const char *reason = trust_verdict_to_string (TRUST_UNKNOWN_ISSUER);
  g_variant_dict_insert (dict, "part", "s", shown->part);
  g_variant_dict_insert (dict, "name", "s", shown->name);
  g_variant_dict_insert (dict, "reason", "s", reason);
  g_variant_dict_insert_value (dict, "certificate",
      g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, shown->der.data, shown->der.len, 1));
  g_variant_dict_insert (dict, "subject", "s", shown->info.subject);
  g_variant_dict_insert (dict, "issuer", "s", shown->info.issuer);
  g_variant_dict_insert (dict, "not-before", "x", shown->info.not_before);
  g_variant_dict_insert (dict, "not-after", "x", shown->info.not_after);
}

/* Asks whether the certificate, of which the issuer alone is unknown, is to be believed in the part of
 * the way that `trust`, one of the session's, is for; drops stream and SA. False: it may not be asked
 * about, or is NULL, and nothing is changed. */
bool
session_ask_trust (Session *self, SiteTrust *trust, GBytes *certificate)
{
  if (certificate == NULL || !trust->may_ask || self->was_connected)
    return false;
  g_autoptr (GBytes) held = g_bytes_ref (certificate); /* it may be the SA's */
  g_auto (Shown) shown = { 0 };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  if (!look_at (self, trust, held, &shown))
    return false;
  if (shown.alone != TRUST_OK) {
    g_message ("nobody is asked about the certificate: it is also %s",
        trust_verdict_to_string (shown.alone));
    return false;
  }
  g_message ("asking whether the key of %s, in [%s], is to be believed", shown.name, shown.part);
  uplink_close (self->uplink);
  session_forget_ike (self);
  self->asked_trust = trust;
  memcpy (self->asked_pin, shown.info.pin, sizeof shown.info.pin);
  describe (&shown, &dict);
  control_send (self->control, MESSAGE_WANT_TRUST, g_variant_dict_end (&dict));
  return true;
}

/* The end, by an error that may be about a certificate whose issuer is unknown (else NULL). Where the
 * site goes by pinned keys, the certificate is told, and the error is that the key is another one. */
void
session_end_untrusted (
    Session *self, const SiteTrust *trust, GBytes *certificate, const GError *error)
{
  g_auto (Shown) shown = { 0 };
  if (certificate == NULL || !trust->by_pins || !look_at (self, trust, certificate, &shown)) {
    session_end (self, error);
    return;
  }
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  describe (&shown, &dict);
  g_variant_dict_insert (&dict, "acceptable", "b", shown.alone == TRUST_OK);
  control_send (self->control, MESSAGE_KEY_CHANGED, g_variant_dict_end (&dict));
  g_autoptr (GError) changed = g_error_new (VISITOR_ERROR, VISITOR_ERROR_KEY_CHANGED,
      "the key of %s is not one of the pins in [%s]: %s", shown.name, shown.part, error->message);
  session_end (self, changed);
}

/* The answer; one to no question changes nothing. */
void
session_take_trust (Session *self, GVariant *body)
{
  gboolean trusted;
  g_variant_get (body, "(b)", &trusted);
  SiteTrust *asked = g_steal_pointer (&self->asked_trust);
  if (asked == NULL || tunnel_state_is_final (self->state))
    return;
  if (!trusted) {
    g_autoptr (GError) error = g_error_new (VISITOR_ERROR, VISITOR_ERROR_TRUST_DECLINED,
        "nobody vouches for the key of the %s",
        asked == &self->tls_trust ? "TLS server" : "IKE gateway");
    session_end (self, error);
    return;
  }
  g_message ("its key is believed in this connection");
  site_trust_pin (asked, self->asked_pin);
  backoff_reset (&self->backoff);
  session_connect_again (self);
}
