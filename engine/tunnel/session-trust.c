/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session, the certificate that nobody known vouches for: a person is asked whose key it is.
 *
 * Asked is only where the site names neither CA nor pin, nothing but the issuer speaks against the
 * certificate, and nobody was asked about that part before; a connection that was up asks nothing any
 * more. Until the answer nothing is open: no stream and no SA can run out while somebody looks for a
 * letter. A yes holds for this key and this session; then it begins anew. */
#include <string.h>

#include "tunnel/session-private.h"

static GVariant *
question (const char *part, const char *name, Slice der, const CertificateInfo *info)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const char *reason = trust_verdict_to_string (TRUST_UNKNOWN_ISSUER);
  g_variant_dict_insert (&dict, "part", "s", part);
  g_variant_dict_insert (&dict, "name", "s", name);
  g_variant_dict_insert (&dict, "reason", "s", reason);
  g_variant_dict_insert_value (
      &dict, "certificate", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, der.data, der.len, 1));
  g_variant_dict_insert (&dict, "subject", "s", info->subject);
  g_variant_dict_insert (&dict, "issuer", "s", info->issuer);
  g_variant_dict_insert (&dict, "not-before", "x", info->not_before);
  g_variant_dict_insert (&dict, "not-after", "x", info->not_after);
  return g_variant_dict_end (&dict);
}

/* Asks whether the certificate, of which the issuer alone is unknown, is to be believed in the part of
 * the way that `trust`, one of the session's, is for; drops stream and SA. False: it may not be asked
 * about, or is NULL, and nothing is changed. */
bool
session_ask_trust (Session *self, SiteTrust *trust, GBytes *certificate)
{
  if (certificate == NULL || !trust->may_ask || self->was_connected)
    return false;
  const Site *site = self->start->site;
  bool is_tls = trust == &self->tls_trust;
  const char *name = is_tls ? site_tls_name (site) : site_gateway_identity (site);
  TrustPurpose purpose = is_tls ? TRUST_PURPOSE_TLS_SERVER : TRUST_PURPOSE_IKE_GATEWAY;
  g_autoptr (GBytes) held = g_bytes_ref (certificate); /* it may be the SA's */
  Slice der = SLICE (g_bytes_get_data (held, NULL), g_bytes_get_size (held));
  TrustVerdict verdict =
      crypto_trust_judge_alone (der, purpose, name, g_get_real_time () / G_USEC_PER_SEC);
  if (verdict != TRUST_OK) {
    g_message (
        "nobody is asked about the certificate: it is also %s", trust_verdict_to_string (verdict));
    return false;
  }
  g_auto (CertificateInfo) info = { 0 };
  if (!crypto_certificate_info (der, &info))
    return false;
  g_message ("asking whether the key of %s, for %s, is to be believed",
      is_tls ? "the TLS server" : "the IKE gateway", name);
  uplink_close (self->uplink);
  session_forget_ike (self);
  self->asked_trust = trust;
  memcpy (self->asked_pin, info.pin, sizeof info.pin);
  control_send (
      self->control, MESSAGE_WANT_TRUST, question (is_tls ? "tls" : "gateway", name, der, &info));
  return true;
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
