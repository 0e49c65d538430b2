/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EditorFields: the description from which the editors for GTK 3 and GTK 4 are built: what everybody needs and
 * the way to the gateway, and then the table that the window has too. Pure. */
#include "nm/editor/fields.h"

#include <string.h>

#include "nm/words.h"

static const VisitorFieldChoice transports[] = {
  { "tls", N_ ("TLS") },
  { "auto", N_ ("UDP, or else TLS") },
  { "udp", N_ ("UDP") },
  { "tcp", N_ ("TCP without TLS") },
  { NULL },
};

static const VisitorFieldChoice entry_orders[] = {
  { "primary-backup", N_ ("The first that can be had") },
  { "first-to-respond", N_ ("The first that answers") },
  { "random", N_ ("Any, by chance") },
  { NULL },
};

static const VisitorFieldChoice proxy_modes[] = {
  { "automatic", N_ ("As the desktop says") },
  { "none", N_ ("None") },
  { "manual", N_ ("The one below") },
  { NULL },
};

static const char *const with_user[] = { "eap-mschapv2", "eap-gtc", "eap-ttls", "eap", "eap-tls",
  "certificate+eap", "psk", NULL };
static const char *const with_password[] = { "eap-mschapv2", "eap-ttls", "eap", "certificate+eap",
  NULL };
static const char *const with_psk[] = { "psk", NULL };
static const char *const with_key[] = { "certificate", "eap-tls", "certificate+eap", "eap", NULL };
static const char *const with_own_proxy[] = { "manual", NULL };

#define METHOD(words) \
  { \
    VISITOR_FIELD_METHOD, words \
  }

static const VisitorField general[] = {
  { VISITOR_FIELD_TEXT, "site.address", N_ ("_Address of the gateway"),
      N_ ("A name or an address, with a port behind a colon if it is not the usual one."),
      .nothing = "vpn.example.com:443" },
  { VISITOR_FIELD_CERTIFICATES, "gateway.ca", N_ ("Certificate authori_ty"),
      .nothing = N_ ("Those of this computer") },
  { VISITOR_FIELD_CHOICE, VISITOR_FIELD_METHOD, N_ ("Sign in _by"),
      .choices = visitor_field_methods },
  { VISITOR_FIELD_TEXT, "sign-in.user", N_ ("_User name"), .when = METHOD (with_user) },
  { VISITOR_FIELD_SECRET, "password", N_ ("_Password"), .when = METHOD (with_password) },
  { VISITOR_FIELD_SECRET, "psk", N_ ("Pre-_shared key"), .when = METHOD (with_psk) },
  { VISITOR_FIELD_KEY, "sign-in.key", N_ ("_Key of your certificate"),
      N_ ("A file or a key on a token (pkcs11:). It is opened as the one user whom the connection "
          "belongs to, so do not make it available to other users."),
      .when = METHOD (with_key) },
  { VISITOR_FIELD_SECRET, "passphrase", N_ ("Passp_hrase of the key"), .when = METHOD (with_key) },
  { VISITOR_FIELD_CERTIFICATES, "sign-in.certificate", N_ ("Your _certificate"),
      .nothing = N_ ("What is with the key"), .when = METHOD (with_key) },
};

static const VisitorField way[] = {
  { VISITOR_FIELD_CHOICE, "site.transport", N_ ("_Transport"), .choices = transports },
  { VISITOR_FIELD_TEXT, "site.entry-points", N_ ("_More addresses to try"),
      .nothing = N_ ("vpn2.example.com; 192.0.2.7:8443") },
  { VISITOR_FIELD_CHOICE, "site.entry-order", N_ ("_Which of them is used"),
      .choices = entry_orders, .when = { "site.entry-points", NULL } },
  { VISITOR_FIELD_TEXT, "site.addresses", N_ ("Addresses, if not from _DNS"),
      .nothing = N_ ("What DNS says of the gateway") },
  { VISITOR_FIELD_TEXT, "site.interface", N_ ("By this _interface alone"),
      .nothing = N_ ("As the routes say") },
  { VISITOR_FIELD_TEXT, "site.source", N_ ("_From this address of yours"),
      .nothing = N_ ("As the routes say") },
  { VISITOR_FIELD_TEXT, "site.portal-check", N_ ("Pa_ge that tells of a sign-in to the network"),
      N_ ("NetworkManager tells of that itself. This is for the same site in Visitor’s own window: "
          "a "
          "page that answers 204, or “none”."),
      .nothing = N_ ("The gateway is asked") },
  { VISITOR_FIELD_CHOICE, "proxy.mode", N_ ("_Proxy"),
      N_ ("NetworkManager is not told what the desktop says: for this connection that means none."),
      .choices = proxy_modes },
  { VISITOR_FIELD_TEXT, "proxy.uri", N_ ("_Address of the proxy"),
      .nothing = "http://proxy.example.com:3128", .when = { "proxy.mode", with_own_proxy } },
  { VISITOR_FIELD_TEXT, "proxy.user", N_ ("_User at the proxy"),
      .when = { "proxy.mode", with_own_proxy } },
  { VISITOR_FIELD_CERTIFICATES, "proxy.ca", N_ ("_Certificate authority of the proxy"),
      .nothing = N_ ("Those of this computer"), .when = { "proxy.mode", with_own_proxy } },
};

static const VisitorFieldSection own[] = {
  { NULL, general, G_N_ELEMENTS (general) },
  { N_ ("Way to the gateway"), way, G_N_ELEMENTS (way) },
};

/* The i-th, in the order of the page; NULL behind the last. */
const VisitorFieldSection *
editor_section (gsize i)
{
  if (i < G_N_ELEMENTS (own))
    return &own[i];
  i -= G_N_ELEMENTS (own);
  return i < visitor_n_field_sections ? &visitor_field_sections[i] : NULL;
}

/* The words of either table in the user's language, each of its own domain. */
const char *
editor_words (const char *text)
{
  const char *words = _ (text);
  return words != text ? words : visitor_field_words (text);
}

/* NULL for what no field shows. */
const VisitorField *
editor_field_of (const char *item)
{
  const VisitorFieldSection *section;
  for (gsize i = 0; (section = editor_section (i)) != NULL; i++) {
    for (gsize j = 0; j < section->n_fields; j++) {
      if (g_str_equal (section->fields[j].item, item))
        return &section->fields[j];
    }
  }
  return NULL;
}
