/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SiteValueKind: the scalar values of a site.conf, reader and writer of each side by side.
 *
 * A reader gets text that GKeyFile has unescaped and that is not empty; it writes the field only on
 * success, and its error says what is wrong without repeating the text. A writer returns the one form
 * of the value, or NULL where there is none. Lists are in value-list.c. */
#include "site/value.h"

#include <string.h>

#include "base/error.h"
#include "base/proxy.h"
#include "base/web-url.h"
#include "site/host.h"
#include "site/pem.h"
#include "site/site.h"

#define TEXT_MAX_LEN 255
#define KEY_MAX_LEN 1024
#define INTERFACE_MAX_LEN 15 /* IFNAMSIZ, without its NUL */
#define MTU_MIN 576
#define MTU_MAX 9000
#define MINUTES_MAX (366 * 24 * 60)

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, why);
  return FALSE;
}

static void
set_string (void *field, char *value)
{
  char **string = field;
  g_free (*string);
  *string = value;
}

static char *
write_string (const void *field, const void *rule)
{
  return g_strdup (*(char *const *) field);
}

/* Line and paragraph separators, and what turns the direction of the text around it (UAX 9). */
static gboolean
is_misleading (gunichar c)
{
  return c == 0x2028 || c == 0x2029 || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static gboolean
read_text (void *field, const char *text, const void *rule, GError **error)
{
  if (strlen (text) > TEXT_MAX_LEN)
    return refuse (error, "the value has more than 255 octets");
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (g_unichar_iscntrl (c) || is_misleading (c))
      return refuse (error, "the value holds a line break or another control character");
  }
  set_string (field, g_strdup (text));
  return TRUE;
}

const SiteValueKind site_value_text = { read_text, write_string };

static gboolean
read_name (void *field, const char *text, const void *rule, GError **error)
{
  char *name = site_host_normalize (text, error);
  if (name == NULL)
    return FALSE;
  set_string (field, name);
  return TRUE;
}

const SiteValueKind site_value_name = { read_name, write_string };

static gboolean
read_address (void *field, const char *text, const void *rule, GError **error)
{
  SiteAddress address;
  if (!site_address_parse (text, &address, error))
    return FALSE;
  site_address_clear (field);
  *(SiteAddress *) field = address;
  return TRUE;
}

static char *
write_address (const void *field, const void *rule)
{
  const SiteAddress *address = field;
  return address->host != NULL ? site_address_format (address) : NULL;
}

const SiteValueKind site_value_address = { read_address, write_address };

static gboolean
read_place (void *field, const char *text, const void *rule, GError **error)
{
  InetAddr addr;
  if (!inet_addr_parse (text, &addr))
    return refuse (error, "this is not an IPv4 or IPv6 address");
  if (!site_addr_is_of_host (&addr))
    return refuse (error, "this address does not belong to a single host");
  *(InetAddr *) field = addr;
  return TRUE;
}

static char *
write_place (const void *field, const void *rule)
{
  const InetAddr *addr = field;
  char buf[INET_ADDR_STRLEN];
  return addr->family != INET_NONE ? g_strdup (inet_addr_format (addr, buf)) : NULL;
}

const SiteValueKind site_value_place = { read_place, write_place };

/* What the kernel takes as a name (dev_valid_name ()), and nothing that a log or a screen shows oddly. */
static gboolean
read_interface (void *field, const char *text, const void *rule, GError **error)
{
  if (strlen (text) > INTERFACE_MAX_LEN)
    return refuse (error, "the name of a network interface has at most 15 characters");
  for (const char *p = text; *p != '\0'; p++) {
    if (!g_ascii_isgraph (*p) || *p == '/' || *p == ':')
      return refuse (
          error, "the name of a network interface has no blank, slash or colon, and only ASCII");
  }
  if (strcmp (text, ".") == 0 || strcmp (text, "..") == 0)
    return refuse (error, "this is not the name of a network interface");
  set_string (field, g_strdup (text));
  return TRUE;
}

const SiteValueKind site_value_interface = { read_interface, write_string };

static gboolean
read_portal_check (void *field, const char *text, const void *rule, GError **error)
{
  WebUrl url;
  if (strcmp (text, "none") != 0 && (!web_url_parse (text, &url) || url.is_https))
    return refuse (error, "this is neither \"none\" nor a URL that begins with http://");
  set_string (field, g_strdup (text));
  return TRUE;
}

const SiteValueKind site_value_portal_check = { read_portal_check, write_string };

static gboolean
read_choice (void *field, const char *text, const void *rule, GError **error)
{
  const char *const *words = rule;
  for (int i = 0; words[i] != NULL; i++) {
    if (strcmp (words[i], text) == 0) {
      *(int *) field = i;
      return TRUE;
    }
  }
  g_autofree char *all = g_strjoinv (", ", (char **) words);
  g_set_error (
      error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, "the value must be one of: %s", all);
  return FALSE;
}

static char *
write_choice (const void *field, const void *rule)
{
  const char *const *words = rule;
  return g_strdup (words[*(const int *) field]);
}

const SiteValueKind site_value_choice = { read_choice, write_choice };

static gboolean
read_certificates (void *field, const char *text, const void *rule, GError **error)
{
  char *pem = site_pem_normalize (text, error);
  if (pem == NULL)
    return FALSE;
  set_string (field, pem);
  return TRUE;
}

const SiteValueKind site_value_certificates = { read_certificates, write_string };

/* Attributes of a PKCS#11 URI that are a secret, or lead to one (RFC 7512 section 2.4). */
static gboolean
has_pin (const char *uri)
{
  g_autofree char *lower = g_ascii_strdown (uri, -1);
  return strstr (lower, "pin-value") != NULL || strstr (lower, "pin-source") != NULL;
}

static gboolean
read_key (void *field, const char *text, const void *rule, GError **error)
{
  if (strlen (text) > KEY_MAX_LEN)
    return refuse (error, "the value has more than 1024 octets");
  for (const char *p = text; *p != '\0'; p++) {
    if (!g_ascii_isgraph (*p))
      return refuse (error, "a key's file or URI has no blank and only ASCII characters");
  }
  if (site_key_is_uri (text) && has_pin (text))
    return refuse (error, "a PIN must not stand in a site; it is asked for");
  if (!site_key_is_uri (text) && (strchr (text, '/') != NULL || text[0] == '.'))
    return refuse (error, "a key's file is beside the site: its name has no slash");
  set_string (field, g_strdup (text));
  return TRUE;
}

const SiteValueKind site_value_key = { read_key, write_string };

static gboolean
read_uri (void *field, const char *text, const void *rule, GError **error)
{
  Proxy proxy;
  switch (proxy_parse (text, &proxy)) {
  case PROXY_URI_OK: break;
  case PROXY_URI_NOT_ONE:
    return refuse (error, "a proxy is written like http://proxy.example.com:3128");
  case PROXY_URI_SCHEME:
    return refuse (error, "a proxy's URI begins with http://, https://, socks5:// or socks4a://");
  case PROXY_URI_USER:
    return refuse (error, "neither a user nor a password may stand in the proxy's URI");
  }
  if (proxy.kind == PROXY_DIRECT)
    return refuse (error, "no proxy at all is mode=none");
  return read_text (field, text, rule, error);
}

const SiteValueKind site_value_uri = { read_uri, write_string };

static gboolean
read_mtu (void *field, const char *text, const void *rule, GError **error)
{
  guint64 mtu = 0;
  if (strcmp (text, "automatic") != 0 &&
      !g_ascii_string_to_unsigned (text, 10, MTU_MIN, MTU_MAX, &mtu, NULL))
    return refuse (error, "the MTU is \"automatic\" or a number from 576 to 9000");
  *(unsigned int *) field = (unsigned int) mtu;
  return TRUE;
}

static char *
write_mtu (const void *field, const void *rule)
{
  unsigned int mtu = *(const unsigned int *) field;
  return mtu == 0 ? g_strdup ("automatic") : g_strdup_printf ("%u", mtu);
}

const SiteValueKind site_value_mtu = { read_mtu, write_mtu };

static gboolean
read_minutes (void *field, const char *text, const void *rule, GError **error)
{
  guint64 minutes = 0;
  if (strcmp (text, "unlimited") != 0 &&
      !g_ascii_string_to_unsigned (text, 10, 1, MINUTES_MAX, &minutes, NULL))
    return refuse (error, "the time is \"unlimited\" or a number of minutes, a year at most");
  *(unsigned int *) field = (unsigned int) minutes;
  return TRUE;
}

static char *
write_minutes (const void *field, const void *rule)
{
  unsigned int minutes = *(const unsigned int *) field;
  return minutes == 0 ? g_strdup ("unlimited") : g_strdup_printf ("%u", minutes);
}

const SiteValueKind site_value_minutes = { read_minutes, write_minutes };
