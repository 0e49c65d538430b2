/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/algorithm-policy.h"
#include "base/error.h"
#include "base/inet.h"
#include "base/slice.h"

/* One site: a gateway, how to reach it, how to sign in, what goes through it. A plain value, its text
 * form is site.conf(5). Keys this version does not know are kept in the text. */

#define SITE_PIN_LEN 32
#define SITE_TEXT_MAX (48 * 1024) /* fits one message to the worker, with room for the rest */

typedef enum {
  SITE_TRANSPORT_TLS,
  SITE_TRANSPORT_TCP, /* RFC 9329 without TLS around it */
  SITE_TRANSPORT_UDP, /* as any IPsec client: RFC 7296 and RFC 3948 */
  SITE_TRANSPORT_AUTO, /* UDP, and TLS where that does not get through */
} SiteTransport;

/* Which entry point is used. */
typedef enum {
  SITE_ENTRY_PRIMARY_BACKUP, /* the first that can be had */
  SITE_ENTRY_FIRST_TO_RESPOND,
  SITE_ENTRY_RANDOM, /* chosen once for a connection, then kept */
} SiteEntryOrder;

typedef enum {
  SITE_PPK_REQUIRED,
  SITE_PPK_OPTIONAL,
} SitePpkUse;

typedef enum {
  SITE_CHILDLESS_NEVER,
  SITE_CHILDLESS_PREFER, /* where the gateway can */
} SiteChildless;

typedef enum {
  SITE_AUTH_PSK,
  SITE_AUTH_EAP_MSCHAPV2,
  SITE_AUTH_EAP_GTC,
  SITE_AUTH_EAP_TLS,
  SITE_AUTH_EAP_TTLS,
  SITE_AUTH_EAP, /* what the gateway proposes out of eap_methods */
  SITE_AUTH_CERTIFICATE,
  SITE_AUTH_CERTIFICATE_EAP, /* the certificate, and then EAP */
} SiteAuth;

typedef enum {
  SITE_EAP_TLS,
  SITE_EAP_TTLS,
  SITE_EAP_MSCHAPV2,
  SITE_EAP_GTC,
} SiteEap;

/* What is spoken inside EAP-TTLS. */
typedef enum {
  SITE_INNER_EAP, /* MSCHAPv2, GTC or MD5, as the server asks */
  SITE_INNER_PAP,
  SITE_INNER_MSCHAPV2,
  SITE_INNER_EAP_MSCHAPV2,
  SITE_INNER_EAP_GTC,
  SITE_INNER_EAP_MD5,
} SiteInner;

typedef enum {
  SITE_EAP_ONLY_NO,
  SITE_EAP_ONLY_YES, /* the gateway may prove itself by EAP alone (RFC 5998) */
} SiteEapOnly;

typedef enum {
  SITE_RSA_PSS,
  SITE_RSA_PKCS1, /* for gateways that cannot do better */
} SiteRsaPadding;

typedef enum {
  SITE_PROXY_AUTOMATIC,
  SITE_PROXY_NONE,
  SITE_PROXY_MANUAL,
} SiteProxyMode;

/* What a certificate's issuer must be known to say of it. */
typedef enum {
  SITE_REVOCATION_IF_KNOWN, /* nothing, but what it says counts */
  SITE_REVOCATION_REQUIRED, /* that it is not revoked */
} SiteRevocation;

/* host is an address literal without brackets or an ASCII (A-label) name. */
typedef struct {
  char *host;
  uint16_t port;
  bool port_is_default; /* none was written: see site_port () */
} SiteAddress;

typedef struct {
  uint8_t sha256[SITE_PIN_LEN]; /* of the certificate's SubjectPublicKeyInfo */
} SitePin;

typedef struct _Site {
  char *name; /* for people; never empty */
  SiteAddress address;
  GArray *entry_points; /* SiteAddress, besides `address`; may be empty */
  SiteEntryOrder entry_order;
  GArray *addresses; /* InetAddr, where `address` is found; empty = DNS is asked */
  char *interface; /* by which the way goes out; NULL = by the routes */
  InetAddr source_address; /* of what is sent; family INET_NONE = by the routes */
  char *portal_check; /* URL that answers 204, or "none"; NULL = the address itself is asked */
  SiteTransport transport;

  char *tls_name; /* name the TLS certificate must carry; NULL = address.host */
  char *tls_ca_pem; /* NULL = gateway_ca_pem, and the system's where that is NULL too */
  GArray *tls_pins; /* SitePin */
  SiteRevocation tls_revocation;

  char *gateway_identity; /* IDr; NULL = address.host */
  char *gateway_ca_pem; /* NULL = the system's */
  GArray *gateway_pins; /* SitePin */
  SiteRevocation gateway_revocation;

  SiteChildless childless; /* RFC 6023 */

  char *ppk_identity; /* of a post-quantum preshared key (RFC 8784); NULL = none */
  SitePpkUse ppk_required;

  AlgorithmPolicy ike_algorithms, esp_algorithms; /* without proposals = the default */

  SiteAuth auth;
  char *user; /* EAP identity, or IDi with a PSK; NULL with a certificate alone */
  char *local_identity; /* IDi; NULL = user, or what the certificate says */
  char *certificate_pem; /* ours and what leads to its CA; NULL = it is with the key */
  char *key; /* a file beside the site, or a pkcs11: URI; NULL without a certificate */
  SiteRsaPadding rsa_padding;

  GArray *eap_methods; /* SiteEap, the dearest first; empty = all that can be spoken */
  SiteInner inner;
  SiteEapOnly eap_only;
  char *anonymous_identity; /* EAP identity outside of a tunnel; NULL = user */
  char *aaa_identity; /* name of the TLS server of EAP-TLS and -TTLS; NULL = gateway_identity */

  unsigned int sign_in_lifetime; /* minutes; 0 = as long as the gateway lets it be */

  SiteProxyMode proxy_mode;
  char *proxy_uri; /* with SITE_PROXY_MANUAL */
  char *proxy_user; /* NULL = a proxy that asks is told what a person types */
  char *proxy_ca_pem; /* of proxies behind TLS; NULL = the system's */

  GArray *routes; /* InetPrefix; empty = what the gateway's selectors say */
  GArray *dns; /* InetAddr; empty = what the gateway says */
  GPtrArray *domains; /* char *; empty = what the gateway says */
  GPtrArray *allowed_domains; /* char *, what the gateway may say; empty = any of its own */
  unsigned int mtu; /* 0 = automatic */

  GKeyFile *source; /* the text as it was read: unknown keys, comments */
} Site;

Site *site_new (void);
Site *site_copy (const Site *site);
void site_free (Site *site);

typedef enum {
  SITE_FILE_CERTIFICATES,
  SITE_FILE_KEY,
} SiteFileKind;

/* Takes a file that is named in a site.conf which comes from somewhere else. Of certificates it returns
 * the contents as PEM, of a key the name that it has been given beside the site. Transfer: full. */
typedef char *(*SiteReadFileFunc) (
    SiteFileKind kind, const char *name, void *user_data, GError **error);

Site *site_parse (
    const char *text, gssize len, SiteReadFileFunc read_file, void *user_data, GError **error);
char *site_to_text (const Site *site);
char **site_unknown_keys (const Site *site);

bool site_address_parse (const char *text, SiteAddress *ret_address, GError **error);
char *site_address_format (const SiteAddress *address);
void site_address_clear (SiteAddress *address);

bool site_pin_of_certificate (Slice der, SitePin *ret_pin);

uint16_t site_port (const Site *site, const SiteAddress *address);
bool site_has_tls (const Site *site);
bool site_has_udp (const Site *site);
GPtrArray *site_gateway_names (const Site *site);
GArray *site_gateway_literals (const Site *site);
const char *site_tls_name (const Site *site);
const char *site_gateway_identity (const Site *site);
const char *site_local_identity (const Site *site);
const char *site_aaa_identity (const Site *site);
bool site_auth_has_certificate (SiteAuth auth);
bool site_may_use_eap_tls (const Site *site);
bool site_key_is_uri (const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Site, site_free)
