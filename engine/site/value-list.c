/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SiteValueKind for lists. Items stand between semicolons, commas or blanks and are written with
 * semicolons; an empty list has no text. */
#include <string.h>

#include "base/error.h"
#include "site/host.h"
#include "site/site.h"
#include "site/value.h"

#define LIST_MAX 256

typedef gboolean (*ReadItemFunc) (void *list, const char *item, GError **error);

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, why);
  return FALSE;
}

/* Reads every item into list, which is empty before. */
static gboolean
read_items (void *list, const char *text, ReadItemFunc read_item, GError **error)
{
  g_auto (GStrv) items = g_strsplit_set (text, ";, \t", -1);
  unsigned int n = 0;
  for (unsigned int i = 0; items[i] != NULL; i++) {
    if (items[i][0] == '\0')
      continue;
    if (++n > LIST_MAX)
      return refuse (error, "the list has more than 256 items");
    if (!read_item (list, items[i], error)) {
      g_prefix_error (error, "item %u: ", n);
      return FALSE;
    }
  }
  return TRUE;
}

/* Fills the GArray in field, or leaves it as it was. */
static gboolean
read_array (void *field, const char *text, ReadItemFunc read_item, GError **error)
{
  GArray *list = *(GArray **) field;
  g_array_set_size (list, 0);
  if (read_items (list, text, read_item, error))
    return TRUE;
  g_array_set_size (list, 0);
  return FALSE;
}

static char *
join (GPtrArray *items)
{
  if (items->len == 0)
    return NULL;
  g_ptr_array_add (items, NULL);
  return g_strjoinv (";", (char **) items->pdata);
}

static gboolean
read_address_item (void *list, const char *item, GError **error)
{
  SiteAddress address;
  if (!site_address_parse (item, &address, error))
    return FALSE;
  g_array_append_val ((GArray *) list, address);
  return TRUE;
}

static gboolean
read_addresses (void *field, const char *text, const void *rule, GError **error)
{
  return read_array (field, text, read_address_item, error);
}

static char *
write_addresses (const void *field, const void *rule)
{
  const GArray *list = *(GArray *const *) field;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
  for (unsigned int i = 0; i < list->len; i++)
    g_ptr_array_add (items, site_address_format (&g_array_index (list, SiteAddress, i)));
  return join (items);
}

const SiteValueKind site_value_addresses = { read_addresses, write_addresses };

static gboolean
read_prefix_item (void *list, const char *item, GError **error)
{
  InetPrefix prefix;
  if (!inet_prefix_parse (item, &prefix))
    return refuse (error, "a route is written ADDRESS/LENGTH");
  if (!inet_prefix_is_canonical (&prefix))
    return refuse (error, "the route has bits set behind its length");
  if (inet_prefix_stays_local (&prefix))
    return refuse (error, "the route never leaves this machine or its link");
  g_array_append_val ((GArray *) list, prefix);
  return TRUE;
}

static gboolean
read_prefixes (void *field, const char *text, const void *rule, GError **error)
{
  return read_array (field, text, read_prefix_item, error);
}

static char *
write_prefixes (const void *field, const void *rule)
{
  const GArray *list = *(GArray *const *) field;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
  char buf[INET_PREFIX_STRLEN];
  for (unsigned int i = 0; i < list->len; i++) {
    const char *item = inet_prefix_format (&g_array_index (list, InetPrefix, i), buf);
    g_ptr_array_add (items, g_strdup (item));
  }
  return join (items);
}

const SiteValueKind site_value_prefixes = { read_prefixes, write_prefixes };

static gboolean
read_addr_item (void *list, const char *item, GError **error)
{
  InetAddr addr;
  if (!inet_addr_parse (item, &addr))
    return refuse (error, "this is not an IPv4 or IPv6 address");
  if (!inet_addr_is_unicast (&addr))
    return refuse (error, "this address does not belong to a single host");
  g_array_append_val ((GArray *) list, addr);
  return TRUE;
}

static gboolean
read_addrs (void *field, const char *text, const void *rule, GError **error)
{
  return read_array (field, text, read_addr_item, error);
}

static gboolean
read_place_item (void *list, const char *item, GError **error)
{
  InetAddr addr;
  if (!site_value_place.read (&addr, item, NULL, error))
    return FALSE;
  g_array_append_val ((GArray *) list, addr);
  return TRUE;
}

static gboolean
read_places (void *field, const char *text, const void *rule, GError **error)
{
  return read_array (field, text, read_place_item, error);
}

static char *
write_addrs (const void *field, const void *rule)
{
  const GArray *list = *(GArray *const *) field;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
  char buf[INET_ADDR_STRLEN];
  for (unsigned int i = 0; i < list->len; i++) {
    const char *item = inet_addr_format (&g_array_index (list, InetAddr, i), buf);
    g_ptr_array_add (items, g_strdup (item));
  }
  return join (items);
}

const SiteValueKind site_value_addrs = { read_addrs, write_addrs };
const SiteValueKind site_value_places = { read_places, write_addrs };

static gboolean
read_name_item (void *list, const char *item, GError **error)
{
  char *name = site_name_normalize (item, error);
  if (name != NULL)
    g_ptr_array_add (list, name);
  return name != NULL;
}

/* A name, or ~NAME for one whose queries go into the tunnel without being a search domain. */
static gboolean
read_domain_item (void *list, const char *item, GError **error)
{
  if (item[0] != '~')
    return read_name_item (list, item, error);
  g_autofree char *name = site_name_normalize (item + 1, error);
  if (name == NULL)
    return FALSE;
  g_ptr_array_add (list, g_strconcat ("~", name, NULL));
  return TRUE;
}

static gboolean
read_strings (void *field, const char *text,
    gboolean (*read_item) (void *list, const char *item, GError **error), GError **error)
{
  GPtrArray *list = *(GPtrArray **) field;
  g_ptr_array_set_size (list, 0);
  if (read_items (list, text, read_item, error))
    return TRUE;
  g_ptr_array_set_size (list, 0);
  return FALSE;
}

static gboolean
read_domains (void *field, const char *text, const void *rule, GError **error)
{
  return read_strings (field, text, read_domain_item, error);
}

static gboolean
read_names (void *field, const char *text, const void *rule, GError **error)
{
  return read_strings (field, text, read_name_item, error);
}

static char *
write_strings (const void *field, const void *rule)
{
  const GPtrArray *list = *(GPtrArray *const *) field;
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  for (unsigned int i = 0; i < list->len; i++)
    g_ptr_array_add (items, g_ptr_array_index (list, i));
  return join (items);
}

const SiteValueKind site_value_domains = { read_domains, write_strings };
const SiteValueKind site_value_names = { read_names, write_strings };

static gboolean
read_algorithms (void *field, const char *text, const void *rule, GError **error)
{
  return algorithm_policy_parse (*(const AlgorithmUse *) rule, text, field, error);
}

static char *
write_algorithms (const void *field, const void *rule)
{
  return algorithm_policy_format (field);
}

const SiteValueKind site_value_algorithms = { read_algorithms, write_algorithms };

static gboolean
decode_hex (const char *hex, SitePin *ret_pin)
{
  g_autofree char *digits = g_strdup (hex);
  size_t n = 0;
  for (const char *p = hex; *p != '\0'; p++) {
    if (*p != ':')
      digits[n++] = *p;
  }
  if (n != 2 * SITE_PIN_LEN)
    return FALSE;
  for (size_t i = 0; i < SITE_PIN_LEN; i++) {
    int high = g_ascii_xdigit_value (digits[2 * i]), low = g_ascii_xdigit_value (digits[2 * i + 1]);
    if (high < 0 || low < 0)
      return FALSE;
    ret_pin->sha256[i] = (uint8_t) (high << 4 | low);
  }
  return TRUE;
}

/* Only the one encoding of 32 octets counts, so that a character more or less is seen. */
static gboolean
decode_base64 (const char *base64, SitePin *ret_pin)
{
  gsize len;
  g_autofree guchar *octets = g_base64_decode (base64, &len);
  g_autofree char *again = g_base64_encode (octets, len);
  if (len != SITE_PIN_LEN || strcmp (again, base64) != 0)
    return FALSE;
  memcpy (ret_pin->sha256, octets, SITE_PIN_LEN);
  return TRUE;
}

static gboolean
read_pin_item (void *list, const char *item, GError **error)
{
  SitePin pin;
  gboolean ok;
  if (g_str_has_prefix (item, "sha256/"))
    ok = decode_base64 (item + strlen (item[7] == '/' ? "sha256//" : "sha256/"), &pin) ||
        decode_base64 (item + strlen ("sha256/"), &pin);
  else
    ok = decode_hex (item, &pin);
  if (!ok)
    return refuse (error, "a pin is sha256/BASE64 or 64 hexadecimal digits");
  g_array_append_val ((GArray *) list, pin);
  return TRUE;
}

static gboolean
read_pins (void *field, const char *text, const void *rule, GError **error)
{
  return read_array (field, text, read_pin_item, error);
}

static char *
write_pins (const void *field, const void *rule)
{
  const GArray *list = *(GArray *const *) field;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
  for (unsigned int i = 0; i < list->len; i++) {
    const SitePin *pin = &g_array_index (list, SitePin, i);
    g_autofree char *base64 = g_base64_encode (pin->sha256, SITE_PIN_LEN);
    g_ptr_array_add (items, g_strconcat ("sha256/", base64, NULL));
  }
  return join (items);
}

const SiteValueKind site_value_pins = { read_pins, write_pins };

static gboolean
read_choices (void *field, const char *text, const void *rule, GError **error)
{
  GArray *list = *(GArray **) field;
  g_auto (GStrv) items = g_strsplit_set (text, ";, \t", -1);
  g_array_set_size (list, 0);
  for (unsigned int i = 0; items[i] != NULL; i++) {
    int choice;
    if (items[i][0] == '\0')
      continue;
    if (!site_value_choice.read (&choice, items[i], rule, error)) {
      g_array_set_size (list, 0);
      return FALSE;
    }
    for (unsigned int k = 0; k < list->len; k++) {
      if (g_array_index (list, int, k) != choice)
        continue;
      g_array_set_size (list, 0);
      return refuse (error, "a word stands twice");
    }
    g_array_append_val (list, choice);
  }
  return TRUE;
}

static char *
write_choices (const void *field, const void *rule)
{
  const GArray *list = *(GArray *const *) field;
  const char *const *words = rule;
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  for (unsigned int i = 0; i < list->len; i++)
    g_ptr_array_add (items, (gpointer) words[g_array_index (list, int, i)]);
  return join (items);
}

const SiteValueKind site_value_choices = { read_choices, write_choices };
