/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EditorFields: the description from which the editors for GTK 3 and GTK 4 are built: one table of what
 * site.conf(5) has, in the order in which a person asks. Pure. */
#include "nm/editor/fields.h"

#include <string.h>

#include "nm/words.h"

static const EditorChoice methods[] = {
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

static const EditorChoice transports[] = {
  { "tls", N_ ("TLS") },
  { "auto", N_ ("UDP, or else TLS") },
  { "udp", N_ ("UDP") },
  { "tcp", N_ ("TCP without TLS") },
  { NULL },
};

static const EditorChoice entry_orders[] = {
  { "primary-backup", N_ ("The first that can be had") },
  { "first-to-respond", N_ ("The first that answers") },
  { "random", N_ ("Any, by chance") },
  { NULL },
};

static const EditorChoice proxy_modes[] = {
  { "automatic", N_ ("As the desktop says") },
  { "none", N_ ("None") },
  { "manual", N_ ("The one below") },
  { NULL },
};

static const EditorChoice revocations[] = {
  { "if-known", N_ ("If it is known") },
  { "required", N_ ("Proof is required") },
  { NULL },
};

static const EditorChoice inners[] = {
  { "eap", N_ ("As the server asks") },
  { "pap", N_ ("PAP") },
  { "mschapv2", N_ ("MSCHAPv2") },
  { "eap-mschapv2", N_ ("EAP-MSCHAPv2") },
  { "eap-gtc", N_ ("EAP-GTC") },
  { "eap-md5", N_ ("EAP-MD5") },
  { NULL },
};

static const EditorChoice no_yes[] = { { "no", N_ ("No") }, { "yes", N_ ("Yes") }, { NULL } };
static const EditorChoice yes_no[] = { { "yes", N_ ("Yes") }, { "no", N_ ("No") }, { NULL } };

static const EditorChoice paddings[] = {
  { "pss", N_ ("PSS") },
  { "pkcs1", N_ ("PKCS #1 v1.5") },
  { NULL },
};

static const EditorChoice childless[] = {
  { "never", N_ ("With the sign-in") },
  { "prefer", N_ ("After the sign-in") },
  { NULL },
};

static const char *const with_user[] = { "eap-mschapv2", "eap-gtc", "eap-ttls", "eap", "eap-tls",
  "certificate+eap", "psk", NULL };
static const char *const with_password[] = { "eap-mschapv2", "eap-ttls", "eap", "certificate+eap",
  NULL };
static const char *const with_psk[] = { "psk", NULL };
static const char *const with_key[] = { "certificate", "eap-tls", "certificate+eap", "eap", NULL };
static const char *const with_signature[] = { "certificate", "certificate+eap", NULL };
static const char *const with_tunnel[] = { "eap-ttls", "eap", "certificate+eap", NULL };
static const char *const with_server[] = { "eap-ttls", "eap-tls", "eap", "certificate+eap", NULL };
static const char *const with_proposals[] = { "eap", "certificate+eap", NULL };
static const char *const with_mutual_eap[] = { "eap-ttls", "eap-tls", "eap", NULL };
static const char *const with_own_proxy[] = { "manual", NULL };

#define AS_THE_GATEWAY_SAYS N_ ("As the gateway says")
#define METHOD(words) \
  { \
    EDITOR_METHOD, words \
  }

static const EditorField general[] = {
  { EDITOR_TEXT, "site.address", N_ ("_Address of the gateway"),
      N_ ("A name or an address, with a port behind a colon if it is not the usual one."),
      .nothing = "vpn.example.com:443" },
  { EDITOR_CERTIFICATES, "gateway.ca", N_ ("Certificate authori_ty"),
      .nothing = N_ ("Those of this computer") },
  { EDITOR_TEXT, "gateway.identity", N_ ("_Identity of the gateway"),
      .nothing = N_ ("Its name or address") },
  { EDITOR_CHOICE, EDITOR_METHOD, N_ ("Sign in _by"), .choices = methods },
  { EDITOR_TEXT, "sign-in.user", N_ ("_User name"), .when = METHOD (with_user) },
  { EDITOR_SECRET, "password", N_ ("_Password"), .when = METHOD (with_password) },
  { EDITOR_SECRET, "psk", N_ ("Pre-_shared key"), .when = METHOD (with_psk) },
  { EDITOR_KEY, "sign-in.key", N_ ("_Key of your certificate"),
      N_ ("A file or a key on a token (pkcs11:). It is opened as the one user whom the connection "
          "belongs to, so do not make it available to other users."),
      .when = METHOD (with_key) },
  { EDITOR_SECRET, "passphrase", N_ ("Passp_hrase of the key"), .when = METHOD (with_key) },
  { EDITOR_CERTIFICATES, "sign-in.certificate", N_ ("Your _certificate"),
      .nothing = N_ ("What is with the key"), .when = METHOD (with_key) },
};

static const EditorField way[] = {
  { EDITOR_CHOICE, "site.transport", N_ ("_Transport"), .choices = transports },
  { EDITOR_TEXT, "site.entry-points", N_ ("_More addresses to try"),
      .nothing = N_ ("vpn2.example.com; 192.0.2.7:8443") },
  { EDITOR_CHOICE, "site.entry-order", N_ ("_Which of them is used"), .choices = entry_orders,
      .when = { "site.entry-points", NULL } },
  { EDITOR_TEXT, "site.addresses", N_ ("Addresses, if not from _DNS"),
      .nothing = N_ ("What DNS says of the gateway") },
  { EDITOR_TEXT, "site.interface", N_ ("By this _interface alone"),
      .nothing = N_ ("As the routes say") },
  { EDITOR_TEXT, "site.source", N_ ("_From this address of yours"),
      .nothing = N_ ("As the routes say") },
  { EDITOR_TEXT, "site.portal-check", N_ ("Pa_ge that tells of a sign-in to the network"),
      N_ ("NetworkManager tells of that itself. This is for the same site in Visitor’s own window: "
          "a "
          "page that answers 204, or “none”."),
      .nothing = N_ ("The gateway is asked") },
  { EDITOR_CHOICE, "proxy.mode", N_ ("_Proxy"),
      N_ ("NetworkManager is not told what the desktop says: for this connection that means none."),
      .choices = proxy_modes },
  { EDITOR_TEXT, "proxy.uri", N_ ("_Address of the proxy"),
      .nothing = "http://proxy.example.com:3128", .when = { "proxy.mode", with_own_proxy } },
  { EDITOR_TEXT, "proxy.user", N_ ("_User at the proxy"),
      .when = { "proxy.mode", with_own_proxy } },
  { EDITOR_CERTIFICATES, "proxy.ca", N_ ("_Certificate authority of the proxy"),
      .nothing = N_ ("Those of this computer"), .when = { "proxy.mode", with_own_proxy } },
};

static const EditorField proofs[] = {
  { EDITOR_TEXT, "gateway.pins", N_ ("_Pinned keys of the gateway") },
  { EDITOR_CHOICE, "gateway.revocation", N_ ("Its certificate is not _revoked"),
      .choices = revocations },
  { EDITOR_TEXT, "tls.name", N_ ("_Name in the TLS certificate"),
      .nothing = N_ ("Its name or address") },
  { EDITOR_CERTIFICATES, "tls.ca", N_ ("_Authority of the TLS certificate"),
      .nothing = N_ ("As for the gateway") },
  { EDITOR_TEXT, "tls.pins", N_ ("Pinned _keys of the TLS server") },
  { EDITOR_CHOICE, "tls.revocation", N_ ("_TLS certificate is not revoked"),
      .choices = revocations },
};

static const EditorField sign_in[] = {
  { EDITOR_TEXT, "sign-in.local-identity", N_ ("Your _identity, if not the user") },
  { EDITOR_TEXT, "sign-in.anonymous-identity", N_ ("_User shown outside of TLS"),
      .when = METHOD (with_tunnel) },
  { EDITOR_CHOICE, "sign-in.inner", N_ ("I_nside TLS"), .choices = inners,
      .when = METHOD (with_tunnel) },
  { EDITOR_TEXT, "sign-in.aaa-identity", N_ ("Name of the _server for sign-ins"),
      .when = METHOD (with_server) },
  { EDITOR_TEXT, "sign-in.eap-methods", N_ ("_Methods that the gateway may propose"),
      .nothing = "tls; ttls; mschapv2; gtc", .when = METHOD (with_proposals) },
  { EDITOR_CHOICE, "sign-in.eap-only", N_ ("That server alone may _vouch for the gateway"),
      .choices = no_yes, .when = METHOD (with_mutual_eap) },
  { EDITOR_CHOICE, "sign-in.rsa-padding", N_ ("Signatures of an _RSA key"), .choices = paddings,
      .when = METHOD (with_signature) },
  { EDITOR_TEXT, "sign-in.ppk-identity", N_ ("Name of a post-_quantum key") },
  { EDITOR_CHOICE, "sign-in.ppk-required", N_ ("Not _without that key"), .choices = yes_no,
      .when = { "sign-in.ppk-identity", NULL } },
  { EDITOR_SECRET, "ppk", N_ ("_Post-quantum key"), .when = { "sign-in.ppk-identity", NULL } },
  { EDITOR_TEXT, "sign-in.lifetime", N_ ("Sign in anew _after, in minutes"),
      .nothing = AS_THE_GATEWAY_SAYS },
};

static const EditorField network[] = {
  { EDITOR_TEXT, "network.routes", N_ ("_Networks"), .nothing = AS_THE_GATEWAY_SAYS },
  { EDITOR_TEXT, "network.dns", N_ ("Name _servers"), .nothing = AS_THE_GATEWAY_SAYS },
  { EDITOR_TEXT, "network.domains", N_ ("_Domains"), .nothing = AS_THE_GATEWAY_SAYS },
  { EDITOR_TEXT, "network.allowed-domains", N_ ("Domains that the _gateway may name"),
      .nothing = N_ ("Any of its own") },
  { EDITOR_TEXT, "network.mtu", N_ ("_MTU"), .nothing = N_ ("automatic") },
};

static const EditorField algorithms[] = {
  { EDITOR_TEXT, "algorithms.ike", N_ ("For _IKE"), .nothing = N_ ("All that are strong") },
  { EDITOR_TEXT, "algorithms.esp", N_ ("For _ESP"), .nothing = N_ ("All that are strong") },
  { EDITOR_CHOICE, "gateway.childless", N_ ("_Ask for the tunnel"), .choices = childless },
};

const EditorSection editor_sections[] = {
  { NULL, general, G_N_ELEMENTS (general) },
  { N_ ("Way to the gateway"), way, G_N_ELEMENTS (way) },
  { N_ ("Who the gateway must prove to be"), proofs, G_N_ELEMENTS (proofs) },
  { N_ ("How you sign in"), sign_in, G_N_ELEMENTS (sign_in) },
  { N_ ("What goes through the tunnel"), network, G_N_ELEMENTS (network) },
  { N_ ("Algorithms"), algorithms, G_N_ELEMENTS (algorithms) },
};

const gsize editor_n_sections = G_N_ELEMENTS (editor_sections);

/* NULL for what no field shows. */
const EditorField *
editor_field_of (const char *item)
{
  for (gsize i = 0; i < editor_n_sections; i++) {
    const EditorSection *section = &editor_sections[i];
    for (gsize j = 0; j < section->n_fields; j++) {
      if (g_str_equal (section->fields[j].item, item))
        return &section->fields[j];
    }
  }
  return NULL;
}

/* The translated label without its mnemonic. Transfer: full. */
char *
editor_field_plain_label (const EditorField *field)
{
  g_auto (GStrv) parts = g_strsplit (_ (field->label), "_", 2);
  return g_strjoinv ("", parts);
}
