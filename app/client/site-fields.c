/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorField: the keys of site.conf(5) that few people need, and what they are called: one table for the
 * window and for the editors of NetworkManager's programs, in the order in which a person asks.
 *
 * Its words are of the domain "visitor", also in somebody else's program. Pure. */
#include "config.h"

#include "client/site-fields.h"

#include <glib/gi18n-lib.h>

/* In each the first is what a site has that says nothing. */
const VisitorFieldChoice visitor_field_methods[] = {
  { "eap-mschapv2", N_ ("Password") },
  { "eap-gtc", N_ ("One-time code") },
  { "eap-ttls", N_ ("Password, in TLS") },
  { "eap", N_ ("As the gateway asks") },
  { "certificate", N_ ("Certificate") },
  { "eap-tls", N_ ("Certificate, in TLS") },
  { "certificate+eap", N_ ("Certificate and more") },
  { "psk", N_ ("Pre-shared key") },
  { NULL },
};

static const VisitorFieldChoice revocations[] = {
  { "if-known", N_ ("If it is known") },
  { "required", N_ ("Proof is required") },
  { NULL },
};

static const VisitorFieldChoice inners[] = {
  { "eap", N_ ("As the server asks") },
  { "pap", N_ ("PAP") },
  { "mschapv2", N_ ("MSCHAPv2") },
  { "eap-mschapv2", N_ ("EAP-MSCHAPv2") },
  { "eap-gtc", N_ ("EAP-GTC") },
  { "eap-md5", N_ ("EAP-MD5") },
  { NULL },
};

static const VisitorFieldChoice no_yes[] = { { "no", N_ ("No") }, { "yes", N_ ("Yes") }, { NULL } };

static const VisitorFieldChoice yes_no[] = { { "yes", N_ ("Yes") }, { "no", N_ ("No") }, { NULL } };

static const VisitorFieldChoice paddings[] = {
  { "pss", N_ ("PSS") },
  { "pkcs1", N_ ("PKCS #1 v1.5") },
  { NULL },
};

static const VisitorFieldChoice childless[] = {
  { "never", N_ ("With the sign-in") },
  { "prefer", N_ ("After the sign-in") },
  { NULL },
};

static const char *const with_signature[] = { "certificate", "certificate+eap", NULL };
static const char *const with_tunnel[] = { "eap-ttls", "eap", "certificate+eap", NULL };
static const char *const with_server[] = { "eap-ttls", "eap-tls", "eap", "certificate+eap", NULL };
static const char *const with_proposals[] = { "eap", "certificate+eap", NULL };
static const char *const with_mutual_eap[] = { "eap-ttls", "eap-tls", "eap", NULL };

#define AS_THE_GATEWAY_SAYS N_ ("As the gateway says")
#define METHOD(words) \
  { \
    VISITOR_FIELD_METHOD, words \
  }

static const VisitorField network[] = {
  { VISITOR_FIELD_TEXT, "network.routes", N_ ("_Networks"), .nothing = AS_THE_GATEWAY_SAYS },
  { VISITOR_FIELD_TEXT, "network.dns", N_ ("Name _servers"), .nothing = AS_THE_GATEWAY_SAYS },
  { VISITOR_FIELD_TEXT, "network.domains", N_ ("_Domains"), .nothing = AS_THE_GATEWAY_SAYS },
  { VISITOR_FIELD_TEXT, "network.allowed-domains", N_ ("Domains that the _gateway may name"),
      .nothing = N_ ("Any of its own") },
  { VISITOR_FIELD_TEXT, "network.mtu", N_ ("_MTU"), .nothing = N_ ("Automatic") },
};

static const VisitorField proofs[] = {
  { VISITOR_FIELD_TEXT, "gateway.identity", N_ ("_Identity of the gateway"),
      .nothing = N_ ("Its name or address") },
  { VISITOR_FIELD_TEXT, "gateway.pins", N_ ("_Pinned keys of the gateway") },
  { VISITOR_FIELD_CHOICE, "gateway.revocation", N_ ("Gateway’s certificate is not _revoked"),
      .choices = revocations },
  { VISITOR_FIELD_TEXT, "tls.name", N_ ("_Name in the TLS certificate"),
      .nothing = N_ ("Its name or address") },
  { VISITOR_FIELD_CERTIFICATES, "tls.ca", N_ ("_Authority of the TLS certificate"),
      .nothing = N_ ("As for the gateway") },
  { VISITOR_FIELD_TEXT, "tls.pins", N_ ("Pinned _keys of the TLS server") },
  { VISITOR_FIELD_CHOICE, "tls.revocation", N_ ("_TLS certificate is not revoked"),
      .choices = revocations },
};

static const VisitorField sign_in[] = {
  { VISITOR_FIELD_TEXT, "sign-in.local-identity", N_ ("Your _identity, if not the user") },
  { VISITOR_FIELD_TEXT, "sign-in.anonymous-identity", N_ ("_User shown outside of TLS"),
      .when = METHOD (with_tunnel) },
  { VISITOR_FIELD_CHOICE, "sign-in.inner", N_ ("I_nside TLS"), .choices = inners,
      .when = METHOD (with_tunnel) },
  { VISITOR_FIELD_TEXT, "sign-in.aaa-identity", N_ ("Name of the _server for sign-ins"),
      .when = METHOD (with_server) },
  { VISITOR_FIELD_TEXT, "sign-in.eap-methods", N_ ("_Methods that the gateway may propose"),
      .nothing = "tls; ttls; mschapv2; gtc", .when = METHOD (with_proposals) },
  { VISITOR_FIELD_CHOICE, "sign-in.eap-only", N_ ("That server alone may _vouch for the gateway"),
      .choices = no_yes, .when = METHOD (with_mutual_eap) },
  { VISITOR_FIELD_CHOICE, "sign-in.rsa-padding", N_ ("Signatures of an _RSA key"),
      .choices = paddings, .when = METHOD (with_signature) },
  { VISITOR_FIELD_TEXT, "sign-in.ppk-identity", N_ ("Name of a post-_quantum key") },
  { VISITOR_FIELD_CHOICE, "sign-in.ppk-required", N_ ("Not _without that key"), .choices = yes_no,
      .when = { "sign-in.ppk-identity", NULL } },
  { VISITOR_FIELD_SECRET, "ppk", N_ ("_Post-quantum key"),
      .when = { "sign-in.ppk-identity", NULL } },
  { VISITOR_FIELD_TEXT, "sign-in.lifetime", N_ ("Sign in anew _after, in minutes"),
      .nothing = AS_THE_GATEWAY_SAYS },
};

static const VisitorField algorithms[] = {
  { VISITOR_FIELD_TEXT, "algorithms.ike", N_ ("For _IKE"), .nothing = N_ ("All that are strong") },
  { VISITOR_FIELD_TEXT, "algorithms.esp", N_ ("For _ESP"), .nothing = N_ ("All that are strong") },
  { VISITOR_FIELD_CHOICE, "gateway.childless", N_ ("_Ask for the tunnel"), .choices = childless },
};

const VisitorFieldSection visitor_field_sections[] = {
  { N_ ("What goes through the tunnel"), network, G_N_ELEMENTS (network) },
  { N_ ("Who the gateway must prove to be"), proofs, G_N_ELEMENTS (proofs) },
  { N_ ("How you sign in"), sign_in, G_N_ELEMENTS (sign_in) },
  { N_ ("Algorithms"), algorithms, G_N_ELEMENTS (algorithms) },
};

const gsize visitor_n_field_sections = G_N_ELEMENTS (visitor_field_sections);

/* The words of a table like this one, in the user's language. */
const char *
visitor_field_words (const char *text)
{
  return _ (text);
}

/* A translated label without its mnemonic. Transfer: full. */
char *
visitor_field_plain (const char *label)
{
  g_auto (GStrv) parts = g_strsplit (label, "_", 2);
  return g_strjoinv ("", parts);
}
