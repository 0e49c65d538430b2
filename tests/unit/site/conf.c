/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "site/site.h"

#include <string.h>

#define SITE "[site]\naddress=vpn.example.com\n"
#define SIGN_IN "[sign-in]\nmethod=psk\nuser=anna\n"
#define CERT_TEXT "-----BEGIN CERTIFICATE-----\\nMAkGByqGSM49AgE=\\n-----END CERTIFICATE-----\\n"
#define CERT "-----BEGIN CERTIFICATE-----\nMAkGByqGSM49AgE=\n-----END CERTIFICATE-----\n"

#define CRL_TEXT "-----BEGIN X509 CRL-----\\nMAkGByqGSM49AgE=\\n-----END X509 CRL-----\\n"
#define CRL "-----BEGIN X509 CRL-----\nMAkGByqGSM49AgE=\n-----END X509 CRL-----\n"

static const char full[] = "# a file of the customer\n"
                           "\n[site]\n"
                           "name=Customer \xc3\x9cml\xc3\xa4ut\n"
                           "address=vpn.example.com:8443\n"
                           "entry-points=192.0.2.1:443;[2001:db8::1]:8443\n"
                           "entry-order=first-to-respond\n"
                           "addresses=198.51.100.7;2001:db8::7\n"
                           "interface=wlan0\n"
                           "source=192.0.2.9\n"
                           "portal-check=http://check.example.com/204\n"
                           "transport=tls\n"
                           "\n[tls]\n"
                           "name=www.example.com\n"
                           "ca=" CERT_TEXT "\n"
                           "pins=sha256/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
                           "\n[gateway]\n"
                           "identity=gw.example.com\n"
                           "ca=" CERT_TEXT "\n"
                           "\n[algorithms]\n"
                           "ike=aes256gcm16-prfsha384-ecp384;aes256-sha256-prfsha256-modp2048\n"
                           "esp=aes256gcm16-noesn\n"
                           "\n[sign-in]\n"
                           "method=eap\n"
                           "user=anna\n"
                           "local-identity=anna@example.com\n"
                           "eap-methods=ttls;gtc\n"
                           "inner=eap-gtc\n"
                           "eap-only=yes\n"
                           "anonymous-identity=@example.com\n"
                           "aaa-identity=radius.example.com\n"
                           "\n[proxy]\n"
                           "mode=manual\n"
                           "uri=http://proxy.example.com:3128\n"
                           "\n[network]\n"
                           "routes=10.0.0.0/8;2001:db8:1::/48\n"
                           "dns=10.0.0.53;2001:db8:1::53\n"
                           "domains=corp.example;~lab.example\n"
                           "mtu=1300\n";

static Site *
parse (const char *text, GError **error)
{
  return site_parse (text, -1, NULL, NULL, error);
}

static void
assert_full (const Site *site)
{
  g_assert_cmpstr (site->name, ==, "Customer \xc3\x9cml\xc3\xa4ut");
  g_assert_cmpstr (site->address.host, ==, "vpn.example.com");
  g_assert_cmpuint (site->address.port, ==, 8443);
  g_assert_cmpuint (site->entry_points->len, ==, 2);
  g_assert_cmpstr (g_array_index (site->entry_points, SiteAddress, 1).host, ==, "2001:db8::1");
  g_assert_cmpint (site->entry_order, ==, SITE_ENTRY_FIRST_TO_RESPOND);
  g_assert_cmpuint (site->addresses->len, ==, 2);
  g_assert_cmpint (g_array_index (site->addresses, InetAddr, 1).family, ==, INET_V6);
  g_assert_cmpstr (site->interface, ==, "wlan0");
  g_assert_cmpstr (site->portal_check, ==, "http://check.example.com/204");
  g_assert_cmpint (site->source_address.family, ==, INET_V4);
  g_assert_cmpint (site->transport, ==, SITE_TRANSPORT_TLS);
  g_assert_cmpstr (site_tls_name (site), ==, "www.example.com");
  g_assert_cmpstr (site->tls_ca_pem, ==, CERT);
  g_assert_cmpuint (site->tls_pins->len, ==, 1);
  g_assert_cmpuint (g_array_index (site->tls_pins, SitePin, 0).sha256[31], ==, 31);
  g_assert_cmpstr (site_gateway_identity (site), ==, "gw.example.com");
  g_assert_cmpstr (site->gateway_ca_pem, ==, CERT);
  g_assert_cmpuint (site->ike_algorithms.n, ==, 2);
  g_assert_cmpuint (site->ike_algorithms.at[1].at[3].id, ==, DH_MODP_2048);
  g_assert_cmpuint (site->esp_algorithms.n, ==, 1);
  g_assert_cmpint (site->auth, ==, SITE_AUTH_EAP);
  g_assert_cmpuint (site->eap_methods->len, ==, 2);
  g_assert_cmpint (g_array_index (site->eap_methods, SiteEap, 1), ==, SITE_EAP_GTC);
  g_assert_cmpint (site->inner, ==, SITE_INNER_EAP_GTC);
  g_assert_cmpint (site->eap_only, ==, SITE_EAP_ONLY_YES);
  g_assert_cmpstr (site->anonymous_identity, ==, "@example.com");
  g_assert_cmpstr (site_aaa_identity (site), ==, "radius.example.com");
  g_assert_cmpstr (site->user, ==, "anna");
  g_assert_cmpstr (site_local_identity (site), ==, "anna@example.com");
  g_assert_cmpint (site->proxy_mode, ==, SITE_PROXY_MANUAL);
  g_assert_cmpstr (site->proxy_uri, ==, "http://proxy.example.com:3128");
  g_assert_cmpuint (site->routes->len, ==, 2);
  g_assert_cmpuint (g_array_index (site->routes, InetPrefix, 1).length, ==, 48);
  g_assert_cmpuint (site->dns->len, ==, 2);
  g_assert_cmpuint (site->domains->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (site->domains, 1), ==, "~lab.example");
  g_assert_cmpuint (site->mtu, ==, 1300);
}

static void
test_full (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = parse (full, &error);
  g_assert_no_error (error);
  assert_full (site);
  g_autoptr (Site) copy = site_copy (site);
  assert_full (copy);
  g_autofree char *text = site_to_text (copy);
  g_assert_cmpstr (text, ==, full);
}

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = parse ("\xef\xbb\xbf[site]\r\naddress = gw\r\n" SIGN_IN, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (site->name, ==, "gw");
  g_assert_cmpuint (site->address.port, ==, 443);
  g_assert_cmpstr (site_tls_name (site), ==, "gw");
  g_assert_cmpstr (site_gateway_identity (site), ==, "gw");
  g_assert_cmpstr (site_local_identity (site), ==, "anna");
  g_assert_cmpint (site->entry_order, ==, SITE_ENTRY_PRIMARY_BACKUP);
  g_assert_cmpuint (site->addresses->len, ==, 0);
  g_assert_null (site->interface);
  g_assert_null (site->portal_check);
  g_assert_cmpint (site->source_address.family, ==, INET_NONE);
  g_assert_null (site->gateway_ca_pem);
  g_assert_cmpuint (site->ike_algorithms.n, ==, 0);
  g_assert_cmpuint (site->esp_algorithms.n, ==, 0);
  g_assert_cmpint (site->proxy_mode, ==, SITE_PROXY_AUTOMATIC);
  g_assert_cmpuint (site->mtu, ==, 0);
  g_assert_cmpuint (site->sign_in_lifetime, ==, 0);
  g_assert_cmpuint (site->routes->len, ==, 0);
}

/* Lists of revoked certificates stay beside the CA, in their order, and what is asked of an issuer. */
static void
test_revocation (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = parse (SITE SIGN_IN "[tls]\nrevocation=required\n[gateway]\n"
                                              "ca=" CRL_TEXT "prose " CERT_TEXT CRL_TEXT "\n",
      &error);
  g_assert_no_error (error);
  g_assert_cmpstr (site->gateway_ca_pem, ==, CRL CERT CRL);
  g_assert_cmpint (site->tls_revocation, ==, SITE_REVOCATION_REQUIRED);
  g_assert_cmpint (site->gateway_revocation, ==, SITE_REVOCATION_IF_KNOWN);
  g_autoptr (Site) copy = site_copy (site);
  g_assert_cmpint (copy->tls_revocation, ==, SITE_REVOCATION_REQUIRED);
}

/* A newer version's keys, groups, translations and everybody's comments survive a change. */
static void
test_unknown_survives (void)
{
  static const char text[] = "# one\n"
                             "[site]\n"
                             "# two\n"
                             "name=Old\n"
                             "name[de]=Alt\n"
                             "address=gw:443\n"
                             "colour=  blue \\x\n"
                             "\n"
                             "[sign-in]\n"
                             "method=psk\n"
                             "user=anna\n"
                             "\n"
                             "[future]\n"
                             "# three\n"
                             "thing=a;b\\;c\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = parse (text, &error);
  g_assert_no_error (error);
  g_auto (GStrv) unknown = site_unknown_keys (site);
  g_assert_cmpuint (g_strv_length (unknown), ==, 3);
  g_assert_cmpstr (unknown[2], ==, "[future] thing");

  g_free (site->name);
  site->name = g_strdup ("New");
  site->mtu = 1400;
  g_autofree char *written = site_to_text (site);
  for (const char *const *line =
           (const char *const[]){ "# one\n", "# two\n", "name=New\n", "name[de]=Alt\n",
               "colour=blue \\x\n", "# three\n", "thing=a;b\\;c\n", "mtu=1400\n", NULL };
       *line != NULL; line++) {
    g_test_message ("%s", *line);
    g_assert_nonnull (strstr (written, *line));
  }
  g_autoptr (Site) again = parse (written, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->name, ==, "New");
}

static const struct {
  const char *text;
  const char *says;
} bad[] = {
  { "", "no group [site]" },
  { "\n\n", "no group [site]" },
  { "[sites]\naddress=a\n", "no group [site]" },
  { "[site]\n" SIGN_IN, "line 1, key address in [site] is missing" },
  { SITE, "key method in [sign-in] is missing: add the group [sign-in]" },
  { SITE "[sign-in]\nmethod=psk\n", "line 3, key user in [sign-in] is missing" },
  { SITE "[sign-in]\nuser=anna\n", "line 3, key method in [sign-in] is missing" },
  { "[site]\n#\n\naddress=a b\n" SIGN_IN, "line 4, key address in [site]: this is no address" },
  { "[site]\naddress=gw:99999\n" SIGN_IN, "line 2, key address in [site]: the port" },
  { "[site]\naddress=gw\naddress=gx\n" SIGN_IN, "line 3, key address in [site]: stands in line 2" },
  { SITE SIGN_IN "[site]\n", "line 6: group [site] stands in line 1" },
  { "x=1\n" SITE SIGN_IN, "line 1: a key stands before" },
  { SITE "hello\n" SIGN_IN, "line 3: this is neither" },
  { SITE "=x\n" SIGN_IN, "line 3: a key has letters" },
  { SITE "a b=x\n" SIGN_IN, "line 3: a key has letters" },
  { SITE "[x\n" SIGN_IN, "line 3: a group is written [NAME]" },
  { SITE "[]\n" SIGN_IN, "line 3: a group is written [NAME]" },
  { SITE SIGN_IN "password=hunter2\n", "line 6, key password in [sign-in]: a site.conf holds no" },
  { SITE SIGN_IN "PSK=x\n", "line 6, key PSK in [sign-in]: a site.conf holds no" },
  { SITE SIGN_IN "[future]\nshared_secret=x\n", "a site.conf holds no secrets" },
  { SITE "name=a\\nb\n" SIGN_IN, "line 3, key name in [site]: the value holds a line break" },
  { SITE "name=a\\rb\n" SIGN_IN, "the value holds a line break" },
  { SITE "name=a\\qb\n" SIGN_IN, "line 3, key name in [site]: a backslash" },
  { SITE "name=a\033[31mb\n" SIGN_IN, "line 3: there is a control character" },
  { SITE "name=a\rb\n" SIGN_IN, "line 3: there is a control character" },
  { SITE "name=a\xc2\x9b"
         "b\n" SIGN_IN,
      "line 3, key name in [site]: the value holds" },
  { SITE "name=a\xe2\x80\xae"
         "b\n" SIGN_IN,
      "line 3, key name in [site]: the value holds" },
  { SITE "name=a\xff\n" SIGN_IN, "no UTF-8" },
  { SITE "transport=dtls\n" SIGN_IN, "line 3, key transport in [site]: the value must be one of" },
  { SITE "transport=udp\n" SIGN_IN, NULL },
  { SITE "transport=udp\n" SIGN_IN "[proxy]\nmode=manual\nuri=http://p:1\n",
      "line 3, key transport in [site]: UDP goes through no proxy" },
  { SITE "transport=auto\n" SIGN_IN "[proxy]\nmode=manual\nuri=http://p:1\n", NULL },
  { SITE "entry-points=a;b:0\n" SIGN_IN, "key entry-points in [site]: item 2: the port" },
  { SITE "entry-order=fastest\n" SIGN_IN,
      "line 3, key entry-order in [site]: the value must be one of: primary-backup, "
      "first-to-respond, random" },
  { SITE "entry-order=random\n" SIGN_IN, NULL },
  { SITE "addresses=192.0.2.1, gw.example.com\n" SIGN_IN,
      "line 3, key addresses in [site]: item 2: this is not an IPv4 or IPv6 address" },
  { SITE "addresses=192.0.2.1:443\n" SIGN_IN, "item 1: this is not an IPv4" },
  { SITE "addresses=0.0.0.0\n" SIGN_IN, "item 1: this address does not belong to a single host" },
  { SITE "addresses=127.0.0.1 ::1\n" SIGN_IN, NULL },
  { SITE "interface=averylonginterface\n" SIGN_IN,
      "line 3, key interface in [site]: the name of a network interface has at most 15" },
  { SITE "interface=eth 0\n" SIGN_IN, "has no blank, slash or colon" },
  { SITE "interface=../eth0\n" SIGN_IN, "has no blank, slash or colon" },
  { SITE "interface=eth0:1\n" SIGN_IN, "has no blank, slash or colon" },
  { SITE "interface=b\xc3\xbcro\n" SIGN_IN, "only ASCII" },
  { SITE "interface=..\n" SIGN_IN, "this is not the name of a network interface" },
  { SITE "interface=wlp0s20f3\n" SIGN_IN, NULL },
  { SITE "portal-check=https://check.example.com/\n" SIGN_IN,
      "line 3, key portal-check in [site]: this is neither \"none\" nor a URL" },
  { SITE "portal-check=http://localhost/\n" SIGN_IN, "this is neither \"none\" nor a URL" },
  { SITE "portal-check=http://check.example.com:81/x?y\n" SIGN_IN, NULL },
  { SITE "portal-check=none\n" SIGN_IN, NULL },
  { SITE "source=eth0\n" SIGN_IN, "line 3, key source in [site]: this is not an IPv4" },
  { SITE "source=192.0.2.1;192.0.2.2\n" SIGN_IN, "line 3, key source in [site]: this is not an" },
  { SITE "source=ff02::1\n" SIGN_IN, "this address does not belong to a single host" },
  { SITE "addresses=192.0.2.1\nsource=2001:db8::9\n" SIGN_IN,
      "line 4, key source in [site]: none of the addresses is of its family" },
  { SITE "addresses=192.0.2.1;2001:db8::1\nsource=2001:db8::9\n" SIGN_IN, NULL },
  { SITE SIGN_IN "[gateway]\nca=ca.pem\n", "line 7, key ca in [gateway]: a file is named" },
  { SITE SIGN_IN "[gateway]\nca=-----BEGIN CERTIFICATE-----\\n\n", "cut off" },
  { SITE SIGN_IN "[gateway]\nca=-----BEGIN RSA PRIVATE KEY-----\\n\n", "a private key stands" },
  { SITE SIGN_IN "[gateway]\nca=" CERT_TEXT
                 "-----BEGIN X509 CRL-----\\nMA\\n-----END X509 CRL-----\n",
      "line 7, key ca in [gateway]: a list of revoked certificates (CRL) is cut off or damaged" },
  { SITE SIGN_IN "[gateway]\nca=" CRL_TEXT "\n", "this is no certificate" },
  { SITE SIGN_IN "[gateway]\nrevocation=never\n",
      "key revocation in [gateway]: the value must be one of: if-known, required" },
  { SITE SIGN_IN "[gateway]\npins=sha256/AAAA\n", "line 7, key pins in [gateway]: item 1: a pin" },
  { SITE SIGN_IN "[tls]\npins=00\n", "a pin is sha256" },
  { SITE SIGN_IN "[algorithms]\nike=aes256-sha256-modp2048\nesp=aes256gcm16-ecp256-none\n", NULL },
  { SITE SIGN_IN "[algorithms]\nike=aes256-sha256-modp2048\nesp=hunter2\n",
      "line 8, key esp in [algorithms]: proposal 1: this names an algorithm that Visitor does not "
      "have; there are: aes256gcm16, " },
  { SITE SIGN_IN "[algorithms]\nike=aes256-sha1-modp2048\n",
      "line 7, key ike in [algorithms]: proposal 1: sha1 is too weak and is never used; there "
      "are" },
  { SITE SIGN_IN "[algorithms]\nike=aes256gcm16-ecp384\n", "proposal 1: the PRF is missing" },
  { SITE SIGN_IN "[tls]\nname=a/b\n", "line 7, key name in [tls]" },
  { SITE SIGN_IN "[network]\nroutes=10.0.0.1/8\n", "line 7, key routes in [network]: item 1" },
  { SITE SIGN_IN "[network]\nroutes=10.0.0.0/33\n", "a route is written" },
  { SITE SIGN_IN "[network]\nroutes=10.0.0.0/8;127.0.0.0/8\n", "item 2: the route never leaves" },
  { SITE SIGN_IN "[network]\nroutes=224.0.0.0/4\n", "item 1: the route never leaves" },
  { SITE SIGN_IN "[network]\nroutes=fe80::/64\n", "item 1: the route never leaves" },
  { SITE SIGN_IN "[network]\ndns=example.com\n", "this is not an IPv4" },
  { SITE SIGN_IN "[network]\ndns=224.0.0.1\n", "does not belong to a single host" },
  { SITE SIGN_IN "[network]\ndomains=corp.example,x;id,\n", NULL }, /* "x" and "id" are names */
  { SITE SIGN_IN "[network]\ndomains=$(id)\n", "line 7, key domains in [network]" },
  { SITE SIGN_IN "[network]\nmtu=100\n", "the MTU is" },
  { SITE SIGN_IN "[network]\nmtu=automatic\n", NULL },
  { SITE SIGN_IN "lifetime=0\n", "line 6, key lifetime in [sign-in]: the time is" },
  { SITE SIGN_IN "lifetime=600000\n", "line 6, key lifetime in [sign-in]: the time is" },
  { SITE SIGN_IN "lifetime=720\n", NULL },
  { SITE SIGN_IN "lifetime=unlimited\n", NULL },
  { SITE SIGN_IN "eap-methods=ttls, md5\n",
      "line 6, key eap-methods in [sign-in]: the value must be one of: tls, ttls, mschapv2, gtc" },
  { SITE SIGN_IN "eap-methods=ttls, ttls\n", "line 6, key eap-methods in [sign-in]: a word" },
  { SITE SIGN_IN "inner=md5\n", "line 6, key inner in [sign-in]: the value must be one of" },
  { SITE SIGN_IN "eap-only=yes\n", "line 6, key eap-only in [sign-in]: only with EAP-TLS" },
  { SITE "[sign-in]\nmethod=eap\nuser=anna\neap-methods=gtc\neap-only=yes\n",
      "line 7, key eap-only in [sign-in]: only with EAP-TLS" },
  { SITE SIGN_IN "aaa-identity=a b\n", "line 6, key aaa-identity in [sign-in]" },
  { SITE SIGN_IN "[proxy]\nmode=manual\n", "line 6, key uri in [proxy] is missing" },
  { SITE SIGN_IN "[proxy]\nuri=http://u:p@proxy:1\n", "neither a user nor a password" },
  { SITE SIGN_IN "[proxy]\nuri=ftp://proxy:1\n", "begins with http" },
  { SITE SIGN_IN "[proxy]\nuri=socks5://proxy:1\nuser=BIG\\\\anna\n", NULL },
  { SITE SIGN_IN "[proxy]\nuri=direct://\n", "is mode=none" },
  { SITE SIGN_IN "[proxy]\nca=ca.pem\n", "line 7, key ca in [proxy]" },
  { SITE SIGN_IN "[proxy]\nuri=proxy\n", "a proxy is written" },
  { "[connection]\nid=x\nuuid=y\ntype=vpn\n[vpn]\n", "this is a NetworkManager connection" },
  { "client\ndev tun\nremote vpn.example.com 1194\n", "this is an OpenVPN profile" },
  { "[Interface]\nPrivateKey=x\n[Peer]\n", "this is a WireGuard configuration" },
  { "connections {\n gw {\n", "this is a swanctl.conf" },
  { "conn home\n left=%any\n", "this is an ipsec.conf" },
  { CERT, "this is a certificate" },
  { "<html>", "this is a web page" },
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (Site) site = parse (bad[i].text, &error);
    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, error != NULL ? error->message : "accepted");
    if (bad[i].says == NULL) {
      g_assert_no_error (error);
      continue;
    }
    g_assert_null (site);
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
    g_assert_nonnull (strstr (error->message, bad[i].says));
    g_assert_null (strstr (error->message, "hunter2"));
  }
}

static char *
literals_of (const Site *site)
{
  g_autoptr (GArray) list = site_gateway_literals (site);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < list->len; i++) {
    char addr[INET_ADDR_STRLEN];
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
        inet_addr_format (&g_array_index (list, InetAddr, i), addr));
  }
  return g_string_free (text, FALSE);
}

/* The names that a gateway is looked for by: no literal, none twice, and none that has addresses of its own. And what
 * needs no looking. */
static void
test_gateway_names (void)
{
  static const struct {
    const char *text;
    const char *want, *literals;
  } rows[] = {
    { SITE SIGN_IN, "vpn.example.com", "" },
    { "[site]\naddress=192.0.2.1\n" SIGN_IN, "", "192.0.2.1" },
    { SITE "entry-points=b.example:1720;vpn.example.com:8443;[2001:db8::1]:443;B.example\n" SIGN_IN,
        "vpn.example.com b.example", "2001:db8::1" },
    { SITE "addresses=192.0.2.1\nentry-points=b.example\n" SIGN_IN, "b.example", "192.0.2.1" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (Site) site = parse (rows[i].text, &error);
    g_assert_no_error (error);
    g_autoptr (GPtrArray) names = site_gateway_names (site);
    g_ptr_array_add (names, NULL);
    g_autofree char *got = g_strjoinv (" ", (char **) names->pdata);
    g_assert_cmpstr (got, ==, rows[i].want);
    g_autofree char *literals = literals_of (site);
    g_assert_cmpstr (literals, ==, rows[i].literals);
  }
}

static void
test_not_text (void)
{
  static const char elf[] = "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0[site]\n";
  g_autoptr (GError) error = NULL;
  g_assert_null (site_parse (elf, sizeof elf, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "no UTF-8 text"));
  g_clear_error (&error);

  /* seen by its length, before anything in it is read */
  gsize len = 10 * 1024 * 1024;
  g_autofree char *big = g_malloc (len);
  memset (big, '\n', len);
  memcpy (big, elf, sizeof elf);
  g_assert_null (site_parse (big, (gssize) len, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "too long"));
}

/* A port that is written stands; else it is the transport's, also after the transport was changed. */
static void
test_ports (void)
{
  static const struct {
    const char *transport, *address;
    uint16_t port;
    bool has_tls;
  } cases[] = {
    { "tls", "gw", 443, true },
    { "tls", "gw:4500", 4500, true },
    { "auto", "gw", 443, true },
    { "auto", "gw:8443", 8443, true },
    { "tcp", "gw", 4500, false },
    { "tcp", "gw:443", 443, false },
    { "udp", "gw", 500, false },
    { "udp", "gw:4500", 4500, false },
    { "udp", "[2001:db8::1]:4501", 4501, false },
    { "udp", "2001:db8::1", 500, false },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdup_printf (
        "[site]\naddress=%s\ntransport=%s\n" SIGN_IN, cases[i].address, cases[i].transport);
    g_autoptr (Site) read = parse (text, NULL);
    g_autofree char *written = site_to_text (read);
    g_autoptr (Site) again = parse (written, NULL);
    g_autoptr (Site) copy = site_copy (again);
    g_assert_cmpuint (site_port (copy, &copy->address), ==, cases[i].port);
    g_assert_cmpint (site_has_tls (copy), ==, cases[i].has_tls);
    g_autofree char *line = g_strdup_printf ("\naddress=%s\n", cases[i].address);
    g_assert_nonnull (strstr (written, line));
  }
}

/* Every text field takes every character or refuses it; nothing new appears in the file (A17). */
static void
test_injection (void)
{
  static const char *const hostile[] = { "a\nb=c", "a\rb", "a\n[sign-in]\nuser=eve", "a=b", "[a]",
    "a\"b", "a'b", "a;b", "a\\nb", "a\\", "#a", "\\", "a\tb", "%s%n", "$(id)", "`id`" };
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++) {
    g_autoptr (Site) site = parse (SITE SIGN_IN, NULL);
    g_free (site->name);
    site->name = g_strdup (hostile[i]);
    site->gateway_identity = g_strdup (hostile[i]);
    site->local_identity = g_strdup (hostile[i]);
    g_autofree char *text = site_to_text (site);
    g_autoptr (GError) error = NULL;
    g_autoptr (Site) again = parse (text, &error);
    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, again != NULL ? "kept" : error->message);
    if (again == NULL) {
      g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
      continue;
    }
    g_assert_cmpstr (again->name, ==, hostile[i]);
    g_assert_cmpstr (again->gateway_identity, ==, hostile[i]);
    g_assert_cmpstr (again->local_identity, ==, hostile[i]);
    g_assert_cmpstr (again->user, ==, "anna");
    g_auto (GStrv) unknown = site_unknown_keys (again);
    g_assert_cmpuint (g_strv_length (unknown), ==, 0);
  }
}

static char *
read_ca (SiteFileKind kind, const char *name, void *user_data, GError **error)
{
  if (kind == SITE_FILE_KEY && strcmp (name, "../keys/anna.p12") == 0)
    return g_strdup ("new.key");
  if (strcmp (name, "ca.pem") == 0)
    return g_strdup ("Certificate:\n    Data: ...\n" CERT "\nand prose\n" CERT);
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, "no such file");
  return NULL;
}

static void
test_file_inline (void)
{
  g_autoptr (GError) error = NULL;
  static const char text[] = SITE SIGN_IN "[gateway]\nca=ca.pem\n";
  g_autoptr (Site) site = site_parse (text, -1, read_ca, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (site->gateway_ca_pem, ==, CERT CERT);
  g_autofree char *written = site_to_text (site);
  g_autoptr (Site) again = parse (written, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->gateway_ca_pem, ==, CERT CERT);

  static const char absent[] = SITE SIGN_IN "[tls]\nca=other.pem\n";
  g_assert_null (site_parse (absent, -1, read_ca, NULL, &error));
  g_assert_cmpstr (error->message, ==, "line 7, key ca in [tls]: no such file");
}

#define CERT_SITE "[site]\naddress=gw\n[gateway]\nidentity=CN=gw,O=Example\n[sign-in]\n"

/* A certificate needs no user; its key is a file beside the site, or on a token. */
static void
test_certificate (void)
{
  g_autoptr (GError) error = NULL;
  static const char imported[] =
      CERT_SITE "method=certificate\ncertificate=ca.pem\nkey=../keys/anna.p12\n";
  g_autoptr (Site) site = site_parse (imported, -1, read_ca, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (site->auth, ==, SITE_AUTH_CERTIFICATE);
  g_assert_cmpstr (site->key, ==, "new.key");
  g_assert_cmpstr (site->certificate_pem, ==, CERT CERT);
  g_assert_null (site_local_identity (site));
  g_autofree char *written = site_to_text (site);
  g_autoptr (Site) again = parse (written, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->key, ==, "new.key");

  static const char token[] = CERT_SITE "method=certificate+eap\nuser=anna\nrsa-padding=pkcs1\n"
                                        "key=pkcs11:token=card;id=%01;type=private\n";
  g_autoptr (Site) on_token = site_parse (token, -1, read_ca, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (on_token->key, ==, "pkcs11:token=card;id=%01;type=private");
  g_assert_cmpint (on_token->rsa_padding, ==, SITE_RSA_PKCS1);
}

static const struct {
  const char *lines;
  const char *message;
} bad_certificates[] = {
  { "method=certificate\n",
      "line 5, key key in [sign-in] is missing: add key=FILE or key=pkcs11:URI" },
  { "method=eap-tls\nuser=anna\n",
      "line 5, key key in [sign-in] is missing: add key=FILE or key=pkcs11:URI" },
  { "method=certificate+eap\nkey=a.key\n",
      "line 5, key user in [sign-in] is missing: add user=NAME" },
  { "method=certificate\nkey=../a.key\n",
      "line 7, key key in [sign-in]: a key's file is beside the site: its name has no slash" },
  { "method=certificate\nkey=pkcs11:token=a?pin-value=1234\n",
      "line 7, key key in [sign-in]: a PIN must not stand in a site; it is asked for" },
  { "method=certificate\nkey=PKCS11:token=a?PIN-SOURCE=file:x\n",
      "line 7, key key in [sign-in]: a PIN must not stand in a site; it is asked for" },
  { "method=certificate\nkey=a b\n",
      "line 7, key key in [sign-in]: a key's file or URI has no blank and only ASCII characters" },
};

static void
test_bad_certificates (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (bad_certificates); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = g_strconcat (CERT_SITE, bad_certificates[i].lines, NULL);
    g_assert_null (site_parse (text, -1, NULL, NULL, &error));
    g_assert_cmpstr (error->message, ==, bad_certificates[i].message);
  }
  g_autoptr (GError) error = NULL;
  g_assert_null (
      site_parse (CERT_SITE "method=certificate\nkey=absent.key\n", -1, read_ca, NULL, &error));
  g_assert_cmpstr (error->message, ==, "line 7, key key in [sign-in]: no such file");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/site/conf/gateway-names", test_gateway_names);
  g_test_add_func ("/site/conf/full", test_full);
  g_test_add_func ("/site/conf/revocation", test_revocation);
  g_test_add_func ("/site/conf/certificate", test_certificate);
  g_test_add_func ("/site/conf/bad-certificates", test_bad_certificates);
  g_test_add_func ("/site/conf/defaults", test_defaults);
  g_test_add_func ("/site/conf/unknown-survives", test_unknown_survives);
  g_test_add_func ("/site/conf/bad", test_bad);
  g_test_add_func ("/site/conf/not-text", test_not_text);
  g_test_add_func ("/site/conf/ports", test_ports);
  g_test_add_func ("/site/conf/injection", test_injection);
  g_test_add_func ("/site/conf/file-inline", test_file_inline);
  return g_test_run ();
}
