/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* How values of one kind are read from text into a field of Site, and written. */
typedef struct {
  gboolean (*read) (void *field, const char *text, const void *rule, GError **error);
  char *(*write) (const void *field, const void *rule);
} SiteValueKind;

extern const SiteValueKind site_value_text; /* char *; rule: NULL */
extern const SiteValueKind site_value_name; /* char *, DNS name or address; rule: NULL */
extern const SiteValueKind site_value_address; /* SiteAddress; rule: NULL */
extern const SiteValueKind site_value_addresses; /* GArray of SiteAddress; rule: NULL */
extern const SiteValueKind site_value_places; /* GArray of InetAddr, of a gateway; rule: NULL */
extern const SiteValueKind site_value_place; /* InetAddr, our own, INET_NONE = none; rule: NULL */
extern const SiteValueKind site_value_portal_check; /* char *, a URL or "none"; rule: NULL */
extern const SiteValueKind site_value_interface; /* char *, a network interface; rule: NULL */
extern const SiteValueKind site_value_choice; /* enum; rule: its words in order, NULL at the end */
extern const SiteValueKind site_value_choices; /* GArray of enum; rule: as for site_value_choice */
extern const SiteValueKind site_value_certificates; /* char *, PEM; rule: NULL */
extern const SiteValueKind
    site_value_key; /* char *, file beside the site or pkcs11: URI; rule: NULL */
extern const SiteValueKind site_value_pins; /* GArray of SitePin; rule: NULL */
extern const SiteValueKind site_value_uri; /* char *, of a proxy; rule: NULL */
extern const SiteValueKind site_value_prefixes; /* GArray of InetPrefix; rule: NULL */
extern const SiteValueKind site_value_addrs; /* GArray of InetAddr; rule: NULL */
extern const SiteValueKind site_value_domains; /* GPtrArray of char *; rule: NULL */
extern const SiteValueKind site_value_names; /* GPtrArray of char *; rule: NULL */
extern const SiteValueKind site_value_algorithms; /* AlgorithmPolicy; rule: its AlgorithmUse */
extern const SiteValueKind site_value_minutes; /* unsigned int; rule: NULL */
extern const SiteValueKind site_value_mtu; /* unsigned int; rule: NULL */
